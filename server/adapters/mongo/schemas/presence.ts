import type { KeptPresence } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { count, createSchema, text, time } from './shape.ts';

const TIMES = ['leaseUntil'] as const;
export type PresenceDocument = DocumentOf<KeptPresence, (typeof TIMES)[number]>;
export const presenceCodec = createCodec<KeptPresence, (typeof TIMES)[number]>(TIMES);

export const presenceSchema = createSchema<PresenceDocument>({
  fields: {
    accountId: text,
    agentId: text,
    name: { type: String, default: '' },
    status: { ...text, enum: ['online', 'away', 'offline'] },
    capacity: count,
    active: count,
    leaseUntil: time,
    version: count,
    mac: String,
  },
  indexes: [
    { keys: { accountId: 1, agentId: 1 }, options: { unique: true } },
    { keys: { status: 1, leaseUntil: 1, active: 1 } },
  ],
});
