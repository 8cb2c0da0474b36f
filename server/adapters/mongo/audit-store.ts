import type { Model } from 'mongoose';
import type { AuditStore } from '../../ports/stores.ts';
import { withoutUndefined } from './codec.ts';
import { insertNew } from './insert-new.ts';
import { type Keyset, keysetFilter, keysetSort, pageOf } from './keyset.ts';
import { type AuditDocument, auditCodec } from './schemas/audit.ts';

export function createAuditStore(model: Model<AuditDocument>): AuditStore {
  return {
    append: (entries) => insertNew(model, entries.map(auditCodec.encode)),
    list: async ({ accountId, limit, cursor, from, to, ...others }) => {
      const keyset: Keyset = { time: 'at', direction: 'newest-first', from, to, cursor };
      const documents = await model
        .find({ accountId, ...withoutUndefined(others), ...keysetFilter(keyset) })
        .sort(keysetSort(keyset))
        .limit(limit + 1)
        .lean<AuditDocument[]>();
      return pageOf(documents.map(auditCodec.decode), limit, ({ at, id }) => ({ at, id }));
    },
  };
}
