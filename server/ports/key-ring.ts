/** Holder of the master key. Implementations: the environment now, a key management service later. */
export interface KeyRing {
  /** Names the master key in use without revealing it (a hash), so that a wrong key is recognised. */
  readonly masterKeyId: string;
  /** Encrypts a 32-byte key; `context` is authenticated with it. */
  wrap(key: Uint8Array, context: string): Promise<Uint8Array>;
  /** @throws WrongKeyError when the master key or the context is not the one that it was wrapped with */
  unwrap(wrapped: Uint8Array, context: string): Promise<Uint8Array>;
}

/** The key at hand does not open what is stored. */
export class WrongKeyError extends Error {
  constructor() {
    super('the key does not open this record');
    this.name = 'WrongKeyError';
  }
}
