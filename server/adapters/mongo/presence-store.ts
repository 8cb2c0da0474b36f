import type { Model } from 'mongoose';
import type { AgentPresence } from '../../domain/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { PresenceStore } from '../../ports/stores.ts';
import { toDate } from './codec.ts';
import { retryUpsert } from './errors.ts';
import { type PresenceDocument, presenceCodec } from './schemas/presence.ts';

type Presences = Model<PresenceDocument>;
const WITHOUT_ID = { _id: 0 } as const;

/** Every change is one conditional write on one document; no count is ever read to be written back. */
export function createPresenceStore(model: Presences): PresenceStore {
  return {
    put: (presence) => put(model, presence),
    get: async (accountId, agentId) => {
      const document = await model.findOne({ accountId, agentId }, WITHOUT_ID).lean<PresenceDocument>();
      return document === null ? undefined : presenceCodec.decode(document);
    },
    list: async (accountId) => {
      const query = model.find({ accountId }, WITHOUT_ID).sort({ agentId: 1 });
      return (await query.lean<PresenceDocument[]>()).map(presenceCodec.decode);
    },
    renewLease: async ({ accountId, agentIds, leaseUntil }) => {
      const change = { $set: { leaseUntil: toDate(leaseUntil) } };
      await model.updateMany({ accountId, agentId: { $in: agentIds } }, change);
    },
    takeSlot: (query) => takeSlot(model, query),
    releaseSlot: async (accountId, agentId) => {
      await model.updateOne({ accountId, agentId, active: { $gt: 0 } }, { $inc: { active: -1 } });
    },
    correctActive: async ({ accountId, agentId, seen, counted }) => {
      const result = await model.updateOne(
        { accountId, agentId, active: seen },
        { $set: { active: counted } },
      );
      return result.matchedCount === 1;
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

async function put(model: Presences, presence: Omit<AgentPresence, 'active'>): Promise<AgentPresence> {
  const { accountId, agentId, leaseUntil, ...intent } = presence;
  const change = { $set: { ...intent, leaseUntil: toDate(leaseUntil) }, $setOnInsert: { active: 0 } };
  const options = { upsert: true, returnDocument: 'after', projection: WITHOUT_ID } as const;
  const document = await retryUpsert(() =>
    model.findOneAndUpdate({ accountId, agentId }, change, options).lean<PresenceDocument>(),
  );
  if (document === null) throw new StoreError('UpsertWithoutDocument');
  return presenceCodec.decode(document);
}

async function takeSlot(model: Presences, query: Parameters<PresenceStore['takeSlot']>[0]): Promise<boolean> {
  const { accountId, agentId, now, force = false } = query;
  const free = {
    status: 'online' as const,
    leaseUntil: { $gt: toDate(now) },
    $expr: { $lt: ['$active', '$capacity'] },
  };
  const filter = { accountId, agentId, ...(force ? {} : free) };
  return (await model.updateOne(filter, { $inc: { active: 1 } })).matchedCount === 1;
}
