import type { Model } from 'mongoose';
import type { MessageRecord, Sealed } from '../../domain/index.ts';
import type { AppendOutcome, MessageStore } from '../../ports/stores.ts';
import { toBuffer } from './codec.ts';
import { appendMessages } from './message-append.ts';
import { nativeOf } from './native.ts';
import { type MessageDocument, messageCodec } from './schemas/message.ts';

type Messages = Model<MessageDocument>;
type Reseal = Parameters<MessageStore['reseal']>[0];

/** MongoDB's code for a conversion that failed: how {@link reseal} stops at a record that is not as expected. */
const CONVERSION_FAILURE = 241;
const WITHOUT_ID = { _id: 0 } as const;

export function createMessageStore(model: Messages): MessageStore {
  return {
    append: (batch: readonly Sealed[]): Promise<readonly AppendOutcome[]> =>
      appendMessages(
        nativeOf(model),
        batch.map(({ record }) => record),
      ),
    read: async ({ conversationId, afterSeq, limit }) => {
      const query = model.find({ conversationId, seq: { $gt: afterSeq } }, WITHOUT_ID).sort({ seq: 1 });
      return (await query.limit(limit).lean<MessageDocument[]>()).map(messageCodec.decode);
    },
    findByClientKey: async (conversationId, clientKey) =>
      decoded(await model.findOne({ conversationId, clientKey }, WITHOUT_ID).lean<MessageDocument>()),
    last: async (conversationId) =>
      decoded(await model.findOne({ conversationId }, WITHOUT_ID).sort({ seq: -1 }).lean<MessageDocument>()),
    reseal: (records) => reseal(model, records),
    deleteConversation: async (conversationId) => (await model.deleteMany({ conversationId })).deletedCount,
  };
}

function decoded(document: MessageDocument | null): MessageRecord | undefined {
  return document === null ? undefined : messageCodec.decode(document);
}

/**
 * Looks at all records first, then changes all in one ordered command in which the server itself stops at
 * the first that is not as expected: the command is on the server whole, so the end of this process
 * cannot leave half of it. A record that holds the new hash already was changed by an earlier try.
 */
async function reseal(model: Messages, records: Reseal): Promise<boolean> {
  if (records.length === 0) return true;
  if (!(await areAsExpected(model, records))) return false;
  try {
    const result = await nativeOf(model).bulkWrite(records.map(resealWrite), { ordered: true });
    return result.matchedCount === records.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === CONVERSION_FAILURE) return false;
    throw error;
  }
}

async function areAsExpected(model: Messages, records: Reseal): Promise<boolean> {
  const keys = records.map(({ record }) => ({ conversationId: record.conversationId, seq: record.seq }));
  const stored = await model
    .find({ $or: keys }, { _id: 0, conversationId: 1, seq: 1, hash: 1 })
    .lean<Pick<MessageDocument, 'conversationId' | 'seq' | 'hash'>[]>();
  const hashes = new Map(stored.map((one) => [`${one.conversationId}\n${one.seq}`, one.hash]));
  return records.every(({ record, replaces }) => {
    const hash = hashes.get(`${record.conversationId}\n${record.seq}`);
    return (
      hash !== undefined && [replaces, record.hash].some((expected) => Buffer.compare(hash, expected) === 0)
    );
  });
}

/** Only what sealing makes is changed: a retention that was set meanwhile stays. */
function resealWrite({ record, replaces }: Reseal[number]) {
  const expected = { $in: ['$hash', { $literal: [toBuffer(replaces), toBuffer(record.hash)] }] };
  const orStop = { $toInt: 'not as expected' };
  return {
    updateOne: {
      filter: { conversationId: record.conversationId, seq: record.seq },
      update: [
        { $set: { sealed: { $cond: [expected, { $literal: toBuffer(record.sealed) }, orStop] } } },
        { $set: { hash: { $literal: toBuffer(record.hash) } } },
      ],
    },
  };
}
