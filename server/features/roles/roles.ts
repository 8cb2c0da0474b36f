import { LIMITS } from '../../../shared/limits.ts';
import type { Page, WireAuthorization, WireRole } from '../../../shared/protocol/index.ts';
import {
  type AgentPresence,
  AUTHORIZATIONS,
  BUILTIN_ROLES,
  Refusal,
  type RoleGraph,
  requireCovers,
  rightsOf,
  type StaffPrincipal,
  type StoredRole,
} from '../../domain/index.ts';
import type { ChangeBus, Clock, EntityStores, Ids, PresenceStore } from '../../ports/index.ts';
import { presentBuiltinRole, presentRole } from '../../presenters/role-presenter.ts';
import type { Access } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { knownAuthorizations, requireKnownRoles, requireSound } from './role-rules.ts';

const PAGE = 200;

export interface RolesDeps {
  readonly stores: {
    readonly entities: Pick<EntityStores, 'roles' | 'users'>;
    readonly presence: Pick<PresenceStore, 'list'>;
  };
  readonly access: Pick<Access, 'graph'>;
  /** Whether anyone who can sign in is an administrator of the account. */
  readonly hasAdministrator: (accountId: string) => Promise<boolean>;
  /** Looks at an agent's chats again, after what they may do has changed. */
  readonly reconsider: (accountId: string, agentId: string) => Promise<void>;
  readonly changes: Pick<ChangeBus, 'publish'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface RoleChange {
  readonly name?: string | undefined;
  readonly about?: string | undefined;
  readonly authorizations?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
}

/**
 * The roles of an account: the built-in ones and its own. Nobody makes or changes a role that allows more than they
 * may do themselves, nor one that stands inside such a role. Refusals beside `not_found`, `conflict` and
 * `already_exists` (the name): `forbidden`, `invalid_value`, `role.builtin`, `role.cycle`, `role.too_deep`,
 * `role.in_use`, `user.last_administrator`.
 */
export class Roles {
  readonly #deps: RolesDeps;

  constructor(deps: RolesDeps) {
    this.#deps = deps;
  }

  /** Built-in ones first, then the account's own, oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireRole>> {
    const [graph, own] = await Promise.all([this.#deps.access.graph(accountId), this.#own(accountId)]);
    const all = [
      ...Object.keys(BUILTIN_ROLES).map((key) =>
        presentBuiltinRole(key as keyof typeof BUILTIN_ROLES, graph),
      ),
      ...own.map((role) => presentRole(role, graph)),
    ];
    const start = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
    if (cursor !== undefined && start === 0) throw new Refusal('bad_request');
    const items = all.slice(start, start + limit);
    const last = items.at(-1);
    return { items, ...(last !== undefined && start + limit < all.length && { nextCursor: last.id }) };
  }

  /** Everything that a role can allow. */
  authorizations(): Page<WireAuthorization> {
    return {
      items: Object.entries(AUTHORIZATIONS).map(([key, { reach, help }]) => ({ key, reach, about: help })),
    };
  }

