import { ActionIcon, Avatar, Badge, Button, Menu, Table } from '@mantine/core';
import { IconDots, IconUserPlus } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireRole, WireUser } from '../../../shared/protocol/index.ts';
import type { UserChange } from '../../api/staff-calls.ts';
import { AskDialog } from '../../components/common/ask-dialog.tsx';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime, initialsOf } from '../../components/common/format.ts';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { DepartmentsPart } from './departments-part.tsx';
import { GrantsPart } from './grants-part.tsx';
import { RolesPart } from './roles-part.tsx';
import { TokensPart } from './tokens-part.tsx';
import { UserForm } from './user-form.tsx';
import { UserSignInDialog } from './user-sign-in-dialog.tsx';
import { UsersTabs } from './users-tabs.tsx';

type Doing =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'sign-in' | 'remove'; readonly user: WireUser };

/** Who works in this account, as what, and who is let in from outside. */
export default function UsersScene() {
  const { router } = useConsole();
  const [, part, id] = useStore(router.route);
  switch (part) {
    case 'roles':
      return <RolesPart id={id} />;
    case 'departments':
      return <DepartmentsPart />;
    case 'tokens':
      return <TokensPart />;
    case 'grants':
      return <GrantsPart />;
    default:
      return <UsersPart />;
  }
}

function UsersPart() {
  const { api, can } = useConsole();
  const seesRoles = can('role:read');
  const load = useCallback(async () => {
    const [users, roles] = await Promise.all([api.users.list(), seesRoles ? api.access.roles() : []]);
    return { users, roles };
  }, [api, seesRoles]);
  const { data, error, loading, reload } = useLoad(load);
  const [doing, setDoing] = useState<Doing>();
  const close = (): void => {
    setDoing(undefined);
    reload();
  };
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
            onClick={() => setDoing({ kind: 'new' })}
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
          onDo={setDoing}
          onDisable={(user) =>
            void change(
              user,
              { disabled: !user.disabled },
              user.disabled ? `${user.name} can sign in again.` : `${user.name} can no longer sign in.`,
            )
          }
        />
      )}
      {(doing?.kind === 'new' || doing?.kind === 'edit') && (
        <UserForm
          roles={data?.roles ?? []}
          user={doing.kind === 'edit' ? doing.user : undefined}
          onClose={() => setDoing(undefined)}
          onSaved={close}
        />
      )}
      {doing?.kind === 'sign-in' && <UserSignInDialog user={doing.user} onClose={close} />}
      {doing?.kind === 'remove' && (
        <AskDialog
          title={`Remove ${doing.user.name}?`}
          about="They no longer work in this account; their chats go back to the queue, and their API tokens end."
          action="Remove"
          onConfirm={() => api.users.remove(doing.user.id)}
          onClose={close}
        />
      )}
    </Scene>
  );
}

function UserTable(props: {
  readonly users: readonly WireUser[];
  readonly roles: readonly WireRole[];
  readonly writable: boolean;
  readonly onDo: (doing: Doing) => void;
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
  readonly onDo: (doing: Doing) => void;
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
              <Menu.Item onClick={() => props.onDo({ kind: 'edit', user })}>Edit</Menu.Item>
              <Menu.Item onClick={() => props.onDo({ kind: 'sign-in', user })}>Sign-in</Menu.Item>
              <Menu.Item onClick={() => props.onDisable(user)}>
                {user.disabled ? 'Enable' : 'Disable'}
              </Menu.Item>
              <Menu.Item color="red" onClick={() => props.onDo({ kind: 'remove', user })}>
                Remove
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
