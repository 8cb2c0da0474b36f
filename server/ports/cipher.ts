/** Symmetric cryptography, so that the pipeline names what it needs and one adapter does it. */
export interface Cipher {
  /** 32 random bytes. */
  newKey(): Uint8Array;
  /** Encrypts and authenticates `plain` together with `context`: nonce (12 bytes), ciphertext, tag (16 bytes). */
  seal(key: Uint8Array, plain: Uint8Array, context: Uint8Array): Uint8Array;
  /** @throws IntegrityError when key, context or a single bit is not as it was sealed */
  open(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Uint8Array;
  /** SHA-256 over the parts in order; 32 bytes. */
  hash(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256; 32 bytes. */
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** The same as base64url, 43 characters. */
  macText(key: Uint8Array, data: string): string;
  /** Compares in constant time. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

/** A stored record is not what was written: altered, swapped, removed or cut short. */
export class IntegrityError extends Error {
  constructor() {
    super('a stored record fails its integrity check');
    this.name = 'IntegrityError';
  }
}
