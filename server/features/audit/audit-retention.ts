import { type Account, type AuditLink, completeSettings, DAY_MS } from '../../domain/index.ts';
import type { AuditStore, Clock, EntityStore } from '../../ports/index.ts';
import type { AuditChainer } from './audit-chain.ts';

const PAGE = 200;

export interface AuditRetentionDeps {
  readonly store: AuditStore;
  readonly accounts: EntityStore<Account>;
  readonly chainer: AuditChainer;
  readonly clock: Clock;
}

/**
 * Ends audit entries after the account's own period. What goes is the oldest part of the chain, and a signed
 * checkpoint stands in its place, so that the rest still proves that nothing else is gone.
 */
export class AuditRetention {
  readonly #deps: AuditRetentionDeps;
  /** Times of the oldest entries, so that a round asks the store only where something may be due. */
  readonly #oldestAt = new Map<string, number>();

  constructor(deps: AuditRetentionDeps) {
    this.#deps = deps;
  }

  /** One round over all accounts; answers how many entries were deleted. */
  async purge(): Promise<number> {
    let deleted = 0;
    let cursor: string | undefined;
    do {
      const page = await this.#deps.accounts.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
      for (const account of page.items) deleted += await this.#purgeAccount(account);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return deleted;
  }

  async #purgeAccount(account: Account): Promise<number> {
    const before = this.#deps.clock.now() - completeSettings(account.settings).auditRetentionDays * DAY_MS;
    let deleted = 0;
    while ((this.#oldestAt.get(account.id) ?? 0) < before) {
      const oldest = await this.#oldest(account.id);
      const first = oldest[0];
      if (first === undefined) break;
      this.#oldestAt.set(account.id, first.at);
      const last = oldest[lengthBefore(oldest, before) - 1];
      if (last === undefined) break;
      const base = await this.#deps.chainer.point('base', account.id, last);
      deleted += await this.#deps.store.purge({ accountId: account.id, base, before });
      this.#oldestAt.delete(account.id);
    }
    return deleted;
  }

  async #oldest(accountId: string): Promise<readonly AuditLink[]> {
    const chain = await this.#deps.store.chain(accountId);
    return this.#deps.store.read({ accountId, afterSeq: chain?.base?.seq ?? 0, limit: PAGE });
  }
}

/** How many from the start are older; one that is not keeps all behind it. */
function lengthBefore(links: readonly AuditLink[], before: number): number {
  const first = links.findIndex(({ at }) => at >= before);
  return first === -1 ? links.length : first;
}
