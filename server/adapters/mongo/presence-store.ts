import type { Model } from 'mongoose';
import type { PresenceRecords } from '../../ports/stores.ts';
import { toDate } from './codec.ts';
import { isDuplicateKey, retryUpsert } from './errors.ts';
import { nativeOf } from './native.ts';
import { type PresenceDocument, presenceCodec } from './schemas/presence.ts';

const WITHOUT_ID = { _id: 0 } as const;

export function createPresenceStore(model: Model<PresenceDocument>): PresenceRecords {
  return {
    get: async (accountId, agentId) => {
      const document = await model.findOne({ accountId, agentId }, WITHOUT_ID).lean<PresenceDocument>();
      return document === null ? undefined : presenceCodec.decode(document);
    },
    list: async (accountId) => {
      const query = model.find({ accountId }, WITHOUT_ID).sort({ agentId: 1 });
      return (await query.lean<PresenceDocument[]>()).map(presenceCodec.decode);
    },
    put: async (next) => {
      const { accountId, agentId, version } = next;
      const document = presenceCodec.encode(next);
      if (version > 1) {
        const stands = { accountId, agentId, version: version - 1 };
        return (await nativeOf(model).replaceOne(stands, document)).matchedCount === 1;
      }
      try {
        await nativeOf(model).insertOne(document);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    force: async (next) => {
      const { accountId, agentId } = next;
      const document = presenceCodec.encode(next);
      await retryUpsert(() => nativeOf(model).replaceOne({ accountId, agentId }, document, { upsert: true }));
    },
    expired: async (now, limit) => {
      const leaseUntil = { $lt: toDate(now) };
      const overdue = {
        $or: [
          { status: { $in: ['online', 'away'] as const }, leaseUntil },
          { status: 'offline' as const, active: { $gt: 0 }, leaseUntil },
        ],
      };
      const query = model.find(overdue, WITHOUT_ID).sort({ leaseUntil: 1 }).limit(limit);
      return (await query.lean<PresenceDocument[]>()).map(presenceCodec.decode);
    },
    deleteAccount: async (accountId) => (await model.deleteMany({ accountId })).deletedCount,
  };
}
