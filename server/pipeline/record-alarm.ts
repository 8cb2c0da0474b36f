import { Refusal } from '../domain/index.ts';
import { IntegrityError, type Logger, logId, type Metrics } from '../ports/index.ts';

/** What a check of stored records found. */
export type RecordFault =
  /** Not what was written, or in another's place. */
  | 'altered'
  /** An older copy of itself, or one that was deleted. */
  | 'older'
  /** Taken away. */
  | 'missing';

/** Tells of a record that is not what was written, and refuses it. */
export class RecordAlarm {
  readonly #logger: Logger;
  readonly #metrics: Pick<Metrics, 'count'>;

  constructor(deps: { logger: Logger; metrics: Pick<Metrics, 'count'> }) {
    this.#logger = deps.logger;
    this.#metrics = deps.metrics;
  }

  /** The refusal that is to be thrown. */
  raise(kind: string, id: string, fault: RecordFault): Refusal {
    this.#metrics.count('integrity_failures_total');
    this.#logger.error('a stored record failed its integrity check', new IntegrityError(), {
      kind: logId(kind),
      recordId: logId(id),
      fault: logId(fault),
    });
    return new Refusal('record.tampered');
  }
}
