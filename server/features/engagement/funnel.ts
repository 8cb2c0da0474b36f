import {
  type Arm,
  DAY_MS,
  type EngagementDay,
  FUNNEL_STEPS,
  type FunnelCount,
  type FunnelStep,
} from '../../domain/index.ts';
import { type Clock, type EntityStore, type Logger, UniqueViolation } from '../../ports/index.ts';

/** What was counted since is lost when the process is killed. */
const FLUSH_MS = 5_000;
/** Thirteen months, so that a month can be compared with the same one a year ago. */
const KEPT_MS = 396 * DAY_MS;
const ATTEMPTS = 20;
const PAGE = 200;

/** Whose step it is. */
export interface FunnelKey {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string | undefined;
  readonly arm: Arm;
}

interface Waiting {
  readonly accountId: string;
  readonly dayStart: number;
  readonly counts: Map<string, FunnelCount>;
}

export interface FunnelDeps {
  readonly days: EntityStore<EngagementDay>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What rules bring, by account and day (UTC): numbers alone, so that they may outlive the sessions. Counted in memory and
 * added to the store every few seconds.
 */
export class Funnel {
  readonly #deps: FunnelDeps;
  readonly #stop: () => void;
  #waiting = new Map<string, Waiting>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: FunnelDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(FLUSH_MS, () => {
      this.flush().catch((error) => deps.logger.error('engagement counts could not be kept', error));
    });
  }

  add(accountId: string, key: FunnelKey, step: FunnelStep): void {
    const now = this.#deps.clock.now();
    const dayStart = now - (now % DAY_MS);
    const one = { ...emptyCount(key), [step]: 1 };
    this.#addTo({ accountId, dayStart, counts: [one] });
  }

  /** Adds what waits to the store; what cannot be written waits on. */
  flush(): Promise<void> {
    const flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    this.#flushing = flushing;
    return flushing;
  }

  /** Counts of the days from `from` to `to` (epoch milliseconds), added up. */
  async total(accountId: string, range: { from: number; to: number }): Promise<readonly FunnelCount[]> {
    await this.flush();
    const sum = new Map<string, FunnelCount>();
    for await (const day of this.#days(accountId)) {
      if (day.createdAt + DAY_MS <= range.from || day.createdAt > range.to) continue;
      for (const count of day.counts) sum.set(keyOf(count), plus(sum.get(keyOf(count)), count));
    }
    return [...sum.values()];
  }

  close(): void {
    this.#stop();
  }

  async *#days(accountId: string): AsyncGenerator<EngagementDay> {
    let cursor: string | undefined;
    do {
      const query = { where: { accountId }, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await this.#deps.days.list(query);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  #addTo({ accountId, dayStart, counts }: Omit<Waiting, 'counts'> & { counts: Iterable<FunnelCount> }): void {
    const id = `${accountId}:${dayStart / DAY_MS}`;
    const waiting = this.#waiting.get(id) ?? { accountId, dayStart, counts: new Map<string, FunnelCount>() };
    this.#waiting.set(id, waiting);
    for (const count of counts) {
      waiting.counts.set(keyOf(count), plus(waiting.counts.get(keyOf(count)), count));
    }
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    let failure: unknown;
    for (const [id, day] of waiting) {
      try {
        await this.#write(id, day);
        waiting.delete(id);
      } catch (error) {
        failure = error;
      }
    }
    if (failure === undefined) return;
    for (const { counts, ...rest } of waiting.values()) this.#addTo({ ...rest, counts: counts.values() });
    throw failure;
  }

  async #write(id: string, day: Waiting): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await this.#tryToWrite(id, day)) return;
    }
    throw new Error('a day of engagement counts is contended');
  }

  async #tryToWrite(id: string, { accountId, dayStart, counts }: Waiting): Promise<boolean> {
    const { days, clock } = this.#deps;
    const updatedAt = clock.now();
    const standing = await days.get(id);
    if (standing !== undefined) {
      const sum = new Map(standing.counts.map((count) => [keyOf(count), count]));
      for (const [key, count] of counts) sum.set(key, plus(sum.get(key), count));
      return days.replace({
        ...standing,
        version: standing.version + 1,
        updatedAt,
        counts: [...sum.values()],
      });
    }
    const first: EngagementDay = {
      ...{ id, accountId, version: 1, createdAt: dayStart, updatedAt },
      day: new Date(dayStart).toISOString().slice(0, 10),
      counts: [...counts.values()],
      expiresAt: dayStart + KEPT_MS,
    };
    return days.insert(first).then(
      () => true,
      (error) => {
        if (error instanceof UniqueViolation) return false;
        throw error;
      },
    );
  }
}

function emptyCount({ ruleId, ruleName, variant = '', arm }: FunnelKey): FunnelCount {
  return {
    ...{ ruleId, ruleName, variant, arm },
    ...{ shown: 0, accepted: 0, dismissed: 0, chats: 0, rated: 0, goals: 0 },
  };
}

function keyOf({ ruleId, variant, arm }: FunnelCount): string {
  return `${ruleId}\n${variant}\n${arm}`;
}

/** The newer name stands. */
function plus(standing: FunnelCount | undefined, more: FunnelCount): FunnelCount {
  if (standing === undefined) return more;
  const steps = FUNNEL_STEPS.map((step) => [step, standing[step] + more[step]] as const);
  return { ...more, ...(Object.fromEntries(steps) as Record<FunnelStep, number>) };
}
