import type { Model } from 'mongoose';
import type { ActivityStore } from '../../ports/stores.ts';
import { toDate, withoutUndefined } from './codec.ts';
import { insertNew } from './insert-new.ts';
import { type Keyset, keysetFilter, keysetSort, pageOf } from './keyset.ts';
import { type ActivityDocument, activityCodec } from './schemas/activity.ts';

export function createActivityStore(model: Model<ActivityDocument>): ActivityStore {
  return {
    append: (records) => insertNew(model, records.map(activityCodec.encode)),
    disconnected: async (ends) => {
      if (ends.length === 0) return;
      const writes = ends.map(({ id, at, mac }) => {
        const change = withoutUndefined({ disconnectedAt: at === undefined ? undefined : toDate(at), mac });
        return { updateOne: { filter: { _id: id }, update: { $set: change } } };
      });
      await model.bulkWrite(writes, { ordered: false });
    },
    get: async (id) => {
      const document = await model.findById(id).lean<ActivityDocument>();
      return document === null ? undefined : activityCodec.decode(document);
    },
    list: async ({ accountId, limit, cursor = '' }) => {
      const query = model.find({ ...withoutUndefined({ accountId }), _id: { $gt: cursor } });
      const documents = await query.sort({ _id: 1 }).limit(limit).lean<ActivityDocument[]>();
      const items = documents.map(activityCodec.decode);
      const last = items.at(-1);
      return items.length < limit || last === undefined ? { items } : { items, nextCursor: last.id };
    },
    find: async ({ accountId, limit, cursor, ...others }) => {
      const keyset: Keyset = { time: 'connectedAt', direction: 'newest-first', cursor };
      const documents = await model
        .find({ accountId, ...withoutUndefined(others), ...keysetFilter(keyset) })
        .sort(keysetSort(keyset))
        .limit(limit + 1)
        .lean<ActivityDocument[]>();
      const records = documents.map(activityCodec.decode);
      return pageOf(records, limit, ({ connectedAt, id }) => ({ at: connectedAt, id }));
    },
    deleteByIp: async (accountId, ip) => (await model.deleteMany({ accountId, ip })).deletedCount,
    deleteOf: async ({ accountId, sessionId }) =>
      (await model.deleteMany({ accountId, ...withoutUndefined({ sessionId }) })).deletedCount,
  };
}
