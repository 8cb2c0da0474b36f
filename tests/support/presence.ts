import { createNodeCipher } from '../../server/adapters/crypto/node-cipher.ts';
import { GuardedPresence } from '../../server/pipeline/guarded-presence.ts';
import { RecordAlarm } from '../../server/pipeline/record-alarm.ts';
import { RecordSeal } from '../../server/pipeline/record-seal.ts';
import type { PresenceRecords } from '../../server/ports/index.ts';
import { RecordingLogger } from './recording-logger.ts';

const KEY = new Uint8Array(32).fill(7);

/** A process of its own on kept presences, and what it logs. */
export function presenceOn(
  records: PresenceRecords,
  isAccount: (id: string) => Promise<boolean> = async () => true,
): { presence: GuardedPresence; logger: RecordingLogger } {
  const logger = new RecordingLogger();
  const seal = new RecordSeal(createNodeCipher(), async () => KEY);
  const alarm = new RecordAlarm({ logger, metrics: { count: () => {} } });
  return { presence: new GuardedPresence(records, { seal, alarm, isAccount }), logger };
}
