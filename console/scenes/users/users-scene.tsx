import { ActionIcon, Avatar, Badge, Button, Menu, Table } from '@mantine/core';
import { IconDots, IconUserPlus } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireRole, WireUser } from '../../../shared/protocol/index.ts';
import type { UserChange } from '../../api/calls.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime, initialsOf } from '../../components/common/format.ts';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { GrantsPart } from './grants-part.tsx';
import { RolesPart } from './roles-part.tsx';
import { UserForm } from './user-form.tsx';
import { UsersTabs } from './users-tabs.tsx';

type Editing = { readonly kind: 'new' } | { readonly kind: 'user'; readonly user: WireUser };

/** Who works in this account, as what, and who is let in from outside. */
export default function UsersScene() {
  const { router } = useConsole();
  const [, part, id] = useStore(router.route);
  if (part === 'roles') return <RolesPart id={id} />;
  return part === 'grants' ? <GrantsPart /> : <UsersPart />;
}

function UsersPart() {
  const { api, can } = useConsole();
  const seesRoles = can('role:read');
  const load = useCallback(async () => {
    const [users, roles] = await Promise.all([api.users.list(), seesRoles ? api.access.roles() : []]);
    return { users, roles };
  }, [api, seesRoles]);
  const { data, error, loading, reload } = useLoad(load);
  const [editing, setEditing] = useState<Editing>();
  const writable = can('user:write');
  const change = async (user: WireUser, body: UserChange, done: string): Promise<void> => {
    const worked = await attempt(async () => {
      await api.users.change(user.id, body);
    });
    if (worked) showDone(done);
    reload();
  };
  return (
    <Scene
      title="Users"
      about="People who work in this account. A change of roles takes effect at once."
      actions={
        writable && (
          <Button
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={() => setEditing({ kind: 'new' })}
          >
            Add user
          </Button>
        )
      }
    >
      <UsersTabs part={undefined} />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {loading && data === undefined && <Waiting label="Loading users" />}
      {data && (
        <UserTable
          users={data.users}
          roles={data.roles}
          writable={writable}
          onEdit={(user) => setEditing({ kind: 'user', user })}
          onDisable={(user) =>
            void change(
              user,
              { disabled: !user.disabled },
              user.disabled ? `${user.name} can sign in again.` : `${user.name} can no longer sign in.`,
            )
          }
        />
      )}
      {editing && (
        <UserForm
          roles={data?.roles ?? []}
          user={editing.kind === 'user' ? editing.user : undefined}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            reload();
          }}
        />
      )}
    </Scene>
  );
}

function UserTable(props: {
  readonly users: readonly WireUser[];
  readonly roles: readonly WireRole[];
  readonly writable: boolean;
  readonly onEdit: (user: WireUser) => void;
  readonly onDisable: (user: WireUser) => void;
}) {
  return (
    <section className={tables.sheet} aria-label="Users">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div className={tables.scroller} tabIndex={0}>
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Roles</Table.Th>
              <Table.Th>Since</Table.Th>
              <Table.Th>
                <span className="visually-hidden">Actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {props.users.map((user) => (
              <UserRow key={user.id} user={user} {...props} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

function UserRow(props: {
  readonly user: WireUser;
  readonly roles: readonly WireRole[];
  readonly writable: boolean;
  readonly onEdit: (user: WireUser) => void;
  readonly onDisable: (user: WireUser) => void;
}) {
  const { user, roles } = props;
  const nameOf = (id: string): string => roles.find((role) => role.id === id)?.name ?? id;
  return (
    <Table.Tr>
      <Table.Td>
        <div className={tables.who}>
          <Avatar size={34} radius="xl" color="tide" aria-hidden>
            {initialsOf(user.name)}
          </Avatar>
          <div>
            <div className={tables.strong}>
              {user.name}{' '}
              {user.disabled && (
                <Badge size="sm" variant="default">
                  disabled
                </Badge>
              )}
            </div>
            <div className={tables.quiet}>{user.email}</div>
          </div>
        </div>
      </Table.Td>
      <Table.Td>{user.roles.map(nameOf).join(', ')}</Table.Td>
      <Table.Td>{formatDateTime(user.createdAt)}</Table.Td>
      <Table.Td className={tables.actions}>
        {props.writable && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${user.name}`}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => props.onEdit(user)}>Edit</Menu.Item>
              <Menu.Item onClick={() => props.onDisable(user)}>
                {user.disabled ? 'Enable' : 'Disable'}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
