import type { WireProfile } from '../../shared/protocol/index.ts';

/** What is known of a visitor, as plain data; only ever stored sealed. */
export type Profile = WireProfile;

/** A profile as a database holds it, under the data key of its conversation, and gone with it. */
export interface ProfileRecord {
  readonly conversationId: string;
  readonly accountId: string;
  readonly sessionId: string;
  /** Nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes). */
  readonly sealed: Uint8Array;
  readonly retainFrom: number;
  readonly expiresAt: number;
}
