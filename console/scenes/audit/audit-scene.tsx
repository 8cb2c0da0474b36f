import { Alert, Button, Group, Menu, Table, TextInput } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { type FormEvent, useCallback, useState } from 'react';
import type { WireAuditEntry } from '../../../shared/protocol/index.ts';
import type { AuditQuery, AuditVerification } from '../../api/record-calls.ts';
import { saveFile } from '../../components/common/download.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDateTime, shortId } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { usePages } from '../../components/common/use-load.ts';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Who did what, when; nothing of it can be changed or taken out unseen. */
export default function AuditScene() {
  const { api } = useConsole();
  const [query, setQuery] = useState<AuditQuery>({});
  const load = useCallback((cursor: string | undefined) => api.audit.list(query, cursor), [api, query]);
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  return (
    <Scene
      title="Audit log"
      about="Every change, and every reading of personal data. Each entry seals the one before it."
      actions={<Actions query={query} />}
    >
      <Search onSearch={setQuery} />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {items.length === 0 && loading && <Waiting label="Loading the log" />}
      {items.length === 0 && !loading && error === undefined && <Panel about="Nothing fits." />}
      {items.length > 0 && <Entries items={items} />}
      {hasMore && (
        <Button variant="default" mt="md" loading={loading} onClick={more}>
          Older entries
        </Button>
      )}
    </Scene>
  );
}

function Search({ onSearch }: { readonly onSearch: (query: AuditQuery) => void }) {
  const [values, setValues] = useState({ action: '', actorId: '', targetId: '', from: '', to: '' });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { from, to, ...rest } = values;
    const given = Object.entries(rest).filter(([, value]) => value.trim() !== '');
    onSearch({
      ...Object.fromEntries(given.map(([key, value]) => [key, value.trim()])),
      ...(from !== '' && { from: new Date(from).toISOString() }),
      ...(to !== '' && { to: new Date(to).toISOString() }),
    });
  };
  const field = (name: keyof typeof values) => ({
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }): void => {
      const { value } = event.currentTarget;
      setValues((former) => ({ ...former, [name]: value }));
    },
  });
  return (
    <Panel>
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput label="Action" placeholder="transcript.read" {...field('action')} />
          <TextInput label="By (id)" {...field('actorId')} />
          <TextInput label="On (id)" {...field('targetId')} />
          <TextInput type="datetime-local" label="From" {...field('from')} />
          <TextInput type="datetime-local" label="To" {...field('to')} />
          <Button type="submit">Search</Button>
        </Group>
      </form>
    </Panel>
  );
}

function Entries({ items }: { readonly items: readonly WireAuditEntry[] }) {
  const nameOf = useStaffNames();
  return (
    <SheetTable label="Audit log" heads={['When', 'Who', 'What', 'On', 'More']} dense>
      {items.map((entry) => (
        <Table.Tr key={entry.id}>
          <Table.Td>{formatDateTime(entry.at)}</Table.Td>
          <Table.Td>{actorText(entry.actor, nameOf)}</Table.Td>
          <Table.Td>
            <code>{entry.action}</code>
          </Table.Td>
          <Table.Td>
            {entry.target && (
              <span title={entry.target.id}>
                {entry.target.kind} {shortId(entry.target.id, 6)}
              </span>
            )}
          </Table.Td>
          <Table.Td className={tables.quiet ?? ''}>{detailsText(entry.details)}</Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function Actions({ query }: { readonly query: AuditQuery }) {
  const { api } = useConsole();
  const [found, setFound] = useState<AuditVerification>();
  const [busy, setBusy] = useState(false);
  const check = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => setFound(await api.audit.verify()));
    setBusy(false);
  };
  const save = (format: 'csv' | 'json'): void =>
    void attempt(async () => {
      const { fileName = `audit-log.${format}`, ...file } = await api.audit.export(query, format);
      saveFile({ ...file, fileName });
    });
  return (
    <>
      {found && <Verdict found={found} />}
      <Button
        variant="default"
        loading={busy}
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        onClick={() => void check()}
      >
        Verify
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save('csv')}>CSV</Menu.Item>
          <Menu.Item onClick={() => save('json')}>JSON</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function Verdict({ found }: { readonly found: AuditVerification }) {
  const { ok, entries, fault } = found;
  return (
    <Alert color={ok ? 'teal' : 'red'} role="status" py={6}>
      {ok
        ? `${entries} entries, all as they were written.`
        : `The log was tampered with: ${fault?.kind ?? 'unknown'} at entry ${fault?.seq ?? '?'}.`}
    </Alert>
  );
}

function actorText({ kind, id }: WireAuditEntry['actor'], nameOf: (id: string) => string): string {
  if (kind === 'user' && id !== undefined) return nameOf(id);
  return id === undefined ? kind : `${kind} ${shortId(id, 6)}`;
}

function detailsText(details: WireAuditEntry['details']): string {
  return Object.entries(details)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
}
