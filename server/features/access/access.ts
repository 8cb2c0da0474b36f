import { LRUCache } from 'lru-cache';
import {
  type AccessGrant,
  AUTHORIZATIONS,
  type Authorization,
  abilityOf,
  grantedRights,
  isInForce,
  Refusal,
  type Rights,
  RoleGraph,
  rightsOf,
  type StaffPrincipal,
  type StoredRole,
  type User,
  unitedRights,
} from '../../domain/index.ts';
import type { ChangeBus, Clock, EntityStore } from '../../ports/index.ts';

const REMEMBERED = 5_000;
/** A notice of a change that got lost on its way from another node is made good after this long. */
const REMEMBERED_MS = 15_000;
/** More roles or grants than anyone may have. */
const PAGE = 200;

export interface AccessDeps {
  readonly users: EntityStore<User>;
  readonly roles: EntityStore<StoredRole>;
  readonly grants: EntityStore<AccessGrant>;
  readonly bus: ChangeBus;
  readonly clock: Clock;
}

/** Read model: who may do what, from memberships, roles and access grants as they are now. */
export class Access {
  readonly #deps: AccessDeps;
  readonly #graphs = new LRUCache<string, Promise<RoleGraph>>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  readonly #grants = new LRUCache<string, Promise<readonly AccessGrant[]>>({
    max: REMEMBERED,
    ttl: REMEMBERED_MS,
  });
  readonly #members = new LRUCache<string, Promise<StaffPrincipal | undefined>>({
    max: REMEMBERED,
    ttl: REMEMBERED_MS,
  });
  readonly #unsubscribe: () => void;

  constructor(deps: AccessDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.bus.subscribe((change) => {
      if (change.kind === 'roles') this.#graphs.delete(change.accountId);
      if (change.kind === 'staff') this.#grants.delete(change.userId);
      if (change.kind === 'roles' || change.kind === 'staff') this.#members.clear();
      if (change.kind !== 'missed') return;
      for (const cache of [this.#graphs, this.#grants, this.#members]) cache.clear();
    });
  }

  /** The roles of the account. */
  graph(accountId: string): Promise<RoleGraph> {
    return remembered(this.#graphs, accountId, async () => {
      const { items } = await this.#deps.roles.list({ where: { accountId }, limit: PAGE });
      return new RoleGraph(items);
    });
  }

  /**
   * The user as a staff member of one account, by membership or by an access grant.
   * @throws Refusal `not_found` with neither: who is a stranger to an account learns nothing of it (P6)
   */
  async principal(user: User, accountId: string): Promise<StaffPrincipal> {
    const membership = user.memberships.find((candidate) => candidate.accountId === accountId);
    const grants = await this.grantsOf(user.id, accountId);
    if (membership === undefined && grants.length === 0) throw new Refusal('not_found');
    const graph = await this.graph(accountId);
    const own: Rights = membership === undefined ? new Map() : rightsOf(graph, membership);
    const lent = new Map<Authorization, string>();
    let authorizations = own;
    for (const grant of grants) {
      const rights = grantedRights(graph, grant);
      for (const authorization of rights.keys()) {
        if (own.get(authorization) !== 'account') lent.set(authorization, grant.id);
      }
      authorizations = unitedRights(authorizations, rights);
    }
    return {
      userId: user.id,
      name: user.name,
      accountId,
      authorizations,
      ability: abilityOf(authorizations),
      lent,
      ...(grants.length > 0 && { validUntil: Math.min(...grants.map(({ until }) => until)) }),
    };
  }

  /** The member as the store has them now; undefined when disabled or a stranger to the account. */
  async current(userId: string, accountId: string): Promise<StaffPrincipal | undefined> {
    const user = await this.#deps.users.get(userId);
    if (user === undefined || user.disabled) return undefined;
    return this.principal(user, accountId).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined;
      throw error;
    });
  }

  /** As {@link current}, from memory as long as nothing has changed: for what asks about many and often. */
  async member(userId: string, accountId: string): Promise<StaffPrincipal | undefined> {
    const key = `${accountId}\n${userId}`;
    const known = await remembered(this.#members, key, () => this.current(userId, accountId));
    if ((known?.validUntil ?? Number.POSITIVE_INFINITY) > this.#deps.clock.now()) return known;
    return this.current(userId, accountId);
  }

  /** Whether the user has the authorization in any account: for what belongs to the deployment as a whole. */
  async allowedAnywhere({ memberships }: User, authorization: Authorization): Promise<boolean> {
    for (const membership of memberships) {
      const graph = await this.graph(membership.accountId);
      if (graph.effective(membership.roles).has(authorization)) return true;
    }
    return false;
  }

  /** Whether they run the deployment: have anything that belongs to it as a whole. */
  async isOperator(user: User): Promise<boolean> {
    const names = Object.keys(AUTHORIZATIONS) as Authorization[];
    for (const name of names.filter((one) => AUTHORIZATIONS[one].reach === 'deployment')) {
      if (await this.allowedAnywhere(user, name)) return true;
    }
    return false;
  }

  /** Grants in force that let the user in, into one account or any. */
  async grantsOf(userId: string, accountId?: string): Promise<readonly AccessGrant[]> {
    const known = await remembered(this.#grants, userId, async () => {
      const page = await this.#deps.grants.list({ where: { userId }, newestFirst: true, limit: PAGE });
      return page.items;
    });
    const now = this.#deps.clock.now();
    return known.filter(
      (grant) => isInForce(grant, now) && (accountId === undefined || grant.accountId === accountId),
    );
  }

  close(): void {
    this.#unsubscribe();
  }
}

/** What is being loaded when it changes is not remembered: it may have been read before the change. */
function remembered<V>(cache: LRUCache<string, Promise<V>>, key: string, load: () => Promise<V>): Promise<V> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const loading = load();
  cache.set(key, loading);
  loading.catch(() => {
    if (cache.peek(key) === loading) cache.delete(key);
  });
  return loading;
}
