import type { Model } from 'mongoose';
import { type Conversation, HELD_UNTIL, type Reader } from '../../domain/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { ConversationFilter, ConversationStore, QueueFilter } from '../../ports/stores.ts';
import { toBuffer, toDate, withoutUndefined } from './codec.ts';
import { isDuplicateKey } from './errors.ts';
import { type Keyset, keysetFilter, keysetSort, pageOf } from './keyset.ts';
import { nativeOf } from './native.ts';
import { type ConversationDocument, conversationCodec, OPEN } from './schemas/conversation.ts';

type Conversations = Model<ConversationDocument>;
const { decode, encode } = conversationCodec;
const CREATE_ATTEMPTS = 3;

export function createConversationStore(model: Conversations): ConversationStore {
  return {
    ...conversationReads(model),
    create: (conversation) => create(model, conversation),
    replace: (next) => replace(model, next),
    anchor: async (anchors) => {
      if (anchors.length === 0) return;
      const writes = anchors.map(({ accountId, conversationId, anchor, onlyFurther }) => ({
        updateOne: {
          filter: {
            _id: conversationId,
            accountId,
            $or: [{ anchor: null }, { 'anchor.seq': { [onlyFurther ? '$lt' : '$lte']: anchor.seq } }],
          },
          update: { $set: { anchor: { seq: anchor.seq, mac: toBuffer(anchor.mac) } } },
        },
      }));
      await model.bulkWrite(writes, { ordered: false });
    },
    marks: async (ids) => {
      const found = await model
        .find({ _id: { $in: [...ids] } }, { version: 1, anchor: 1 })
        .lean<Pick<ConversationDocument, '_id' | 'version' | 'anchor'>[]>();
      return new Map(found.map(({ _id, ...mark }) => [_id, mark]));
    },
    delete: async (accountId, id) => (await model.deleteOne({ _id: id, accountId })).deletedCount === 1,
  };
}

type Reads =
  | 'get'
  | 'list'
  | 'findOpenBySession'
  | 'queue'
  | 'queueLength'
  | 'queuedDepartments'
  | 'countFree'
  | 'openOfAgent'
  | 'accountsWithQueue';

function conversationReads(model: Conversations): Pick<ConversationStore, Reads> {
  return {
    get: (accountId, id) => findOne(model, { _id: id, accountId }),
    findOpenBySession: (sessionId) => findOpenBySession(model, sessionId),
    list: (filter) => list(model, filter),
    queue: async ({ limit, ...filter }) => {
      const query = model.find(queued(filter)).sort({ queuedAt: 1, _id: 1 }).limit(limit);
      return (await query.lean<ConversationDocument[]>()).map(decode);
    },
    queueLength: (filter) => model.countDocuments(queued(filter)),
    queuedDepartments: async (accountId) => {
      const found = await model.aggregate<{ _id: string | null }>([
        { $match: queued({ accountId }) },
        { $group: { _id: { $ifNull: ['$departmentId', null] } } },
      ]);
      return found.map(({ _id }) => _id);
    },
    countFree: ({ accountId, from, to }) =>
      model.countDocuments({
        accountId,
        startedAt: { $gte: toDate(from), $lt: toDate(to) },
        expiresAt: { $lt: toDate(HELD_UNTIL) },
      }),
    openOfAgent: async (accountId, agentId) => {
      const query = model.find({ accountId, agentId, status: 'active' }).sort({ assignedAt: 1, _id: 1 });
      return (await query.lean<ConversationDocument[]>()).map(decode);
    },
    accountsWithQueue: () => model.distinct('accountId', { status: 'queued' }),
  };
}

/** To MongoDB `null` is also what is not there. */
function queued({ accountId, departments }: QueueFilter) {
  return {
    accountId,
    status: 'queued' as const,
    ...(departments !== undefined && { departmentId: { $in: [...departments] } }),
  };
}

async function findOne(
  model: Conversations,
  filter: Record<string, unknown>,
): Promise<Conversation | undefined> {
  const document = await model.findOne(filter).lean<ConversationDocument>();
  return document === null ? undefined : decode(document);
}

function findOpenBySession(model: Conversations, sessionId: string): Promise<Conversation | undefined> {
  return findOne(model, { sessionId, status: { $in: OPEN } });
}

/** The open one that another start made can be closed before it is read: then there is room again. */
async function create(model: Conversations, conversation: Conversation): Promise<Conversation> {
  for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt += 1) {
    try {
      await model.insertOne(encode(conversation));
      return conversation;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const { accountId, id, sessionId } = conversation;
      const standing = await findOpenBySession(model, sessionId);
      const found = standing ?? (await findOne(model, { _id: id, accountId }));
      if (found !== undefined) return found;
    }
  }
  throw new StoreError('ConversationContended');
}

/**
 * Written with the driver underneath the model, whose pipeline puts the whole document in place and keeps
 * what changes without a new version, for the writer may have read it earlier: the anchor never goes back,
 * and the end of life is the retention's alone.
 */
async function replace(model: Conversations, next: Conversation): Promise<boolean> {
  const { anchor, expiresAt: _seen, ...document } = encode(next);
  const given = anchor === undefined ? '$$REMOVE' : { $literal: anchor };
  const furthest = { $cond: [{ $gt: ['$anchor.seq', anchor?.seq ?? 0] }, '$anchor', given] };
  const stored = { _id: next.id, accountId: next.accountId, version: next.version - 1 };
  const result = await nativeOf(model).updateOne(stored, [
    {
      $replaceWith: {
        $mergeObjects: [{ $literal: document }, { anchor: furthest, expiresAt: '$expiresAt' }],
      },
    },
  ]);
  return result.matchedCount === 1;
}

/** Each part is served by an index in the order of the list. */
function readable({ agentId, departments }: Reader) {
  return {
    $or: [
      { agentId },
      { participants: agentId },
      { status: 'queued' as const },
      ...(departments.length === 0 ? [] : [{ departmentId: { $in: [...departments] } }]),
    ],
  };
}

async function list(model: Conversations, filter: ConversationFilter) {
  const { accountId, limit, cursor, from, to, departments, reader, tag, ...others } = filter;
  const kept = [
    ...(departments === undefined ? [] : [{ departmentId: { $in: [...departments] } }]),
    ...(reader === undefined ? [] : [readable(reader)]),
  ];
  const keyset: Keyset = { time: 'startedAt', direction: 'newest-first', from, to, cursor };
  const documents = await model
    .find({
      accountId,
      ...withoutUndefined({ ...others, tags: tag }),
      ...(kept.length > 0 && { $and: kept }),
      ...keysetFilter(keyset),
    })
    .sort(keysetSort(keyset))
    .limit(limit + 1)
    .lean<ConversationDocument[]>();
  return pageOf(documents.map(decode), limit, ({ startedAt, id }) => ({ at: startedAt, id }));
}
