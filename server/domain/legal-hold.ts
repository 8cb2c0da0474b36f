import type { AccountEntity } from './entity.ts';

/**
 * The end of a transcript under legal hold: no purge and no expiry of a database reaches it. The real end is
 * counted anew, from the start of the conversation, when the hold is released.
 */
export const HELD_UNTIL: number = Date.UTC(9999, 0, 1);

/** Whose transcripts a hold keeps. Of a subject the value itself is not kept, a keyed hash of it alone. */
export type HoldScope =
  | { readonly kind: 'conversation'; readonly conversationId: string }
  | { readonly kind: 'visitor'; readonly sessionId: string }
  | { readonly kind: 'subject'; readonly field: string; readonly valueHash: string };

/** Transcripts that must outlive their retention and cannot be erased, for a stated reason. */
export interface LegalHold extends AccountEntity {
  readonly status: 'active' | 'released';
  readonly scope: HoldScope;
  /** The value of a subject, sealed under a key of the account, so that later conversations are found; gone when released. */
  readonly sealedValue?: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly releasedBy?: string;
  readonly releasedAt?: number;
  /** Set when it is released: the record of it is kept for a time, the transcripts are not. */
  readonly expiresAt?: number;
}

/** One transcript under one hold; it is free when the last of these is gone. */
export interface HeldConversation extends AccountEntity {
  readonly holdId: string;
  readonly conversationId: string;
}

/** Whether a hold keeps it. */
export function isHeld({ expiresAt }: { readonly expiresAt: number }): boolean {
  return expiresAt >= HELD_UNTIL;
}
