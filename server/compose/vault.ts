import type { Secrets } from '../../config/index.ts';
import { createMasterKeyRing } from '../adapters/crypto/master-key-ring.ts';
import { createNodeCipher } from '../adapters/crypto/node-cipher.ts';
import { KeyVault } from '../pipeline/key-vault.ts';
import type { Clock, RawStores } from '../ports/index.ts';

/** The keys of what is stored, under the master keys at hand. */
export function composeVault(of: {
  readonly stores: Pick<RawStores, 'accountKeys' | 'dataKeys' | 'namedKeys'>;
  readonly secrets: Secrets;
  readonly clock: Clock;
}) {
  const { stores, secrets, clock } = of;
  const cipher = createNodeCipher();
  const keyRing = createMasterKeyRing(
    { current: secrets.masterKey, previous: secrets.previousMasterKeys },
    cipher,
  );
  const { accountKeys, dataKeys, namedKeys } = stores;
  return {
    cipher,
    keyRing,
    vault: new KeyVault({ cipher, keyRing, accountKeys, dataKeys, namedKeys, clock }),
  };
}
