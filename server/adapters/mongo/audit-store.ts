import { type Model, mongo } from 'mongoose';
import type { AuditLink, AuditPoint } from '../../domain/index.ts';
import type { AuditStore } from '../../ports/stores.ts';
import { toDate, withoutUndefined } from './codec.ts';
import { isDuplicateKey, retryUpsert } from './errors.ts';
import { type Keyset, keysetFilter, keysetSort, pageOf } from './keyset.ts';
import { nativeOf } from './native.ts';
import { type AuditChainDocument, type AuditDocument, auditCodec } from './schemas/audit.ts';

type Entries = Model<AuditDocument>;
type Chains = Model<AuditChainDocument>;

export function createAuditStore(entries: Entries, chains: Chains): AuditStore {
  return {
    append: async (links, head) => {
      const stored = await insertInOrder(entries, links);
      const last = links.at(-1);
      if (last !== undefined && stored === links.length) await moveHead(chains, last.accountId, head);
      return stored;
    },
    last: async (accountId) => {
      const found = await entries
        .findOne({ accountId, seq: { $gt: 0 } })
        .sort({ seq: -1 })
        .lean<AuditDocument>();
      return found === null ? undefined : (auditCodec.decode(found) as AuditLink);
    },
    read: async ({ accountId, afterSeq, limit }) => {
      const query = entries.find({ accountId, seq: { $gt: Math.max(0, afterSeq) } }).sort({ seq: 1 });
      const found = await query.limit(limit).lean<AuditDocument[]>();
      return found.map((document) => auditCodec.decode(document) as AuditLink);
    },
    chain: async (accountId) => {
      const found = await chains.findOne({ accountId }, { _id: 0 }).lean<AuditChainDocument>();
      return found ?? undefined;
    },
    unchained: (accountId) => entries.countDocuments({ accountId, seq: null }),
    list: (query) => list(entries, query),
    purge: ({ accountId, base, before }) => purge({ entries, chains }, { accountId, base, before }),
    deleteAccount: async (accountId) => {
      const { deletedCount } = await entries.deleteMany({ accountId });
      await chains.deleteOne({ accountId });
      return deletedCount;
    },
  };
}

/** Stops at the first `seq` that is taken; answers how many went in before it. */
async function insertInOrder(model: Entries, links: readonly AuditLink[]): Promise<number> {
  if (links.length === 0) return 0;
  const documents = links.map(auditCodec.encode) as mongo.OptionalUnlessRequiredId<AuditDocument>[];
  try {
    await nativeOf(model).insertMany(documents, { ordered: true });
    return links.length;
  } catch (error) {
    if (!isDuplicateKey(error) || !(error instanceof mongo.MongoBulkWriteError)) throw error;
    return error.insertedCount;
  }
}

/** Forward only: another node may have gone further meanwhile, which the unique account turns into an error. */
async function moveHead(model: Chains, accountId: string, head: AuditPoint): Promise<void> {
  const behind = { accountId, 'head.seq': { $lt: head.seq } };
  try {
    await retryUpsert(() => nativeOf(model).updateOne(behind, { $set: { head } }, { upsert: true }));
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

async function list(model: Entries, query: Parameters<AuditStore['list']>[0]) {
  const { accountId, action, actorId, targetKind, targetId, limit, cursor, from, to } = query;
  const keyset: Keyset = { time: 'at', direction: 'newest-first', from, to, cursor };
  const given = withoutUndefined({
    action,
    'actor.id': actorId,
    'target.kind': targetKind,
    'target.id': targetId,
  });
  const documents = await model
    .find({ accountId, ...given, ...keysetFilter(keyset) })
    .sort(keysetSort(keyset))
    .limit(limit + 1)
    .lean<AuditDocument[]>();
  return pageOf(documents.map(auditCodec.decode), limit, ({ at, id }) => ({ at, id }));
}

async function purge(
  { entries, chains }: { entries: Entries; chains: Chains },
  { accountId, base, before }: Parameters<AuditStore['purge']>[0],
): Promise<number> {
  const behind = { accountId, 'base.seq': { $not: { $gte: base.seq } } };
  await nativeOf(chains).updateOne(behind, { $set: { base } });
  const links = await entries.deleteMany({ accountId, seq: { $gt: 0, $lte: base.seq } });
  const others = await entries.deleteMany({ accountId, seq: null, at: { $lt: toDate(before) } });
  return links.deletedCount + others.deletedCount;
}
