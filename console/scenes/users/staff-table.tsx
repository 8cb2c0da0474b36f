import { ActionIcon, Avatar, Badge, Menu, Table } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { WireUser } from '../../../shared/protocol/index.ts';
import { formatDateTime, initialsOf } from '../../components/common/format.ts';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';

export interface DoingToUser {
  readonly kind: 'edit' | 'sign-in' | 'remove';
  readonly user: WireUser;
}

/** The name of a role or department. */
export type NameOf = (id: string) => string;

interface TableProps {
  readonly nameOf: NameOf;
  readonly writable: boolean;
  readonly onDo: (doing: DoingToUser) => void;
  readonly onDisable: (user: WireUser) => void;
}

/** People, what they are, and what can be done about each. */
export function StaffTable(props: TableProps & { readonly users: readonly WireUser[] }) {
  return (
    <SheetTable label="Users" heads={['Name', 'Roles', 'Since']} actions>
      {props.users.map((user) => (
        <UserRow key={user.id} user={user} {...props} />
      ))}
    </SheetTable>
  );
}

function UserRow(props: TableProps & { readonly user: WireUser }) {
  const { user, nameOf } = props;
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
      <Table.Td>{user.roles.map((role) => roleText(user, role, nameOf)).join(', ')}</Table.Td>
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

function roleText({ departmentLimits = {} }: WireUser, role: string, nameOf: NameOf): string {
  const limit = departmentLimits[role];
  return limit === undefined ? nameOf(role) : `${nameOf(role)} (only ${limit.map(nameOf).join(', ')})`;
}
