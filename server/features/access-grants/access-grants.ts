import type { Page, WireAccessGrant } from '../../../shared/protocol/index.ts';
import {
  type AccessGrant,
  AUTHORIZATIONS,
  type Authorization,
  DAY_MS,
  grantedRights,
  isInForce,
  nothingSuch,
  Refusal,
  requireCovers,
  type StaffPrincipal,
  type User,
} from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { ChangeBus, Clock, EntityStores, Ids } from '../../ports/index.ts';
import { presentAccessGrant } from '../../presenters/role-presenter.ts';
import type { Access } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';

/** For how long an account can let someone in at once. */
export const ACCESS_GRANT_DAYS_MAX = 7;
/** How long the record of a grant is kept after its end. */
const KEPT_MS = 365 * DAY_MS;
/** Uses of the same call within this time are one occasion. */
const OCCASION_MS = 60_000;
const OCCASIONS_MAX = 10_000;
const ATTEMPTS = 5;
const NO_OPERATOR = 'is no operator of this server';

export interface AccessGrantsDeps {
  readonly stores: { readonly entities: Pick<EntityStores, 'accessGrants' | 'users'> };
  readonly access: Pick<Access, 'graph' | 'isOperator'>;
  readonly redactor: Pick<Redactor, 'text'>;
  /** Looks at an agent's chats again, after what they may do has changed. */
  readonly reconsider: (accountId: string, agentId: string) => Promise<void>;
  readonly changes: Pick<ChangeBus, 'publish'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Who is let in, by id or (`operator`) by e-mail; `until` in epoch milliseconds. */
export interface NewAccessGrant {
  readonly userId?: string | undefined;
  readonly operator?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly authorizations?: readonly string[] | undefined;
  readonly reason: string;
  readonly until: number;
}

/**
 * How an account lets an operator in: for a reason, for a time, and no further than who grants it may go. It ends by
 * itself, also on sockets that are open; each use is in the account's audit log. Refusals: `not_found`, `forbidden`,
 * `invalid_value`.
 */
export class AccessGrants {
  readonly #deps: AccessGrantsDeps;
  /** When each call was last used by each grant. */
  readonly #occasions = new Map<string, number>();

  constructor(deps: AccessGrantsDeps) {
    this.#deps = deps;
  }

  /** Newest first, those that have ended among them. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireAccessGrant>> {
    const more = cursor === undefined ? {} : { cursor };
    const { accessGrants } = this.#deps.stores.entities;
    const page = await accessGrants.list({ where: { accountId }, newestFirst: true, limit, ...more });
    return { ...page, items: await Promise.all(page.items.map((grant) => this.#present(grant))) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireAccessGrant> {
    return this.#present(await this.#find(staff, id));
  }

  async create(staff: StaffPrincipal, input: NewAccessGrant): Promise<WireAccessGrant> {
    const { accountId } = staff;
    const now = this.#deps.clock.now();
    requireTime(input.until, now);
    const user = await this.#grantee(accountId, input);
    const { roles = [], authorizations = [] } = input;
    const lends = { roles, authorizations: authorizations.filter(isAuthorization) };
    const graph = await this.#deps.access.graph(accountId);
    const strange = roles.find((id) => !graph.has(id));
    if (strange !== undefined) throw nothingSuch([{ path: 'roles', kind: 'role', id: strange }]);
    if (!authorizations.every(isAuthorization)) throw invalid('authorizations', 'there is no such thing');
    requireCovers(staff, grantedRights(graph, lends));
    const place = { from: 'agent', place: 'message', counted: false } as const;
    const grant: AccessGrant = {
      ...{ id: this.#deps.ids.id(), version: 1, createdAt: now, updatedAt: now, accountId },
      userId: user.id,
      ...lends,
      reason: (await this.#deps.redactor.text(accountId, input.reason, place)).text,
      grantedBy: staff.userId,
      until: input.until,
      uses: 0,
      expiresAt: input.until + KEPT_MS,
    };
    await this.#deps.stores.entities.accessGrants.insert(grant);
    this.#deps.changes.publish({ kind: 'staff', userId: user.id });
    await this.#note(staff, 'access-grant.created', grant);
    return this.#present(grant);
  }

  /** Ends it before its time; a grant that has ended already stays as it is. */
  async revoke(staff: StaffPrincipal, id: string): Promise<void> {
    const { accountId, userId: revokedBy } = staff;
    const now = this.#deps.clock.now();
    await this.#find(staff, id);
    const grant = await this.#change(id, (standing) =>
      isInForce(standing, now) ? { ...standing, revokedAt: now, revokedBy } : undefined,
    );
    if (grant === undefined) return;
    this.#deps.changes.publish({ kind: 'staff', userId: grant.userId });
    await this.#deps.reconsider(accountId, grant.userId);
    await this.#note(staff, 'access-grant.revoked', grant);
  }

