import { Badge, Button, Table } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { WireRole } from '../../../shared/protocol/index.ts';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { RoleEditor } from './role-editor.tsx';
import styles from './users.module.css';
import { UsersTabs } from './users-tabs.tsx';

/** Roles, what each adds up to, and the roles that it contains; with an id, that one. */
export function RolesPart({ id }: { readonly id: string | undefined }) {
  const { api } = useConsole();
  const load = useCallback(async () => {
    const [roles, authorizations] = await Promise.all([api.access.roles(), api.access.authorizations()]);
    return { roles, authorizations: authorizations.items };
  }, [api]);
  const { data, error, reload } = useLoad(load);
  if (data === undefined) {
    return (
      <Scene title="Roles">
        {error === undefined ? <Waiting label="Loading roles" /> : <Failure error={error} retry={reload} />}
      </Scene>
    );
  }
  if (id !== undefined) {
    const role = data.roles.find((candidate) => candidate.id === id);
    return <RoleEditor key={id} role={role} {...data} onSaved={reload} />;
  }
  return <RoleList roles={data.roles} />;
}

function RoleList({ roles }: { readonly roles: readonly WireRole[] }) {
  const { router, can } = useConsole();
  const nameOf = (id: string): string => roles.find((role) => role.id === id)?.name ?? id;
  return (
    <Scene
      title="Roles"
      about="A role is a set of things that can be allowed; it may contain other roles. A change counts at once."
      actions={
        can('role:write') && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => router.navigate('users', 'roles', 'new')}
          >
            New role
          </Button>
        )
      }
    >
      <UsersTabs part="roles" />
      <SheetTable label="Roles" heads={['Role', 'Contains', 'Allows']}>
        {roles.map((role) => (
          <Table.Tr key={role.id}>
            <Table.Td>
              <Link to={['users', 'roles', role.id]} className={styles.link}>
                {role.name}
              </Link>{' '}
              {role.builtin && (
                <Badge size="sm" variant="default" tt="none">
                  built in
                </Badge>
              )}
              <div className={styles.quiet}>{role.about}</div>
            </Table.Td>
            <Table.Td>{role.roles.map(nameOf).join(', ') || '–'}</Table.Td>
            <Table.Td>{role.effective.length} things</Table.Td>
          </Table.Tr>
        ))}
      </SheetTable>
    </Scene>
  );
}
