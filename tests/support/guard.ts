import { createNodeCipher } from '../../server/adapters/crypto/node-cipher.ts';
import { type Guard, guardStores } from '../../server/pipeline/guarded-stores.ts';
import { checkRecords } from '../../server/pipeline/record-check.ts';
import type { Clock, RawStores } from '../../server/ports/index.ts';
import { RecordingLogger } from './recording-logger.ts';

const KEY = new Uint8Array(32).fill(7);

/** A process on what the one before has written; what that had only noted is lost with it. */
export function guardOn(stores: RawStores, clock: Clock): Guard {
  const deps = { cipher: createNodeCipher(), key: async () => KEY, metrics: { count: () => {} } };
  return guardStores({ stores, clock, logger: new RecordingLogger(), ...deps });
}

/** What a check of everything finds: kinds and faults. */
export async function faultsOf(guard: Guard): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { kind, fault } of checkRecords(guard)) found.push(`${kind} ${fault}`);
  return found;
}
