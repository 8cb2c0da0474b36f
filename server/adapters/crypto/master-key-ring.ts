import { createHash } from 'node:crypto';
import { type Cipher, IntegrityError, type KeyRing, WrongKeyError } from '../../ports/index.ts';

/** A key ring whose master keys are at hand in memory: the current one, and earlier ones to unwrap with. */
export function createMasterKeyRing(
  keys: { current: Uint8Array; previous: readonly Uint8Array[] },
  cipher: Cipher,
): KeyRing {
  const masterKeyId = masterKeyIdOf(keys.current);
  const known = new Map([keys.current, ...keys.previous].map((key) => [masterKeyIdOf(key), key]));
  return {
    masterKeyId,
    knownKeyIds: [...known.keys()],
    wrap: async (key, context) => cipher.seal(keys.current, key, Buffer.from(context)),
    unwrap: async (wrapped, { keyId, context }) => {
      const masterKey = known.get(keyId);
      if (masterKey === undefined) throw new WrongKeyError();
      try {
        return cipher.open(masterKey, wrapped, Buffer.from(context));
      } catch (error) {
        throw error instanceof IntegrityError ? new WrongKeyError() : error;
      }
    },
  };
}

/** 64 bits of a hash of a random key: tells keys apart and says nothing of them. */
function masterKeyIdOf(masterKey: Uint8Array): string {
  return createHash('sha256').update('master-key-id').update(masterKey).digest('hex').slice(0, 16);
}
