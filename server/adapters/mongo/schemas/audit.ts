import { Schema } from 'mongoose';
import type { AuditChain, StoredAuditEntry } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { createSchema, text, time } from './shape.ts';

const TIMES = ['at'] as const;
export type AuditDocument = DocumentOf<StoredAuditEntry, (typeof TIMES)[number]>;
export const auditCodec = createCodec<StoredAuditEntry, (typeof TIMES)[number]>(TIMES);

/** Entries from before there was a chain have no `seq`: the index that makes it unique leaves them out. */
export const auditSchema = createSchema<AuditDocument>({
  id: 'domain',
  fields: {
    accountId: text,
    at: time,
    actor: Schema.Types.Mixed,
    action: text,
    target: Schema.Types.Mixed,
    details: Schema.Types.Mixed,
    seq: Number,
    previous: String,
    hash: String,
  },
  indexes: [
    { keys: { accountId: 1, at: -1, _id: -1 } },
    { keys: { accountId: 1, action: 1, at: -1, _id: -1 } },
    { keys: { accountId: 1, 'actor.id': 1, at: -1, _id: -1 } },
    { keys: { accountId: 1, 'target.id': 1, at: -1, _id: -1 } },
    {
      keys: { accountId: 1, seq: 1 },
      options: { unique: true, partialFilterExpression: { seq: { $gt: 0 } } },
    },
  ],
});

export type AuditChainDocument = AuditChain;

export const auditChainSchema = createSchema<AuditChainDocument>({
  fields: { accountId: text, head: Schema.Types.Mixed, base: Schema.Types.Mixed },
  indexes: [{ keys: { accountId: 1 }, options: { unique: true } }],
});
