import type { Audit } from '../features/audit/index.ts';
import { KeyRotations, Keys } from '../features/keys/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** Which keys there are, and their rotation. */
export function composeKeys(
  { stores, bus, ids, clock, logger }: Pick<Foundation, 'stores' | 'bus' | 'ids' | 'clock' | 'logger'>,
  { vault, keyRing, audit }: Pick<Pipeline, 'vault' | 'keyRing'> & { audit: Audit },
) {
  const { keyRotations: rotations } = stores.entities;
  return {
    keys: new Keys({ stores, keyRing }),
    keyRotations: new KeyRotations({ rotations, stores, vault, keyRing, bus, audit, ids, clock, logger }),
  };
}
