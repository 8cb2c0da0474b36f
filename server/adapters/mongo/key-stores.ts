import type { Model } from 'mongoose';
import { StoreError } from '../../ports/store-error.ts';
import type { AccountKeyStore, DataKeyStore } from '../../ports/stores.ts';
import { retryUpsert } from './errors.ts';
import {
  type AccountKeyDocument,
  accountKeyCodec,
  type DataKeyDocument,
  dataKeyCodec,
} from './schemas/keys.ts';

const WITHOUT_ID = { _id: 0 } as const;
/** Inserts unless it is there, and answers what is there then, in one operation. */
const UNLESS_THERE = { upsert: true, returnDocument: 'after', projection: WITHOUT_ID } as const;

export function createDataKeyStore(model: Model<DataKeyDocument>): DataKeyStore {
  return {
    create: async (record) => {
      const key = { conversationId: record.conversationId };
      const change = { $setOnInsert: dataKeyCodec.encode(record) };
      return dataKeyCodec.decode(
        standing(
          await retryUpsert(() => model.findOneAndUpdate(key, change, UNLESS_THERE).lean<DataKeyDocument>()),
        ),
      );
    },
    get: async (conversationId) => {
      const document = await model.findOne({ conversationId }, WITHOUT_ID).lean<DataKeyDocument>();
      return document === null ? undefined : dataKeyCodec.decode(document);
    },
    destroy: async (conversationId) => (await model.deleteOne({ conversationId })).deletedCount === 1,
  };
}

export function createAccountKeyStore(model: Model<AccountKeyDocument>): AccountKeyStore {
  const first = async (filter: { accountId?: string; version?: number }) => {
    const query = model.findOne(filter, WITHOUT_ID).sort({ accountId: 1, version: -1 });
    const document = await query.lean<AccountKeyDocument>();
    return document === null ? undefined : accountKeyCodec.decode(document);
  };
  return {
    create: async (record) => {
      const key = { accountId: record.accountId, version: record.version };
      const change = { $setOnInsert: accountKeyCodec.encode(record) };
      return accountKeyCodec.decode(
        standing(
          await retryUpsert(() =>
            model.findOneAndUpdate(key, change, UNLESS_THERE).lean<AccountKeyDocument>(),
          ),
        ),
      );
    },
    get: (accountId, version) => first({ accountId, version }),
    newest: (accountId) => first({ accountId }),
    any: () => first({}),
  };
}

/** An upsert answers a document always; the driver's type does not know it. */
function standing<D>(document: D | null): D {
  if (document === null) throw new StoreError('UpsertWithoutDocument');
  return document;
}
