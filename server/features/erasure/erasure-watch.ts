import type { ErasedThing } from '../../domain/index.ts';
import type { Change, ChangeBus, Clock, ErasureList, Logger } from '../../ports/index.ts';
import type { VisitorKeeper } from '../visitors/visitor-keeper.ts';
import type { ErasedMemory } from './erased-memory.ts';

/** Erasure reaches every node within a minute, whether its notice came or not; this is a part of that. */
const LOOK_MS = 10_000;
/** How far the clocks of two nodes may be apart. */
const APART_MS = 120_000;
const PAGE = 200;

export interface ErasureWatchDeps {
  readonly erasureList: Pick<ErasureList, 'list'>;
  readonly memory: ErasedMemory;
  readonly keeper: Pick<VisitorKeeper, 'forgetErased'>;
  readonly bus: Pick<ChangeBus, 'subscribe'>;
  readonly notices: {
    /** Whether they come. */
    isUp(): boolean;
    /** To be called when some may have been missed: caches are dropped. */
    noticesMissed(): void;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads in the store what other nodes have erased. Notices of it come sooner, over Redis; this needs none. While none
 * come, this node drops its caches as often, so that it works by nothing older.
 */
export class ErasureWatch {
  readonly #deps: ErasureWatchDeps;
  readonly #stops: readonly (() => void)[];
  /** What was heard of or found, by when. */
  readonly #known = new Map<string, number>();
  #looking: Promise<void> | undefined;

  constructor(deps: ErasureWatchDeps) {
    this.#deps = deps;
    this.#stops = [
      deps.clock.every(LOOK_MS, () => void this.look()),
      deps.bus.subscribe((change) => this.#heard(change)),
    ];
  }

  /** Once at a time. A list that cannot be read counts as one with everything on it: memory is dropped. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error) => {
        this.#deps.logger.error('the list of erasures could not be read', error);
        this.#deps.notices.noticesMissed();
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #heard(change: Change): void {
    const now = this.#deps.clock.now();
    if (change.kind === 'erased') this.#known.set(change.conversationId, now);
    if (change.kind === 'session-erased') this.#known.set(change.sessionId, now);
    if (change.kind === 'account-erased') this.#known.set(change.accountId, now);
  }

  async #look(): Promise<void> {
    const from = this.#deps.clock.now() - APART_MS;
    // Whatever stands on the list after `from` was heard of no earlier than that, give or take the same again.
    for (const [id, at] of this.#known) if (at < from - APART_MS) this.#known.delete(id);
    const accounts = new Set<string>();
    for await (const thing of this.#since(from)) {
      if (this.#known.has(thing.id)) continue;
      this.#end(thing);
      this.#known.set(thing.id, this.#deps.clock.now());
      accounts.add(thing.accountId);
    }
    for (const accountId of accounts) await this.#deps.keeper.forgetErased(accountId);
    // Only now: who has an erased chat open is told by what is in memory of it.
    if (!this.#deps.notices.isUp()) this.#deps.notices.noticesMissed();
  }

  #end({ kind, id }: ErasedThing): void {
    const { memory } = this.#deps;
    if (kind === 'session') memory.endSession(id);
    else if (kind === 'account') memory.endAccount(id);
    else {
      const sessionId = memory.endConversation(id);
      if (sessionId !== undefined) memory.endSession(sessionId);
    }
  }

  async *#since(from: number): AsyncGenerator<ErasedThing> {
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.erasureList.list({ from, limit: PAGE, ...place });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}
