import type { ProfileRecord } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { bytes, createSchema, TTL_INDEX, text, time } from './shape.ts';

const TIMES = ['retainFrom', 'expiresAt'] as const;
export type ProfileDocument = DocumentOf<ProfileRecord, (typeof TIMES)[number]>;
export const profileCodec = createCodec<ProfileRecord, (typeof TIMES)[number]>(TIMES);

export const profileSchema = createSchema<ProfileDocument>({
  fields: {
    conversationId: text,
    accountId: text,
    sessionId: text,
    sealed: bytes,
    retainFrom: time,
    expiresAt: time,
  },
  indexes: [
    { keys: { conversationId: 1 }, options: { unique: true } },
    { keys: { accountId: 1 } },
    TTL_INDEX,
  ],
});
