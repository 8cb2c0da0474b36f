import type { AccountEntity } from './entity.ts';

/**
 * A change of the key that wraps others, in the background: of the master key (`accountId` is `'instance'`), under
 * which the keys of accounts are put anew; or of an account's key, under which its data keys are. Counts are keys.
 */
export interface KeyRotation extends AccountEntity {
  /** Unique: the account while it runs, so that there is one at a time, and the rotation's own id afterwards. */
  readonly slot: string;
  readonly status: 'running' | 'done';
  /** A user's id, or `command`. */
  readonly startedBy: string;
  /** What everything is put under: a version of the account's key in digits, or the id of a master key. */
  readonly target: string;
  /** Keys to put under the target, counted at the start. */
  readonly total: number;
  readonly rewrapped: number;
  /** Keys that could not be opened; they stay as they are, and so does what wraps them. */
  readonly failed: number;
  readonly finishedAt?: number;
}
