import { type Account, Refusal, type User, withoutMembership } from '../../domain/index.ts';
import type { KeyVault } from '../../pipeline/key-vault.ts';
import type {
  Broadcaster,
  ChangeBus,
  Clock,
  DataKeyStore,
  EntityStore,
  EntityStores,
  ErasureList,
} from '../../ports/index.ts';
import type { ConversationEraser } from '../erasure/conversation-eraser.ts';
import { type Counts, sumOf } from '../erasure/counts.ts';

const PAGE = 200;
const ATTEMPTS = 8;

export interface AccountEndDeps {
  readonly accounts: EntityStore<Account>;
  readonly users: EntityStore<User>;
  readonly sites: EntityStores['sites'];
  readonly eraser: Pick<ConversationEraser, 'eraseParts'>;
  readonly erasureList: Pick<ErasureList, 'append'>;
  readonly vault: Pick<KeyVault, 'destroyAccount'>;
  readonly dataKeys: Pick<DataKeyStore, 'wrappedBefore' | 'destroy'>;
  readonly endUser: (user: User) => Promise<void>;
  readonly broadcaster: Pick<Broadcaster, 'disconnectAgent' | 'disconnectSite'>;
  readonly bus: Pick<ChangeBus, 'publish'>;
  readonly clock: Clock;
}

/** The end of an account around its conversations: who works in it and its sites first, its keys and itself last. */
export class AccountEnd {
  readonly #deps: AccountEndDeps;

  constructor(deps: AccountEndDeps) {
    this.#deps = deps;
  }

  /**
   * The deployment keeps somebody who runs it.
   * @throws Refusal `conflict` when an operator works in this account alone
   */
  async requireNoOperator(accountId: string): Promise<void> {
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const where = { 'memberships.accountId': accountId };
      const page = await this.#deps.users.list({ where, limit: PAGE, ...place });
      if (page.items.some((user) => isOperatorHereAlone(user, accountId))) {
        throw new Refusal('conflict', {
          detail: 'An operator works in this account alone: make them one in another account first.',
        });
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** Nobody comes in any more, neither staff nor visitors. */
  async shut(accountId: string): Promise<void> {
    const { erasureList, clock } = this.#deps;
    await erasureList.append([{ id: accountId, kind: 'account', accountId, at: clock.now() }]);
    await this.#endMemberships(accountId);
    await this.#endSites(accountId);
  }

  /** No conversation begins any more. */
  async remove(accountId: string): Promise<void> {
    await this.#deps.accounts.delete(accountId);
    this.#deps.bus.publish({ kind: 'account', accountId });
  }

  /** What is left when its conversations are gone, its keys included. */
  async finish(accountId: string): Promise<Counts> {
    const { eraser, vault, bus } = this.#deps;
    const counts = await eraser.eraseParts({ kind: 'account', accountId });
    await this.#destroyDataKeys(accountId);
    await vault.destroyAccount(accountId);
    bus.publish({ kind: 'keys', accountId });
    bus.publish({ kind: 'redaction-rules', accountId });
    bus.publish({ kind: 'account', accountId });
    return sumOf(counts, { accounts: 1 });
  }

  /** Those of visits without a chat; a conversation's went with it. */
  async #destroyDataKeys(accountId: string): Promise<void> {
    const { dataKeys } = this.#deps;
    for (;;) {
      const left = await dataKeys.wrappedBefore({ accountId, version: Number.MAX_SAFE_INTEGER, limit: PAGE });
      for (const { conversationId } of left) await dataKeys.destroy(conversationId);
      if (left.length === 0) return;
    }
  }

  /** Tokens of their visitors are good for nothing any more, and their sockets are cut. */
  async #endSites(accountId: string): Promise<void> {
    const { sites, bus, broadcaster } = this.#deps;
    for (;;) {
      const { items } = await sites.list({ where: { accountId }, limit: PAGE });
      for (const { id } of items) {
        await sites.delete(id);
        bus.publish({ kind: 'site', siteId: id });
        broadcaster.disconnectSite(id);
      }
      if (items.length === 0) return;
    }
  }

  /** Who works for no other account is deleted. */
  async #endMemberships(accountId: string): Promise<void> {
    for (;;) {
      const where = { 'memberships.accountId': accountId };
      const { items } = await this.#deps.users.list({ where, limit: PAGE });
      for (const { id } of items) await this.#endMembership(accountId, id);
      if (items.length === 0) return;
    }
  }

  async #endMembership(accountId: string, userId: string): Promise<void> {
    const { users, broadcaster, endUser, clock } = this.#deps;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const user = await users.get(userId);
      if (user === undefined) return;
      const next = withoutMembership(user, accountId, clock.now());
      if (!(await users.replace(next))) continue;
      broadcaster.disconnectAgent(accountId, userId);
      if (next.status === 'ending') await endUser(user);
      return;
    }
    throw new Error('a membership could not be ended');
  }
}

function isOperatorHereAlone({ memberships }: User, accountId: string): boolean {
  const operates = memberships.filter(({ roles }) => roles.includes('operator'));
  return operates.length > 0 && operates.every((membership) => membership.accountId === accountId);
}
