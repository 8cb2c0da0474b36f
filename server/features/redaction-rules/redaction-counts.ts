import type { RedactionDay } from '../../domain/index.ts';
import type { Clock, EntityStore, Logger } from '../../ports/index.ts';
import { DayCounts } from '../day-counts/index.ts';

type Count = RedactionDay['counts'][number];

export interface RedactionCountsDeps {
  readonly store: EntityStore<RedactionDay>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often each rule took something out, by account and day. */
export class RedactionCounts {
  readonly #days: DayCounts<Count>;

  constructor(deps: RedactionCountsDeps) {
    this.#days = new DayCounts({ ...deps, keyOf: ({ ruleId }) => ruleId, plus, of: 'redaction' });
  }

  add({ accountId, ruleId, name, count }: Count & { readonly accountId: string }): void {
    this.#days.add(accountId, { ruleId, name, count });
  }

  /** Adds what waits to the store; what cannot be written waits on. */
  flush(): Promise<void> {
    return this.#days.flush();
  }

  /** The days from `from` to `to` (epoch milliseconds) of an account, oldest first, with what still waits here. */
  days(accountId: string, range: { from: number; to: number }): Promise<readonly RedactionDay[]> {
    return this.#days.days(accountId, range);
  }

  close(): void {
    this.#days.close();
  }
}

/** The newer name stands. */
function plus(standing: Count, newer: Count): Count {
  return { ...newer, count: standing.count + newer.count };
}
