import type {
  CreatedPasswordReset,
  DepartmentLimits,
  Page,
  SecondFactorStatus,
  WireStaffSession,
  WireUser,
} from '../../../shared/protocol/index.ts';
import {
  type GivenRoles,
  type Private,
  Refusal,
  type StaffPrincipal,
  type User,
  withoutMembership,
} from '../../domain/index.ts';
import {
  type Broadcaster,
  type ChangeBus,
  type Clock,
  type EntityStore,
  type EntityStores,
  type Ids,
  UniqueViolation,
} from '../../ports/index.ts';
import { presentUser } from '../../presenters/account-presenter.ts';
import type { Access } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { EndUser, HashNewPassword, PasswordResets, SecondFactors } from '../auth/index.ts';
import { hasAdministrator, isAdministrator } from './administrators.ts';
import {
  givenRoles,
  membershipIn,
  requireMayGive,
  requireOwnMember,
  requireSameRank,
  withRoles,
} from './staff-rules.ts';

/** More departments than an account may have. */
const PAGE = 200;

export interface StaffDeps {
  readonly stores: { readonly entities: Pick<EntityStores, 'users' | 'departments'> };
  readonly access: Pick<Access, 'graph'>;
  readonly hashNewPassword: HashNewPassword;
  readonly passwordResets: Pick<PasswordResets, 'create'>;
  readonly secondFactors: Pick<SecondFactors, 'remove' | 'status'>;
  /** Removes the API tokens that act for a person in the account. */
  readonly removeTokensOf: (member: { accountId: string; userId: string }) => Promise<void>;
  readonly audit: Audit;
  /** The sign-ins of a user, newest first. */
  readonly signInsOf: (userId: string) => Promise<{ items: readonly WireStaffSession[] }>;
  /** Ends every sign-in of a user and cuts their sockets. */
  readonly endSignInsOf: (user: User) => Promise<number>;
  readonly endUser: EndUser;
  readonly broadcaster: Pick<Broadcaster, 'disconnectAgent'>;
  /** Tells that what someone may do has changed. */
  readonly changes: Pick<ChangeBus, 'publish'>;
  /** Looks at an agent's chats again: what they may not have any more goes to others. */
  readonly reconsider: (accountId: string, agentId: string) => Promise<void>;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: Private<string>;
  readonly roles: readonly string[];
  readonly departmentLimits?: DepartmentLimits | undefined;
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly password?: Private<string> | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Goes with `roles`. */
  readonly departmentLimits?: DepartmentLimits | undefined;
  readonly disabled?: boolean | undefined;
}

/**
 * The staff of an account. Refusals beside `not_found` and `conflict`: `already_exists` (the e-mail is taken,
 * here or in another account; which, is not told), `forbidden` (a role above one's own, a person of several
 * accounts), `invalid_value` (a role or department that does not exist), `user.last_administrator`.
 */
export class Staff {
  readonly #deps: StaffDeps;
  readonly #users: EntityStore<User>;

  constructor(deps: StaffDeps) {
    this.#deps = deps;
    this.#users = deps.stores.entities.users;
  }

  /** Oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireUser>> {
    const where = { 'memberships.accountId': accountId };
    const page = await this.#users.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map((user) => presentUser(user, accountId)) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireUser> {
    return presentUser(await this.#find(staff, id), staff.accountId);
  }

  async create(staff: StaffPrincipal, input: NewUser): Promise<WireUser> {
    const given = givenRoles(input.roles, input.departmentLimits);
    await this.#requireMayGive(staff, given);
    const now = this.#deps.clock.now();
    const user: User = {
      id: this.#deps.ids.id(),
      version: 1,
      createdAt: now,
      updatedAt: now,
      email: input.email,
      name: input.name,
      passwordHash: await this.#deps.hashNewPassword(input.password, input),
      memberships: [{ accountId: staff.accountId, ...given }],
      disabled: false,
    };
    await this.#users.insert(user).catch(refuseTwin);
    await this.#note(staff, 'user.created', { id: user.id });
    return presentUser(user, staff.accountId);
  }

  /** Roles count at once, also on open sockets; a new password or `disabled` ends the user's sign-ins. */
  async change(staff: StaffPrincipal, id: string, wanted: UserChange): Promise<WireUser> {
    const user = await this.#find(staff, id);
    await this.#requireSameRank(staff, user);
    const given = wanted.roles && givenRoles(wanted.roles, wanted.departmentLimits);
    if (given === undefined) requireNoLimits(wanted);
    else await this.#requireMayGive(staff, given);
    if (touchesPerson(user, wanted)) requireOwnMember(staff, user);
    const next = await this.#changed(staff, user, { ...wanted, given });
    await this.#write(staff, user, next);
    if (wanted.password !== undefined || next.disabled) await this.#deps.endSignInsOf(user);
    await this.#reconsider(next, next.memberships);
    await this.#note(staff, 'user.changed', { id, parts: Object.keys(wanted).sort().join(' ') });
    return presentUser(next, staff.accountId);
  }

  async signIns(staff: StaffPrincipal, id: string): Promise<{ items: readonly WireStaffSession[] }> {
    return this.#deps.signInsOf((await this.#findOwn(staff, id)).id);
  }

  async secondFactor(staff: StaffPrincipal, id: string): Promise<SecondFactorStatus> {
    return this.#deps.secondFactors.status(await this.#findOwn(staff, id));
  }

  /** Ends every sign-in of the user; answers how many. */
  async endSignIns(staff: StaffPrincipal, id: string): Promise<{ ended: number }> {
    const user = await this.#findOwn(staff, id);
    const ended = await this.#deps.endSignInsOf(user);
    await this.#note(staff, 'user.sessions_ended', { id });
    return { ended };
  }

