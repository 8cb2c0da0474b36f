import type { Model } from 'mongoose';
import { HELD_UNTIL, visitorKeyName } from '../../domain/index.ts';
import {
  ENTITY_SPECS,
  type EntityStores,
  HELD_KINDS,
  RETAINED_KINDS,
  SESSION_KINDS,
} from '../../ports/entity-stores.ts';
import type { PurgeCounts, RetentionStore } from '../../ports/stores.ts';
import { toDate } from './codec.ts';
import type { EntityModels, Models } from './models.ts';
import { nativeOf } from './native.ts';

/** What expires, whatever else it holds. */
interface Expiring {
  readonly expiresAt?: Date;
}

/** What no legal hold keeps. */
const FREE = { expiresAt: { $lt: toDate(HELD_UNTIL) } };

export function createRetentionStore(models: Models): RetentionStore {
  return {
    purge: (now, limit) => purge(models, { until: toDate(now), limit }),
    expiredConversations: async (now, limit) => {
      const query = models.conversations.find({ expiresAt: { $lte: toDate(now) } }, { accountId: 1 });
      const expired = await query
        .sort({ expiresAt: 1 })
        .limit(limit)
        .lean<{ _id: string; accountId: string }[]>();
      return expired.map(({ _id, accountId }) => ({ accountId, id: _id }));
    },
    applyTranscriptRetention: async (accountId, retentionMs) => {
      const { dataKeys, messages, attachments, profiles } = models;
      const retained = [dataKeys, messages, attachments, profiles] as unknown as Model<Expiring>[];
      const all = retained.map((model) => setExpiry(model, { accountId, start: '$retainFrom', retentionMs }));
      await Promise.all([
        ...all,
        setExpiry(models.conversations, { accountId, start: '$startedAt', retentionMs }),
        ...RETAINED_KINDS.map((kind) => setEntityExpiry(models.entities[kind], { accountId, retentionMs })),
      ]);
    },
    setTranscriptEnd: async ({ accountId, conversationId, expiresAt }) => {
      const change = { $set: { expiresAt: toDate(expiresAt) } };
      const { dataKeys, messages, attachments, profiles } = models;
      const parts = [dataKeys, messages, attachments, profiles] as unknown as Model<Expiring>[];
      await Promise.all([
        ...parts.map((model) => nativeOf(model).updateMany({ accountId, conversationId }, change)),
        ...HELD_KINDS.map((kind) =>
          setEntityEnd(models.entities[kind], { accountId, conversationId, expiresAt }),
        ),
        nativeOf(models.conversations).updateOne({ _id: conversationId, accountId }, change),
      ]);
    },
    setSessionEnd: async ({ accountId, sessionId, end }) => {
      const after =
        end === 'held'
          ? toDate(HELD_UNTIL)
          : {
              $add: [
                '$retainFrom',
                { $min: [end.retentionMs, { $ifNull: ['$retentionMs', end.retentionMs] }] },
              ],
            };
      const change = [{ $set: { expiresAt: after } }];
      const record = { _id: sessionId, accountId, retainFrom: { $type: 'date' } } as Record<string, unknown>;
      const key = { conversationId: visitorKeyName(sessionId), accountId };
      await Promise.all([
        nativeOf(models.dataKeys).updateOne(key, change),
        ...SESSION_KINDS.map((kind) => nativeOf(models.entities[kind]).updateOne(record, change)),
      ]);
    },
    applyActivityRetention: (accountId, retentionMs) =>
      setExpiry(models.activity, { accountId, start: '$retainFrom', retentionMs }),
    forget: async () => {},
  };
}

/** The own retention of an entity counts where it is the shorter one. */
async function setEntityExpiry(
  model: EntityModels[keyof EntityModels],
  { accountId, retentionMs }: { accountId: string; retentionMs: number },
): Promise<void> {
  const life = { $min: [retentionMs, { $ifNull: ['$retentionMs', retentionMs] }] };
  const filter = { accountId, ...FREE } as Record<string, unknown>;
  await nativeOf(model).updateMany(filter, [
    { $set: { expiresAt: { $toDate: { $add: ['$retainFrom', life] } } } },
  ]);
}

/** A hold keeps what would have ended before the transcript too; released, it ends when it would have. */
async function setEntityEnd(
  model: EntityModels[keyof EntityModels],
  query: { accountId: string; conversationId: string; expiresAt: number },
): Promise<void> {
  const { accountId, conversationId, expiresAt } = query;
  const end = toDate(expiresAt);
  const own = { $ifNull: [{ $toDate: { $add: ['$retainFrom', '$retentionMs'] } }, end] };
  const change = [{ $set: { expiresAt: expiresAt >= HELD_UNTIL ? end : { $min: [end, own] } } }];
  await nativeOf(model).updateMany({ accountId, conversationId } as Record<string, unknown>, change);
}

/** Every document's new end from its own start, in one write, without a read; not of those under legal hold. */
async function setExpiry<D>(
  model: Model<D>,
  { accountId, start, retentionMs }: { accountId: string; start: string; retentionMs: number },
): Promise<void> {
  const change = [{ $set: { expiresAt: { $add: [start, retentionMs] } } }];
  await nativeOf(model).updateMany({ accountId, ...FREE } as Record<string, unknown>, change);
}

interface Purge {
  readonly until: Date;
  readonly limit: number;
}

/** Keys go first: what a stopped purge leaves behind cannot be read. */
async function purge(models: Models, given: Purge): Promise<PurgeCounts> {
  const dataKeys = await purgeOne(models.dataKeys, given);
  const messages = await purgeOne(models.messages, given);
  const attachments = await purgeOne(models.attachments, given);
  const profiles = await purgeOne(models.profiles, given);
  const conversations = await purgeOne(models.conversations, given);
  const activity = await purgeOne(models.activity, given);
  const entities = await purgeEntities(models.entities, given);
  return { dataKeys, messages, attachments, profiles, conversations, activity, entities };
}

async function purgeEntities(models: EntityModels, { until, limit }: Purge): Promise<number> {
  const kinds = (Object.keys(ENTITY_SPECS) as (keyof EntityStores)[]).filter(
    (kind) => ENTITY_SPECS[kind].expires,
  );
  let deleted = 0;
  for (const kind of kinds) deleted += await purgeOne(models[kind], { until, limit: limit - deleted });
  return deleted;
}

/** MongoDB deletes without a limit, so the ids are read first; one whose life was prolonged meanwhile stays. */
async function purgeOne<D>(model: Model<D>, { until, limit }: Purge): Promise<number> {
  if (limit <= 0) return 0;
  const expired = { expiresAt: { $lte: until } };
  const found = await nativeOf(model)
    .find(expired, { projection: { _id: 1 }, limit })
    .toArray();
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  return (await nativeOf(model).deleteMany({ _id: { $in: ids }, ...expired })).deletedCount;
}
