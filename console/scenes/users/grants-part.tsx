import { Badge, Button, Group, MultiSelect, Table, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCallback } from 'react';
import type { WireAccessGrant, WireRole } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Panel } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { UsersPage } from './users-page.tsx';

const STATES = { 'in-force': 'in force', ended: 'ended', revoked: 'ended before its time' } as const;

/** Operators whom the account has let in, why, until when, and when they used it. */
export function GrantsPart() {
  const { api, can } = useConsole();
  const load = useCallback(async () => {
    const [grants, roles] = await Promise.all([api.access.grants(), api.access.roles()]);
    return { grants, roles };
  }, [api]);
  const loaded = useLoad(load);
  return (
    <UsersPage
      part="grants"
      title="Access for operators"
      about="Operators run the system and see nothing of the account's conversations, unless it lets one in for a reason and a time. Each use is shown here and in the audit log."
      loaded={loaded}
    >
      {({ grants, roles }) => (
        <>
          {can('access-grant:write') && <GrantForm roles={roles} onGranted={loaded.reload} />}
          <Grants grants={grants} onChanged={loaded.reload} />
        </>
      )}
    </UsersPage>
  );
}

function GrantForm(props: { readonly roles: readonly WireRole[]; readonly onGranted: () => void }) {
  const { api } = useConsole();
  const form = useForm({
    initialValues: { operator: '', roles: [] as string[], reason: '', until: '' },
    validate: {
      operator: (value) => (value.trim() === '' ? 'Enter an e-mail address' : null),
      roles: (value) => (value.length === 0 ? 'Choose at least one' : null),
      reason: (value) => (value.trim() === '' ? 'Enter a reason' : null),
      until: (value) => (value === '' ? 'Choose a time' : null),
    },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit(({ until, ...rest }) =>
    save(async () => {
      await api.access.grant({ ...rest, until: new Date(until).toISOString() });
      form.reset();
      props.onGranted();
    }),
  );
  return (
    <Panel title="Let an operator in">
      <FormFailure failure={failure} />
      <form onSubmit={submit} noValidate>
        <Group align="flex-start">
          <TextInput label="E-mail of the operator" {...form.getInputProps('operator')} />
          <MultiSelect
            label="As"
            data={props.roles.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('roles')}
          />
          <TextInput label="Reason" {...form.getInputProps('reason')} />
          <TextInput type="datetime-local" label="Until" {...form.getInputProps('until')} />
          <Button type="submit" loading={busy} mt={25}>
            Let in
          </Button>
        </Group>
      </form>
    </Panel>
  );
}

function Grants(props: { readonly grants: readonly WireAccessGrant[]; readonly onChanged: () => void }) {
  const { api, can } = useConsole();
  if (props.grants.length === 0) return <Panel about="Nobody was let in." />;
  const revoke = async (id: string): Promise<void> => {
    await attempt(() => api.access.revoke(id));
    props.onChanged();
  };
  return (
    <SheetTable label="Access grants" heads={['Operator', 'Reason', 'Until', 'Used']} actions>
      {props.grants.map((grant) => (
        <Table.Tr key={grant.id}>
          <Table.Td>
            {grant.userName}
            <div className={tables.quiet}>{grant.roles.join(', ')}</div>
          </Table.Td>
          <Table.Td>{grant.reason}</Table.Td>
          <Table.Td>
            {formatDateTime(grant.until)}{' '}
            <Badge variant="default" tt="none">
              {STATES[grant.status]}
            </Badge>
          </Table.Td>
          <Table.Td>
            {grant.lastUsedAt === undefined
              ? 'never'
              : `${grant.uses} times, last ${formatDateTime(grant.lastUsedAt)}`}
          </Table.Td>
          <Table.Td className={tables.actions}>
            {grant.status === 'in-force' && can('access-grant:write') && (
              <Button size="compact-sm" variant="default" onClick={() => void revoke(grant.id)}>
                End it
              </Button>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}
