import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireUser } from '../../../shared/protocol/index.ts';
import type { Api } from '../../api/calls.ts';
import type { UserChange } from '../../api/staff-calls.ts';
import { AskDialog } from '../../components/common/ask-dialog.tsx';
import { attempt, showDone } from '../../components/common/explain.ts';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { type RoleToGive, rolesToGive } from './role-choices.tsx';
import { type DoingToUser, type NameOf, StaffTable } from './staff-table.tsx';
import { UserForm } from './user-form.tsx';
import { UserSignInDialog } from './user-sign-in-dialog.tsx';
import { UsersPage } from './users-page.tsx';

type Doing = { readonly kind: 'new' } | DoingToUser;

/** The people of the account: what each is, and how they sign in. */
export function StaffPart() {
  const { api, can } = useConsole();
  const seesRoles = can('role:read');
  const seesDepartments = can('department:read');
  const load = useCallback(async () => {
    const [users, roles, departments] = await Promise.all([
      api.users.list(),
      seesRoles ? readRoles(api) : [],
      seesDepartments ? api.departments.list() : [],
    ]);
    return { users, roles, departments };
  }, [api, seesRoles, seesDepartments]);
  const loaded = useLoad(load);
  const { reload } = loaded;
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
    <UsersPage
      part={undefined}
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
      loaded={loaded}
    >
      {({ users, roles, departments }) => (
        <>
          <StaffTable
            users={users}
            nameOf={namesOf(roles, departments)}
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
          {(doing?.kind === 'new' || doing?.kind === 'edit') && (
            <UserForm
              roles={roles}
              departments={departments}
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
        </>
      )}
    </UsersPage>
  );
}

async function readRoles(api: Api): Promise<readonly RoleToGive[]> {
  const [roles, authorizations] = await Promise.all([api.access.roles(), api.access.authorizations()]);
  return rolesToGive(roles, authorizations.items);
}

/** Names of roles and departments by id. */
function namesOf(...lists: (readonly { id: string; name: string }[])[]): NameOf {
  const names = new Map(lists.flat().map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
