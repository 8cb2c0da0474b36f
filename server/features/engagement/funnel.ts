import {
  type Arm,
  type EngagementDay,
  FUNNEL_STEPS,
  type FunnelCount,
  type FunnelStep,
} from '../../domain/index.ts';
import type { Clock, EntityStore, Logger } from '../../ports/index.ts';
import { DayCounts } from '../day-counts/index.ts';

/** Whose step it is. */
export interface FunnelKey {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string | undefined;
  readonly arm: Arm;
}

export interface FunnelDeps {
  readonly days: EntityStore<EngagementDay>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What rules bring, by account and day. */
export class Funnel {
  readonly #days: DayCounts<FunnelCount>;

  constructor({ days: store, clock, logger }: FunnelDeps) {
    this.#days = new DayCounts({ store, keyOf, plus, of: 'engagement', clock, logger });
  }

  add(accountId: string, key: FunnelKey, step: FunnelStep): void {
    this.#days.add(accountId, { ...emptyCount(key), [step]: 1 });
  }

  /** Adds what waits to the store; what cannot be written waits on. */
  flush(): Promise<void> {
    return this.#days.flush();
  }

  /** Counts of the days from `from` to `to` (epoch milliseconds), added up. */
  async total(accountId: string, range: { from: number; to: number }): Promise<readonly FunnelCount[]> {
    const days = await this.#days.days(accountId, range);
    return this.#days.sum(days.flatMap(({ counts }) => counts));
  }

  close(): void {
    this.#days.close();
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
function plus(standing: FunnelCount, newer: FunnelCount): FunnelCount {
  const steps = FUNNEL_STEPS.map((step) => [step, standing[step] + newer[step]] as const);
  return { ...newer, ...(Object.fromEntries(steps) as Record<FunnelStep, number>) };
}
