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

/** Owner of the named keys that belong to no account. */
export const INSTANCE = 'instance';

/** A key for one purpose other than sealing a conversation: signing, indexing, secrets at rest. */
export interface NamedKeyRecord {
  /** An account's id, or {@link INSTANCE}. */
  readonly owner: string;
  readonly purpose: string;
  /** The version of the account's key that wrapped it, in digits; for the instance, the id of the master key. */
  readonly wrappedBy: string;
  readonly wrapped: Uint8Array;
  readonly createdAt: number;
}

/** Something that was erased. `accountId` of an account is its own id. */
export interface ErasedThing {
  readonly id: string;
  readonly kind: 'conversation' | 'session' | 'account';
  readonly accountId: string;
  readonly at: number;
}
