import type { Page, RoleKey, WireUser } from '../../../shared/protocol/index.ts';
import { type Private, Refusal, type StaffPrincipal, type User } from '../../domain/index.ts';
import type { Broadcaster, Clock, EntityStore, Ids } from '../../ports/index.ts';
import { UniqueViolation } from '../../ports/index.ts';
import type { Passwords } from '../../ports/passwords.ts';
import { presentUser } from '../../presenters/account-presenter.ts';
import type { Audit } from '../audit/index.ts';
import { hasAdministrator } from './administrators.ts';
import { requireMayGrant, requireOwnMember, requireSameRank, rolesIn, withRoles } from './staff-rules.ts';

export interface StaffDeps {
  readonly stores: { readonly entities: { readonly users: EntityStore<User> } };
  readonly passwords: Passwords;
  readonly audit: Audit;
  /** Ends every sign-in of a user and cuts their sockets. */
  readonly endSignInsOf: (user: User) => Promise<void>;
  readonly broadcaster: Pick<Broadcaster, 'disconnectAgent'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: Private<string>;
  readonly roles: readonly RoleKey[];
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly password?: Private<string> | undefined;
  readonly roles?: readonly RoleKey[] | undefined;
  readonly disabled?: boolean | undefined;
}

/**
 * The staff of an account. Refusals beside `not_found` and `conflict`: `already_exists` (the e-mail is taken,
 * here or in another account; which, is not told), `forbidden` (a role above one's own, a person of several
 * accounts), `user.last_administrator`.
 */
export interface Staff {
  list(staff: StaffPrincipal, page: { limit: number; cursor?: string | undefined }): Promise<Page<WireUser>>;
  get(staff: StaffPrincipal, id: string): Promise<WireUser>;
  create(staff: StaffPrincipal, input: NewUser): Promise<WireUser>;
  /** Roles count from the next call on; a new password or `disabled` ends the user's sign-ins. */
  change(staff: StaffPrincipal, id: string, change: UserChange): Promise<WireUser>;
  /** Takes the user out of the account; who is in no account any more is deleted. */
  remove(staff: StaffPrincipal, id: string): Promise<void>;
}

export function createStaff(deps: StaffDeps): Staff {
  const { users } = deps.stores.entities;
  const { clock, ids, passwords } = deps;

  async function find({ accountId }: StaffPrincipal, id: string): Promise<User> {
    const user = await users.get(id);
    if (user === undefined || rolesIn(user, accountId) === undefined) throw new Refusal('not_found');
    return user;
  }

  function note(staff: StaffPrincipal, action: string, of: { id: string; parts?: string }): Promise<void> {
    const details = of.parts === undefined ? {} : { parts: of.parts };
    return deps.audit.byStaff(staff, { action, target: { kind: 'user', id: of.id }, details });
  }

  /**
   * Writes the change, then looks whether the account still has an administrator, and takes it back if not:
   * of two who remove each other at once, at least the later look sees both.
   */
  async function write({ accountId }: StaffPrincipal, before: User, next: User): Promise<void> {
    if (!(await users.replace(next))) throw new Refusal('conflict');
    const wasAdministrator =
      !before.disabled && rolesIn(before, accountId)?.includes('account-administrator');
    if (!wasAdministrator || (await hasAdministrator(users, accountId))) return;
    await users.replace({ ...before, version: next.version + 1 });
    throw new Refusal('user.last_administrator');
  }

  async function create(staff: StaffPrincipal, input: NewUser): Promise<WireUser> {
    requireMayGrant(staff, input.roles);
    const now = clock.now();
    const user: User = {
      id: ids.id(),
      version: 1,
      createdAt: now,
      updatedAt: now,
      email: input.email,
      name: input.name,
      passwordHash: await passwords.hash(input.password.reveal()),
      memberships: [{ accountId: staff.accountId, roles: input.roles }],
      disabled: false,
    };
    await users.insert(user).catch(refuseTwin);
    await note(staff, 'user.created', { id: user.id });
    return presentUser(user, staff.accountId);
  }

  async function changed(staff: StaffPrincipal, user: User, change: UserChange): Promise<User> {
    const { name, password, roles, disabled } = change;
    return {
      ...user,
      version: user.version + 1,
      updatedAt: clock.now(),
      ...(name !== undefined && { name }),
      ...(password !== undefined && { passwordHash: await passwords.hash(password.reveal()) }),
      ...(roles !== undefined && { memberships: withRoles(user, staff.accountId, roles) }),
      ...(disabled !== undefined && { disabled }),
    };
  }

  async function change(staff: StaffPrincipal, id: string, wanted: UserChange): Promise<WireUser> {
    const user = await find(staff, id);
    requireSameRank(staff, user);
    if (wanted.roles !== undefined) requireMayGrant(staff, wanted.roles);
    if (touchesPerson(user, wanted)) requireOwnMember(staff, user);
    const next = await changed(staff, user, wanted);
    await write(staff, user, next);
    if (wanted.password !== undefined || next.disabled) await deps.endSignInsOf(user);
    else if (wanted.roles !== undefined) deps.broadcaster.disconnectAgent(staff.accountId, id);
    await note(staff, 'user.changed', { id, parts: Object.keys(wanted).sort().join(' ') });
    return presentUser(next, staff.accountId);
  }

  async function remove(staff: StaffPrincipal, id: string): Promise<void> {
    const user = await find(staff, id);
    requireSameRank(staff, user);
    const memberships = user.memberships.filter(({ accountId }) => accountId !== staff.accountId);
    await write(staff, user, {
      ...user,
      memberships,
      version: user.version + 1,
      updatedAt: clock.now(),
    });
    deps.broadcaster.disconnectAgent(staff.accountId, id);
    if (memberships.length === 0) {
      await deps.endSignInsOf(user);
      await users.delete(id);
    }
    await note(staff, 'user.removed', { id });
  }

  return {
    list: async ({ accountId }, { limit, cursor }) => {
      const where = { 'memberships.accountId': accountId };
      const page = await users.list({ where, limit, ...(cursor !== undefined && { cursor }) });
      return { ...page, items: page.items.map((user) => presentUser(user, accountId)) };
    },
    get: async (staff, id) => presentUser(await find(staff, id), staff.accountId),
    create,
    change,
    remove,
  };
}

/** Whether the change is to the person, and so to all accounts that they work for. */
function touchesPerson(user: User, { name, password, disabled }: UserChange): boolean {
  return (
    password !== undefined ||
    (name !== undefined && name !== user.name) ||
    (disabled !== undefined && disabled !== user.disabled)
  );
}

function refuseTwin(error: unknown): never {
  if (error instanceof UniqueViolation) throw new Refusal('already_exists');
  throw error;
}
