import type { AccountEntity } from './entity.ts';

/** How a re-scan stands. Only `running` and `paused` ones can change. */
export type RescanStatus = 'running' | 'paused' | 'done' | 'cancelled';

/**
 * Today's redaction rules applied to what is stored already, in the background. It goes through the account's
 * conversations from the newest to the oldest that stood when it began; `cursor` is where it goes on.
 */
export interface RedactionRescan extends AccountEntity {
  readonly status: RescanStatus;
  /** Who started it. */
  readonly startedBy: string;
  /** Conversations to go through, counted at the start. */
  readonly total: number;
  readonly scanned: number;
  /** Conversations in which something was redacted anew. */
  readonly changed: number;
  /** Conversations that could not be read; they are left as they are. */
  readonly failed: number;
  readonly cursor?: string;
  readonly finishedAt?: number;
  /** Set when it is done or cancelled. */
  readonly expiresAt?: number;
}