  /**
   * Somebody does what they may do by the grant alone: noted before it happens, once a minute for each kind of call.
   * `call` is a name from the code.
   */
  async used(staff: StaffPrincipal, { grantId, call }: { grantId: string; call: string }): Promise<void> {
    const now = this.#deps.clock.now();
    const key = `${grantId} ${call}`;
    if (now - (this.#occasions.get(key) ?? Number.NEGATIVE_INFINITY) < OCCASION_MS) return;
    await this.#deps.audit.byStaff(staff, {
      action: 'access-grant.used',
      target: { kind: 'access-grant', id: grantId },
      details: { call },
    });
    if (this.#occasions.size >= OCCASIONS_MAX) this.#occasions.clear();
    this.#occasions.set(key, now);
    await this.#change(grantId, (standing) => ({
      ...standing,
      firstUsedAt: standing.firstUsedAt ?? now,
      lastUsedAt: now,
      uses: standing.uses + 1,
    }));
  }

  /** An operator of this deployment, or someone who works in the account; anyone else is as good as unknown. */
  async #grantee(accountId: string, { userId, operator }: NewAccessGrant): Promise<User> {
    const { users } = this.#deps.stores.entities;
    const user = userId !== undefined ? await users.get(userId) : await users.findBy('email', operator ?? '');
    const isMember = user?.memberships.some((membership) => membership.accountId === accountId) ?? false;
    if (user !== undefined && !user.disabled && (isMember || (await this.#deps.access.isOperator(user))))
      return user;
    if (userId === undefined) throw invalid('operator', NO_OPERATOR);
    throw nothingSuch([{ path: 'userId', kind: 'user', id: userId }], NO_OPERATOR);
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<AccessGrant> {
    const grant = await this.#deps.stores.entities.accessGrants.get(id);
    if (grant === undefined || grant.accountId !== accountId) throw new Refusal('not_found');
    return grant;
  }

  /** Answers what stands after the change; undefined when there was none to make. */
  async #change(
    id: string,
    change: (standing: AccessGrant) => AccessGrant | undefined,
  ): Promise<AccessGrant | undefined> {
    const { accessGrants } = this.#deps.stores.entities;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const standing = await accessGrants.get(id);
      const changed = standing && change(standing);
      if (changed === undefined) return undefined;
      const next = { ...changed, version: changed.version + 1, updatedAt: this.#deps.clock.now() };
      if (await accessGrants.replace(next)) return next;
    }
    throw new Refusal('conflict');
  }

  #note(staff: StaffPrincipal, action: string, { id, userId, until }: AccessGrant): Promise<void> {
    const details = { userId, until: new Date(until).toISOString() };
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'access-grant', id }, details });
  }

  async #present(grant: AccessGrant): Promise<WireAccessGrant> {
    const userName = (await this.#deps.stores.entities.users.get(grant.userId))?.name ?? '';
    return presentAccessGrant(grant, { userName, now: this.#deps.clock.now() });
  }
}

function requireTime(until: number, now: number): void {
  if (until <= now) throw invalid('until', 'must be later than now');
  if (until > now + ACCESS_GRANT_DAYS_MAX * DAY_MS) {
    throw invalid('until', `must be within ${ACCESS_GRANT_DAYS_MAX} days`);
  }
}

function isAuthorization(name: string): name is Authorization {
  return Object.hasOwn(AUTHORIZATIONS, name);
}

function invalid(path: string, message: string): Refusal {
  return new Refusal('invalid_value', { errors: [{ path, message }] });
}
