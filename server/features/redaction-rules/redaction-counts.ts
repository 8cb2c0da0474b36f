import { DAY_MS, type RedactionDay } from '../../domain/index.ts';
import { type Clock, type EntityStore, type Logger, UniqueViolation } from '../../ports/index.ts';

/** What was counted since is lost when the process is killed. */
const FLUSH_MS = 5_000;
/** Thirteen months, so that a month can be compared with the same one a year ago. */
const KEPT_MS = 396 * DAY_MS;
/** Writers of other nodes may come between this often. */
const ATTEMPTS = 20;
const PAGE = 200;

type Count = RedactionDay['counts'][number];

export interface RedactionCountsDeps {
  readonly store: EntityStore<RedactionDay>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How often each rule took something out, by account and day (UTC). Counted in memory and added to the store
 * every few seconds, so that a message costs no write of its own.
 */
export class RedactionCounts {
  readonly #deps: RedactionCountsDeps;
  readonly #stop: () => void;
  #waiting = new Map<string, { accountId: string; dayStart: number; counts: Map<string, Count> }>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: RedactionCountsDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(FLUSH_MS, () => {
      this.flush().catch((error) => deps.logger.error('redaction counts could not be kept', error));
    });
  }

  add(removal: Count & { readonly accountId: string }): void {
    const { accountId, ruleId, name, count } = removal;
    const now = this.#deps.clock.now();
    const dayStart = now - (now % DAY_MS);
    const id = idOf(accountId, dayStart);
    const waiting = this.#waiting.get(id) ?? { accountId, dayStart, counts: new Map<string, Count>() };
    this.#waiting.set(id, waiting);
    const before = waiting.counts.get(ruleId)?.count ?? 0;
    waiting.counts.set(ruleId, { ruleId, name, count: before + count });
  }

  /** Adds what waits to the store; what cannot be written waits on. */
  flush(): Promise<void> {
    const flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    this.#flushing = flushing;
    return flushing;
  }

  /** The days from `from` to `to` (epoch milliseconds) of an account, oldest first, with what still waits here. */
  async days(accountId: string, range: { from: number; to: number }): Promise<readonly RedactionDay[]> {
    await this.flush();
    const days: RedactionDay[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#deps.store.list({
        where: { accountId },
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      days.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return days.filter(({ createdAt }) => createdAt + DAY_MS > range.from && createdAt <= range.to);
  }

  close(): void {
    this.#stop();
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    let failure: unknown;
    for (const [id, { accountId, dayStart, counts }] of waiting) {
      try {
        await this.#addToDay({ id, accountId, dayStart, counts: [...counts.values()] });
        waiting.delete(id);
      } catch (error) {
        failure = error;
      }
    }
    if (failure === undefined) return;
    this.#putBack(waiting);
    throw failure;
  }

  #putBack(
    waiting: ReadonlyMap<string, { accountId: string; counts: ReadonlyMap<string, Count>; dayStart: number }>,
  ) {
    const later = this.#waiting;
    this.#waiting = new Map();
    for (const part of [waiting, later]) {
      for (const [id, { accountId, dayStart, counts }] of part) {
        const sum = this.#waiting.get(id)?.counts ?? new Map<string, Count>();
        for (const one of counts.values()) sum.set(one.ruleId, added(sum.get(one.ruleId), one));
        this.#waiting.set(id, { accountId, dayStart, counts: sum });
      }
    }
  }

  async #addToDay(of: { id: string; accountId: string; dayStart: number; counts: readonly Count[] }) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await this.#tryToAdd(of)) return;
    }
    throw new Error('a day of redaction counts is contended');
  }

  async #tryToAdd(of: { id: string; accountId: string; dayStart: number; counts: readonly Count[] }) {
    const { id, accountId, dayStart, counts } = of;
    const { store, clock } = this.#deps;
    const updatedAt = clock.now();
    const standing = await store.get(id);
    if (standing !== undefined) {
      const next = {
        ...standing,
        counts: merged(standing.counts, counts),
        version: standing.version + 1,
        updatedAt,
      };
      return store.replace(next);
    }
    const day = new Date(dayStart).toISOString().slice(0, 10);
    const expiresAt = dayStart + KEPT_MS;
    const first = { id, accountId, version: 1, createdAt: dayStart, updatedAt, day, counts, expiresAt };
    return store.insert(first).then(
      () => true,
      (error) => {
        if (error instanceof UniqueViolation) return false;
        throw error;
      },
    );
  }
}

function idOf(accountId: string, dayStart: number): string {
  return `${accountId}:${dayStart / DAY_MS}`;
}

function merged(standing: readonly Count[], more: readonly Count[]): readonly Count[] {
  const sum = new Map(standing.map((one) => [one.ruleId, one]));
  for (const one of more) sum.set(one.ruleId, added(sum.get(one.ruleId), one));
  return [...sum.values()];
}

function added(standing: Count | undefined, more: Count): Count {
  return { ...more, count: (standing?.count ?? 0) + more.count };
}
