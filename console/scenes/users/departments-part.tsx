import { Button, Table } from '@mantine/core';
import { IconPlus, IconSitemap } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireDepartment, WireUser } from '../../../shared/protocol/index.ts';
import { AskDialog } from '../../components/common/ask-dialog.tsx';
import { RowActions } from '../../components/common/row-actions.tsx';
import { Empty, Panel } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { DepartmentForm } from './department-form.tsx';
import { UsersPage } from './users-page.tsx';

type Doing =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'remove'; readonly department: WireDepartment };

/** Departments and who belongs to them. */
export function DepartmentsPart() {
  const { api, can } = useConsole();
  const seesUsers = can('user:read');
  const load = useCallback(async () => {
    const [departments, users] = await Promise.all([
      api.departments.list(),
      seesUsers ? api.users.list() : [],
    ]);
    return { departments, users };
  }, [api, seesUsers]);
  const loaded = useLoad(load);
  const { reload } = loaded;
  const [doing, setDoing] = useState<Doing>();
  const close = (): void => {
    setDoing(undefined);
    reload();
  };
  const writable = can('department:write');
  return (
    <UsersPage
      part="departments"
      title="Departments"
      about="A conversation that begins in a department goes to its members alone, and waits in a line of its own."
      actions={
        writable && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ kind: 'new' })}>
            New department
          </Button>
        )
      }
      loaded={loaded}
    >
      {({ departments, users }) => (
        <>
          {departments.length === 0 && (
            <Panel>
              <Empty icon={<IconSitemap size={28} />} title="No department yet">
                Without one, a conversation goes to anyone who is online.
              </Empty>
            </Panel>
          )}
          {departments.length > 0 && (
            <DepartmentTable departments={departments} users={users} writable={writable} onDo={setDoing} />
          )}
          {doing !== undefined && doing.kind !== 'remove' && (
            <DepartmentForm
              department={doing.kind === 'edit' ? doing.department : undefined}
              users={users}
              onClose={close}
            />
          )}
          {doing?.kind === 'remove' && (
            <AskDialog
              title={`Remove ${doing.department.name}?`}
              about="Conversations that it had stay with whoever has them. While somebody waits in it, it cannot be removed."
              action="Remove"
              onConfirm={() => api.departments.remove(doing.department.id)}
              onClose={close}
            />
          )}
        </>
      )}
    </UsersPage>
  );
}

function DepartmentTable(props: {
  readonly departments: readonly WireDepartment[];
  readonly users: readonly WireUser[];
  readonly writable: boolean;
  readonly onDo: (doing: Doing) => void;
}) {
  const names = new Map(props.users.map(({ id, name }) => [id, name]));
  const membersOf = ({ members }: WireDepartment): string => {
    const known = members.flatMap((id) => names.get(id) ?? []);
    if (members.length === 0) return 'nobody';
    return known.length === members.length ? known.join(', ') : `${members.length} people`;
  };
  return (
    <SheetTable label="Departments" heads={['Department', 'Members']} actions>
      {props.departments.map((department) => (
        <Table.Tr key={department.id}>
          <Table.Td className={tables.strong}>{department.name}</Table.Td>
          <Table.Td>{membersOf(department)}</Table.Td>
          <RowActions
            name={department.name}
            writable={props.writable}
            onDo={(kind) => props.onDo({ kind, department })}
          />
        </Table.Tr>
      ))}
    </SheetTable>
  );
}
