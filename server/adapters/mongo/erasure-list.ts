import type { Model } from 'mongoose';
import type { ErasureList } from '../../ports/erasure-list.ts';
import { insertNew } from './insert-new.ts';
import { type Keyset, keysetFilter, keysetSort, pageOf } from './keyset.ts';
import { nativeOf } from './native.ts';
import { type ErasedDocument, erasedCodec } from './schemas/keys.ts';

export function createErasureList(model: Model<ErasedDocument>): ErasureList {
  return {
    append: (erased) => insertNew(model, erased.map(erasedCodec.encode)),
    put: async (erased) => {
      if (erased.length === 0) return;
      const writes = erased.map(erasedCodec.encode).map(({ _id, ...replacement }) => {
        return { replaceOne: { filter: { _id }, replacement, upsert: true } };
      });
      await nativeOf(model).bulkWrite(writes, { ordered: false });
    },
    list: async ({ from, limit, cursor }) => {
      const keyset: Keyset = { time: 'at', direction: 'oldest-first', from, cursor };
      const documents = await model
        .find(keysetFilter(keyset))
        .sort(keysetSort(keyset))
        .limit(limit + 1)
        .lean<ErasedDocument[]>();
      return pageOf(documents.map(erasedCodec.decode), limit, ({ at, id }) => ({ at, id }));
    },
  };
}
