import { Schema } from 'mongoose';
import type { AuditEntry } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { createSchema, text, time } from './shape.ts';

const TIMES = ['at'] as const;
export type AuditDocument = DocumentOf<AuditEntry, (typeof TIMES)[number]>;
export const auditCodec = createCodec<AuditEntry, (typeof TIMES)[number]>(TIMES);

export const auditSchema = createSchema<AuditDocument>({
  id: 'domain',
  fields: {
    accountId: text,
    at: time,
    actor: Schema.Types.Mixed,
    action: text,
    target: Schema.Types.Mixed,
    details: Schema.Types.Mixed,
  },
  indexes: [
    { keys: { accountId: 1, at: -1, _id: -1 } },
    { keys: { accountId: 1, action: 1, at: -1, _id: -1 } },
  ],
});
