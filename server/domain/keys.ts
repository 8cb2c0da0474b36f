/** A conversation's data key, wrapped by a key of its account. Destroying it erases the transcript everywhere. */
export interface DataKeyRecord {
  readonly conversationId: string;
  readonly accountId: string;
  readonly accountKeyVersion: number;
  /** Nonce, AES-256-GCM ciphertext of 32 bytes, tag. */
  readonly wrapped: Uint8Array;
  readonly retainFrom: number;
  readonly expiresAt: number;
}

/** An account's key, wrapped by the master key. */
export interface AccountKeyRecord {
  readonly accountId: string;
  readonly version: number;
  /** Tells which master key wrapped it; no secret. */
  readonly masterKeyId: string;
  readonly wrapped: Uint8Array;
  readonly createdAt: number;
}