  /** A one-time token for the user, to be handed over; shown this once. */
  async resetPassword(staff: StaffPrincipal, id: string): Promise<CreatedPasswordReset> {
    const reset = await this.#deps.passwordResets.create(await this.#findOwn(staff, id));
    await this.#note(staff, 'user.password_reset_begun', { id });
    return reset;
  }

  /** For a user who has lost it; their sign-ins end. */
  async removeSecondFactor(staff: StaffPrincipal, id: string): Promise<void> {
    const user = await this.#findOwn(staff, id);
    if (!(await this.#deps.secondFactors.remove(id))) throw new Refusal('not_found');
    await this.#deps.endSignInsOf(user);
    await this.#note(staff, 'user.second_factor_removed', { id });
  }

  /**
   * Takes the user out of the account; who is in no account any more is deleted. Broken off before the membership is
   * gone, it can be asked for again; after that the rest is finished without being asked.
   */
  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    const { accountId } = staff;
    const user = await this.#find(staff, id);
    await this.#requireSameRank(staff, user);
    await this.#requireOtherAdministrator(staff, user);
    await this.#deps.removeTokensOf({ accountId, userId: id });
    const next = withoutMembership(user, accountId, this.#deps.clock.now());
    await this.#write(staff, user, next);
    this.#deps.broadcaster.disconnectAgent(accountId, id);
    await this.#note(staff, 'user.removed', { id });
    await this.#reconsider(user, [staff]);
    if (next.status === 'ending') await this.#deps.endUser(user);
  }

  async #requireOtherAdministrator({ accountId }: StaffPrincipal, user: User): Promise<void> {
    const graph = await this.#deps.access.graph(accountId);
    if (!isAdministrator(user, { accountId, graph })) return;
    const others = await hasAdministrator({ users: this.#users, graph, besides: user.id }, accountId);
    if (!others) throw new Refusal('user.last_administrator');
  }

  #requireSameRank(staff: StaffPrincipal, user: User): Promise<void> {
    return requireSameRank(staff, user, (accountId) => this.#deps.access.graph(accountId));
  }

  async #requireMayGive(staff: StaffPrincipal, given: GivenRoles): Promise<void> {
    const where = { accountId: staff.accountId };
    const [graph, departments] = await Promise.all([
      this.#deps.access.graph(staff.accountId),
      this.#deps.stores.entities.departments.list({ where, limit: PAGE }),
    ]);
    requireMayGive(staff, { graph, departmentIds: new Set(departments.items.map(({ id }) => id)) }, given);
  }

  async #reconsider({ id }: User, accounts: readonly { accountId: string }[]): Promise<void> {
    this.#deps.changes.publish({ kind: 'staff', userId: id });
    for (const { accountId } of accounts) await this.#deps.reconsider(accountId, id);
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<User> {
    const user = await this.#users.get(id);
    if (user === undefined || membershipIn(user, accountId) === undefined) throw new Refusal('not_found');
    return user;
  }

  /** A user whose sign-in is this account's to change. */
  async #findOwn(staff: StaffPrincipal, id: string): Promise<User> {
    const user = await this.#find(staff, id);
    await this.#requireSameRank(staff, user);
    requireOwnMember(staff, user);
    return user;
  }

  async #changed(
    { accountId }: StaffPrincipal,
    user: User,
    change: UserChange & { readonly given: GivenRoles | undefined },
  ): Promise<User> {
    const { name, password, given, disabled } = change;
    return {
      ...user,
      version: user.version + 1,
      updatedAt: this.#deps.clock.now(),
      ...(name !== undefined && { name }),
      ...(password !== undefined && { passwordHash: await this.#deps.hashNewPassword(password, user) }),
      ...(given !== undefined && { memberships: withRoles(user, accountId, given) }),
      ...(disabled !== undefined && { disabled }),
    };
  }

  /**
   * Writes the change, then looks whether the account still has an administrator, and takes it back if not:
   * of two who remove each other at once, at least the later look sees both.
   */
  async #write({ accountId }: StaffPrincipal, before: User, next: User): Promise<void> {
    if (!(await this.#users.replace(next))) throw new Refusal('conflict');
    const graph = await this.#deps.access.graph(accountId);
    if (!isAdministrator(before, { accountId, graph })) return;
    if (await hasAdministrator({ users: this.#users, graph }, accountId)) return;
    await this.#users.replace({ ...before, version: next.version + 1 });
    throw new Refusal('user.last_administrator');
  }

  #note(staff: StaffPrincipal, action: string, of: { id: string; parts?: string }): Promise<void> {
    const details = of.parts === undefined ? {} : { parts: of.parts };
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'user', id: of.id }, details });
  }
}

export function createStaff(deps: StaffDeps): Staff {
  return new Staff(deps);
}

/** Whether the change is to the person, and so to all accounts that they work for. */
function touchesPerson(user: User, { name, password, disabled }: UserChange): boolean {
  return (
    password !== undefined ||
    (name !== undefined && name !== user.name) ||
    (disabled !== undefined && disabled !== user.disabled)
  );
}

/** @throws Refusal `invalid_value`: limits replace nothing, they go with the roles that they are for */
function requireNoLimits({ departmentLimits }: UserChange): void {
  if (departmentLimits === undefined) return;
  const errors = [{ path: 'departmentLimits', message: 'goes with roles' }];
  throw new Refusal('invalid_value', { errors });
}

function refuseTwin(error: unknown): never {
  if (error instanceof UniqueViolation) throw new Refusal('already_exists');
  throw error;
}
