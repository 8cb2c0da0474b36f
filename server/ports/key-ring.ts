/**
 * Holder of the master keys: the current one, which wraps, and earlier ones, which only unwrap until a rotation has
 * put everything under the current one.
 *
 * Sources now: the environment, a file, a command. A key management service fits the same shape: `masterKeyId` is the
 * id or ARN of its key (with the version), `knownKeyIds` those that it still decrypts with, `wrap` its "encrypt" call
 * with `context` as encryption context, `unwrap` its "decrypt" call; both are asynchronous for its sake. What a service
 * refuses for a wrong key or context becomes `WrongKeyError`; what is unreachable stays an error of its own, so that an
 * outage is not taken for a wrong key. See docs/adr/0012.
 */
export interface KeyRing {
  /** Names the master key in use without revealing it (a hash), so that a wrong key is recognised. */
  readonly masterKeyId: string;
  /** Ids of all keys that can unwrap, the current one first. */
  readonly knownKeyIds: readonly string[];
  /** Encrypts a 32-byte key under the current master key; `context` is authenticated with it. */
  wrap(key: Uint8Array, context: string): Promise<Uint8Array>;
  /**
   * Decrypts what the master key of this id wrapped.
   * @throws WrongKeyError when no such key is here, or key or context is not the one that it was wrapped with
   */
  unwrap(wrapped: Uint8Array, by: { keyId: string; context: string }): Promise<Uint8Array>;
}

/** The key at hand does not open what is stored. */
export class WrongKeyError extends Error {
  constructor() {
    super('the key does not open this record');
    this.name = 'WrongKeyError';
  }
}
