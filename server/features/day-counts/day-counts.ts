import { DAY_MS, type DayOfCounts } from '../../domain/index.ts';
import { type Clock, type EntityStore, type Logger, logId, UniqueViolation } from '../../ports/index.ts';

/** What was counted since is lost when the process is killed. */
const FLUSH_MS = 5_000;
/** Thirteen months, so that a month can be compared with the same one a year ago. */
const KEPT_MS = 396 * DAY_MS;
/** Writers of other nodes may come between this often. */
const ATTEMPTS = 20;
const PAGE = 200;

export interface DayCountsDeps<Count> {
  readonly store: EntityStore<DayOfCounts<Count>>;
  /** Counts of one key are added up. */
  readonly keyOf: (count: Count) => string;
  /** Both have the same key; what is no number is of the newer. */
  readonly plus: (standing: Count, newer: Count) => Count;
  /** What is counted, for the log. */
  readonly of: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Waiting<Count> {
  readonly accountId: string;
  readonly dayStart: number;
  readonly counts: Map<string, Count>;
}

/**
 * What happens, by account and day (UTC), in numbers alone, so that they may outlive those whom they count. Counted in
 * memory and added to the store every few seconds, so that what is counted costs no write of its own.
 */
export class DayCounts<Count> {
  readonly #deps: DayCountsDeps<Count>;
  readonly #stop: () => void;
  #waiting = new Map<string, Waiting<Count>>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: DayCountsDeps<Count>) {
    this.#deps = deps;
    this.#stop = deps.clock.every(FLUSH_MS, () => {
      this.flush().catch((error) =>
        deps.logger.error('counts could not be kept', error, { of: logId(deps.of) }),
      );
    });
  }

  /** Counts on the day that it is. */
  add(accountId: string, count: Count): void {
    const now = this.#deps.clock.now();
    this.#addTo(accountId, now - (now % DAY_MS), [count]);
  }

  /** Adds what waits to the store; what cannot be written waits on. */
  flush(): Promise<void> {
    const flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    this.#flushing = flushing;
    return flushing;
  }

  /** The days from `from` to `to` (epoch milliseconds) of an account, oldest first, with what still waits here. */
  async days(
    accountId: string,
    range: { readonly from: number; readonly to: number },
  ): Promise<readonly DayOfCounts<Count>[]> {
    await this.flush();
    const days: DayOfCounts<Count>[] = [];
    let cursor: string | undefined;
    do {
      const query = { where: { accountId }, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await this.#deps.store.list(query);
      days.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return days.filter(({ createdAt }) => createdAt + DAY_MS > range.from && createdAt <= range.to);
  }

  /** Counts added up, each key once. */
  sum(counts: Iterable<Count>): readonly Count[] {
    return [...this.#added(new Map(), counts).values()];
  }

  close(): void {
    this.#stop();
  }

  #added(sum: Map<string, Count>, counts: Iterable<Count>): Map<string, Count> {
    const { keyOf, plus } = this.#deps;
    for (const count of counts) {
      const standing = sum.get(keyOf(count));
      sum.set(keyOf(count), standing === undefined ? count : plus(standing, count));
    }
    return sum;
  }

  #addTo(accountId: string, dayStart: number, counts: Iterable<Count>): void {
    const id = `${accountId}:${dayStart / DAY_MS}`;
    const waiting = this.#waiting.get(id) ?? { accountId, dayStart, counts: new Map<string, Count>() };
    this.#waiting.set(id, waiting);
    this.#added(waiting.counts, counts);
  }

  /** One day that cannot be written keeps none of the others. */
  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    const failures: unknown[] = [];
    for (const [id, day] of waiting) {
      try {
        await this.#write(id, day);
        waiting.delete(id);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 0) return;
    const later = this.#waiting;
    this.#waiting = waiting;
    for (const { accountId, dayStart, counts } of later.values())
      this.#addTo(accountId, dayStart, counts.values());
    throw failures[0];
  }

  async #write(id: string, day: Waiting<Count>): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await this.#tryToWrite(id, day)) return;
    }
    throw new Error(`a day of ${this.#deps.of} is contended`);
  }

  async #tryToWrite(id: string, { accountId, dayStart, counts }: Waiting<Count>): Promise<boolean> {
    const { store, clock, keyOf } = this.#deps;
    const updatedAt = clock.now();
    const standing = await store.get(id);
    if (standing !== undefined) {
      const known = new Map(standing.counts.map((count) => [keyOf(count), count]));
      const sum = [...this.#added(known, counts.values()).values()];
      return store.replace({ ...standing, version: standing.version + 1, updatedAt, counts: sum });
    }
    const first = {
      ...{ id, accountId, version: 1, createdAt: dayStart, updatedAt },
      day: new Date(dayStart).toISOString().slice(0, 10),
      counts: [...counts.values()],
      expiresAt: dayStart + KEPT_MS,
    };
    return store.insert(first).then(
      () => true,
      (error) => {
        if (error instanceof UniqueViolation) return false;
        throw error;
      },
    );
  }
}
