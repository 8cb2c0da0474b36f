import type { Model } from 'mongoose';
import type { AccountKeyStore, DataKeyStore, NamedKeyStore } from '../../ports/key-stores.ts';
import { StoreError } from '../../ports/store-error.ts';
import { toBuffer } from './codec.ts';
import { retryUpsert } from './errors.ts';
import { nativeOf } from './native.ts';
import {
  type AccountKeyDocument,
  accountKeyCodec,
  type DataKeyDocument,
  type DataKeyFloor,
  dataKeyCodec,
  type NamedKeyDocument,
  namedKeyCodec,
} from './schemas/keys.ts';

const WITHOUT_ID = { _id: 0, floor: 0 } as const;
const PARTS = ['seq', 'version', 'profile'] as const;
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
    list: async ({ limit, cursor = '' }) => {
      const query = model.find({ conversationId: { $gt: cursor } }, WITHOUT_ID).sort({ conversationId: 1 });
      const items = (await query.limit(limit).lean<DataKeyDocument[]>()).map(dataKeyCodec.decode);
      const last = items.at(-1);
      return items.length < limit || last === undefined
        ? { items }
        : { items, nextCursor: last.conversationId };
    },
    wrappedBefore: async ({ accountId, version, limit }) => {
      const older = { accountId, accountKeyVersion: { $lt: version } };
      const documents = await model.find(older, WITHOUT_ID).limit(limit).lean<DataKeyDocument[]>();
      return documents.map(dataKeyCodec.decode);
    },
    rewrap: async ({ conversationId, accountKeyVersion, wrapped }, seenVersion) => {
      const seen = { conversationId, accountKeyVersion: seenVersion };
      const change = { $set: { accountKeyVersion, wrapped: toBuffer(wrapped) } };
      return (await model.updateOne(seen, change)).matchedCount === 1;
    },
    countByVersion: async (accountId) => {
      const counts = await model.aggregate<{ _id: number; n: number }>([
        { $match: { accountId } },
        { $group: { _id: '$accountKeyVersion', n: { $sum: 1 } } },
      ]);
      return new Map(counts.map(({ _id, n }) => [_id, n]));
    },
    floor: async (conversationId) => {
      const found = await model.findOne({ conversationId }, { _id: 0, floor: 1 }).lean<DataKeyFloor>();
      return found?.floor;
    },
    raise: async (floors) => {
      if (floors.length === 0) return;
      const writes = floors.map(({ conversationId, floor }) => {
        const lower = PARTS.map((part) => {
          return { $or: [{ [`floor.${part}`]: null }, { [`floor.${part}`]: { $lte: floor[part] } }] };
        });
        return {
          updateOne: { filter: { conversationId, $and: lower }, update: { $set: { floor: { ...floor } } } },
        };
      });
      await nativeOf(model).bulkWrite(writes, { ordered: false });
    },
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
    versions: async (accountId) => {
      const query = model.find({ accountId }, WITHOUT_ID).sort({ accountId: 1, version: 1 });
      return (await query.lean<AccountKeyDocument[]>()).map(accountKeyCodec.decode);
    },
    underMasterKeys: async () => {
      const found = await model.aggregate<{ _id: string; n: number; sample: AccountKeyDocument }>([
        { $project: WITHOUT_ID },
        { $group: { _id: '$masterKeyId', n: { $sum: 1 }, sample: { $first: '$$ROOT' } } },
      ]);
      return found.map(({ _id, n, sample }) => {
        return { masterKeyId: _id, count: n, sample: accountKeyCodec.decode(sample) };
      });
    },
    notUnder: async (masterKeyId, limit) => {
      const others = { masterKeyId: { $ne: masterKeyId } };
      const documents = await model.find(others, WITHOUT_ID).limit(limit).lean<AccountKeyDocument[]>();
      return documents.map(accountKeyCodec.decode);
    },
    rewrap: async ({ accountId, version, masterKeyId, wrapped }, seenMasterKeyId) => {
      const seen = { accountId, version, masterKeyId: seenMasterKeyId };
      const change = { $set: { masterKeyId, wrapped: toBuffer(wrapped) } };
      return (await model.updateOne(seen, change)).matchedCount === 1;
    },
    destroy: async (accountId, version) => (await model.deleteOne({ accountId, version })).deletedCount === 1,
    destroyAll: async (accountId) => (await model.deleteMany({ accountId })).deletedCount,
  };
}

export function createNamedKeyStore(model: Model<NamedKeyDocument>): NamedKeyStore {
  return {
    create: async (record) => {
      const key = { owner: record.owner, purpose: record.purpose };
      const change = { $setOnInsert: namedKeyCodec.encode(record) };
      const document = await retryUpsert(() =>
        model.findOneAndUpdate(key, change, UNLESS_THERE).lean<NamedKeyDocument>(),
      );
      return namedKeyCodec.decode(standing(document));
    },
    get: async (owner, purpose) => {
      const document = await model.findOne({ owner, purpose }, WITHOUT_ID).lean<NamedKeyDocument>();
      return document === null ? undefined : namedKeyCodec.decode(document);
    },
    list: async (owner) => {
      const query = model.find({ owner }, WITHOUT_ID).sort({ owner: 1, purpose: 1 });
      return (await query.lean<NamedKeyDocument[]>()).map(namedKeyCodec.decode);
    },
    rewrap: async ({ owner, purpose, wrappedBy, wrapped }, seenWrappedBy) => {
      const seen = { owner, purpose, wrappedBy: seenWrappedBy };
      const change = { $set: { wrappedBy, wrapped: toBuffer(wrapped) } };
      return (await model.updateOne(seen, change)).matchedCount === 1;
    },
    destroyAll: async (owner) => (await model.deleteMany({ owner })).deletedCount,
  };
}

/** An upsert answers a document always; the driver's type does not know it. */
function standing<D>(document: D | null): D {
  if (document === null) throw new StoreError('UpsertWithoutDocument');
  return document;
}
