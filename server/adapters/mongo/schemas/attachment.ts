import type { AttachmentPiece } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { bytes, count, createSchema, TTL_INDEX, text, time } from './shape.ts';

const TIMES = ['retainFrom', 'expiresAt'] as const;
export type AttachmentDocument = DocumentOf<AttachmentPiece, (typeof TIMES)[number]>;
export const attachmentCodec = createCodec<AttachmentPiece, (typeof TIMES)[number]>(TIMES);

export const attachmentSchema = createSchema<AttachmentDocument>({
  fields: {
    accountId: text,
    conversationId: text,
    attachmentId: text,
    index: count,
    sealed: bytes,
    retainFrom: time,
    expiresAt: time,
  },
  indexes: [
    { keys: { conversationId: 1, attachmentId: 1, index: 1 }, options: { unique: true } },
    { keys: { accountId: 1 } },
    TTL_INDEX,
  ],
});
