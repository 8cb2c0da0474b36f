import { createHash } from 'node:crypto';
import { type Cipher, type KeyRing, WrongKeyError } from '../../ports/index.ts';

/** A key ring whose master key is at hand in memory (from the environment or a key file). */
export function createMasterKeyRing(masterKey: Uint8Array, cipher: Cipher): KeyRing {
  const masterKeyId = createHash('sha256')
    .update('master-key-id')
    .update(masterKey)
    .digest('hex')
    .slice(0, 16);
  return {
    masterKeyId,
    wrap: async (key, context) => cipher.seal(masterKey, key, Buffer.from(context)),
    unwrap: async (wrapped, context) => {
      try {
        return cipher.open(masterKey, wrapped, Buffer.from(context));
      } catch {
        throw new WrongKeyError();
      }
    },
  };
}
