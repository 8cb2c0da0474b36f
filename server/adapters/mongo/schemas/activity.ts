import type { ActivityRecord } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { createSchema, TTL_INDEX, text, time } from './shape.ts';

const TIMES = ['connectedAt', 'disconnectedAt', 'retainFrom', 'expiresAt'] as const;
export type ActivityDocument = DocumentOf<ActivityRecord, (typeof TIMES)[number]>;
export const activityCodec = createCodec<ActivityRecord, (typeof TIMES)[number]>(TIMES);

/** The only collection with a client's address. */
export const activitySchema = createSchema<ActivityDocument>({
  id: 'domain',
  fields: {
    accountId: text,
    sessionId: text,
    ip: text,
    userAgent: { type: String, default: '' },
    connectedAt: time,
    disconnectedAt: Date,
    retainFrom: time,
    expiresAt: time,
    mac: String,
  },
  indexes: [
    { keys: { accountId: 1, sessionId: 1, connectedAt: -1, _id: -1 } },
    { keys: { accountId: 1, ip: 1, connectedAt: -1, _id: -1 } },
    TTL_INDEX,
  ],
});