  async get({ accountId }: StaffPrincipal, id: string): Promise<WireRole> {
    const graph = await this.#deps.access.graph(accountId);
    if (isBuiltin(id)) return presentBuiltinRole(id, graph);
    return presentRole(await this.#find(accountId, id), graph);
  }

  async create(staff: StaffPrincipal, input: RoleChange & { readonly name: string }): Promise<WireRole> {
    const { accountId } = staff;
    const now = this.#deps.clock.now();
    const blank = { id: this.#deps.ids.id(), version: 1, createdAt: now, updatedAt: now, accountId };
    const role = changed({ ...blank, name: input.name, about: '', authorizations: [], roles: [] }, input);
    const own = await this.#own(accountId);
    if (own.length >= LIMITS.rolesPerAccount) throw new Refusal('conflict');
    requireOtherName(own, role);
    this.#requireMayStand(staff, role, await this.#deps.access.graph(accountId));
    await this.#deps.stores.entities.roles.insert(role);
    return this.#written(staff, role, 'role.created');
  }

  /** Counts at once, also on sockets that are open. */
  async change(staff: StaffPrincipal, id: string, wanted: RoleChange): Promise<WireRole> {
    const { accountId } = staff;
    const before = await this.#find(accountId, id);
    const next = {
      ...changed(before, wanted),
      version: before.version + 1,
      updatedAt: this.#deps.clock.now(),
    };
    requireOtherName(await this.#own(accountId), next);
    const graph = await this.#deps.access.graph(accountId);
    this.#requireOwn(staff, id, graph);
    this.#requireMayStand(staff, next, graph);
    await this.#replace(staff, before, next);
    await this.#reconsiderAll(accountId);
    return this.#written(staff, next, 'role.changed', { parts: Object.keys(wanted).sort().join(' ') });
  }

  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    const { accountId } = staff;
    await this.#find(accountId, id);
    const graph = await this.#deps.access.graph(accountId);
    this.#requireOwn(staff, id, graph);
    if (graph.containing(id).length > 1 || (await this.#isGiven(accountId, id))) {
      throw new Refusal('role.in_use');
    }
    if (!(await this.#deps.stores.entities.roles.delete(id))) throw new Refusal('not_found');
    this.#deps.changes.publish({ kind: 'roles', accountId });
    await this.#deps.audit.byStaff(staff, { action: 'role.removed', target: { kind: 'role', id } });
  }

  /** A role is one's own to change when it, and every role that contains it, allows nothing that one may not do. */
  #requireOwn(staff: StaffPrincipal, id: string, graph: RoleGraph): void {
    requireCovers(staff, rightsOf(graph, { roles: graph.containing(id) }));
  }

  #requireMayStand(staff: StaffPrincipal, role: StoredRole, graph: RoleGraph): void {
    requireKnownRoles(graph.with(role), role.roles);
    const next = graph.with(role);
    requireSound(next, role);
    requireCovers(staff, rightsOf(next, { roles: [role.id] }));
  }

  /**
   * Writes the change, then looks at what stands, and takes it back when two changes at once have closed a circle or
   * left the account without an administrator: of the two, at least the later look sees both.
   */
  async #replace({ accountId }: StaffPrincipal, before: StoredRole, next: StoredRole): Promise<void> {
    const { roles } = this.#deps.stores.entities;
    if (!(await roles.replace(next))) throw new Refusal('conflict');
    this.#deps.changes.publish({ kind: 'roles', accountId });
    try {
      requireSound(await this.#deps.access.graph(accountId), next);
      if (!(await this.#deps.hasAdministrator(accountId))) throw new Refusal('user.last_administrator');
    } catch (error) {
      await roles.replace({ ...before, version: next.version + 1 });
      this.#deps.changes.publish({ kind: 'roles', accountId });
      throw error;
    }
  }

  async #written(
    staff: StaffPrincipal,
    role: StoredRole,
    action: string,
    details: Readonly<Record<string, string>> = {},
  ): Promise<WireRole> {
    this.#deps.changes.publish({ kind: 'roles', accountId: staff.accountId });
    await this.#deps.audit.byStaff(staff, { action, target: { kind: 'role', id: role.id }, details });
    return presentRole(role, await this.#deps.access.graph(staff.accountId));
  }

  /** Who lost the right to take conversations, or to take some of them, hands them back. */
  async #reconsiderAll(accountId: string): Promise<void> {
    const working = (await this.#deps.stores.presence.list(accountId)).filter(isWorking);
    for (const { agentId } of working) await this.#deps.reconsider(accountId, agentId);
  }

  async #isGiven(accountId: string, roleId: string): Promise<boolean> {
    let cursor: string | undefined;
    do {
      const where = { 'memberships.accountId': accountId };
      const more = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.stores.entities.users.list({ where, limit: PAGE, ...more });
      const given = page.items.some(({ memberships }) =>
        memberships.some((member) => member.accountId === accountId && member.roles.includes(roleId)),
      );
      if (given) return true;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return false;
  }

  async #own(accountId: string): Promise<readonly StoredRole[]> {
    return (await this.#deps.stores.entities.roles.list({ where: { accountId }, limit: PAGE })).items;
  }

  async #find(accountId: string, id: string): Promise<StoredRole> {
    if (isBuiltin(id)) throw new Refusal('role.builtin');
    const role = await this.#deps.stores.entities.roles.get(id);
    if (role === undefined || role.accountId !== accountId) throw new Refusal('not_found');
    return role;
  }
}

function changed(role: StoredRole, { name, about, authorizations, roles }: RoleChange): StoredRole {
  return {
    ...role,
    name: name ?? role.name,
    about: about ?? role.about,
    authorizations: authorizations === undefined ? role.authorizations : knownAuthorizations(authorizations),
    roles: roles ?? role.roles,
  };
}

/** Two roles of one name could not be told apart by who gives them. */
function requireOtherName(own: readonly StoredRole[], { id, name }: StoredRole): void {
  const builtin = Object.values(BUILTIN_ROLES).map((role) => role.name);
  const taken = [...own.filter((role) => role.id !== id).map((role) => role.name), ...builtin];
  if (taken.some((other) => other.toLowerCase() === name.toLowerCase())) throw new Refusal('already_exists');
}

function isBuiltin(id: string): id is keyof typeof BUILTIN_ROLES {
  return Object.hasOwn(BUILTIN_ROLES, id);
}

function isWorking({ status, active }: AgentPresence): boolean {
  return status !== 'offline' || active > 0;
}
