import type { MessageRecord } from '../../../domain/index.ts';
import { createCodec, type DocumentOf, toDate } from '../codec.ts';
import { bytes, count, createSchema, TTL_INDEX, text, time } from './shape.ts';

const TIMES = ['retainFrom', 'expiresAt'] as const;
export type MessageDocument = DocumentOf<MessageRecord, (typeof TIMES)[number]>;
const codec = createCodec<MessageRecord, (typeof TIMES)[number]>(TIMES);

/** Every message passes here, so its fields are written out: that is several times as fast as looking for them. */
export const messageCodec: typeof codec = {
  encode: (record) => ({
    accountId: record.accountId,
    conversationId: record.conversationId,
    seq: record.seq,
    clientKey: record.clientKey,
    sealed: record.sealed,
    hash: record.hash,
    retainFrom: toDate(record.retainFrom),
    expiresAt: toDate(record.expiresAt),
  }),
  decode: codec.decode,
};

/** `accountId` alone is indexed for a change of an account's retention. */
export const messageSchema = createSchema<MessageDocument>({
  fields: {
    accountId: text,
    conversationId: text,
    seq: count,
    clientKey: text,
    sealed: bytes,
    hash: bytes,
    retainFrom: time,
    expiresAt: time,
  },
  indexes: [
    { keys: { conversationId: 1, seq: 1 }, options: { unique: true } },
    { keys: { conversationId: 1, clientKey: 1 }, options: { unique: true } },
    { keys: { accountId: 1 } },
    TTL_INDEX,
  ],
});
