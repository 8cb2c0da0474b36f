import mongoose, { type mongo } from 'mongoose';
import type { MessageRecord } from '../../domain/index.ts';
import type { AppendOutcome } from '../../ports/stores.ts';
import { DUPLICATE_KEY } from './errors.ts';
import { type MessageDocument, messageCodec } from './schemas/message.ts';

type Messages = mongo.Collection<MessageDocument>;

const STORED: AppendOutcome = { kind: 'stored' };
const DUPLICATE: AppendOutcome = { kind: 'duplicate' };
const CONFLICT: AppendOutcome = { kind: 'conflict' };

/** What decides about a record that a unique index turned away. */
type Standing = Pick<MessageRecord, 'conversationId' | 'seq' | 'clientKey' | 'hash'>;

/**
 * Stores the records so that nothing of a conversation is stored behind one of its records that failed, with
 * one write when all goes well. Rejects when a write as a whole is in doubt: the same records again are
 * then counted as stored where they are there with the same hash.
 */
export async function appendMessages(
  collection: Messages,
  records: readonly MessageRecord[],
): Promise<readonly AppendOutcome[]> {
  const severalOfOne = new Set(records.map(({ conversationId }) => conversationId)).size < records.length;
  const stored = severalOfOne ? await insertUntilRefused(collection, records) : 0;
  const rest = await appendInWaves(collection, records.slice(stored));
  return [...records.slice(0, stored).map(() => STORED), ...rest];
}

/** One ordered write, which the server ends at the first record that it refuses. Answers how many are stored. */
async function insertUntilRefused(collection: Messages, records: readonly MessageRecord[]): Promise<number> {
  try {
    await collection.insertMany(records.map(messageCodec.encode), { ordered: true });
    return records.length;
  } catch (error) {
    return Math.min(...refusedPositions(error));
  }
}

/**
 * One unordered write for each wave. Wave k holds the k-th record of every conversation whose earlier ones are
 * stored, so a refusal delays no other conversation and costs no write of its own.
 */
async function appendInWaves(
  collection: Messages,
  records: readonly MessageRecord[],
): Promise<readonly AppendOutcome[]> {
  const outcomes: AppendOutcome[] = records.map(() => CONFLICT);
  const failed = new Set<string>();
  for (const wave of wavesOf(records)) {
    const sent = wave.filter(({ record }) => !failed.has(record.conversationId));
    const answers = await insertWave(
      collection,
      sent.map(({ record }) => record),
    );
    sent.forEach(({ index, record }, position) => {
      const outcome = answers[position] ?? CONFLICT;
      outcomes[index] = outcome;
      if (outcome.kind !== 'stored') failed.add(record.conversationId);
    });
  }
  return outcomes;
}

interface Placed {
  readonly index: number;
  readonly record: MessageRecord;
}

/** Wave k: the k-th record of every conversation, with its place in the batch. */
function wavesOf(records: readonly MessageRecord[]): readonly (readonly Placed[])[] {
  const waves: Placed[][] = [];
  const counts = new Map<string, number>();
  records.forEach((record, index) => {
    const earlier = counts.get(record.conversationId) ?? 0;
    counts.set(record.conversationId, earlier + 1);
    const wave = waves[earlier] ?? [];
    wave.push({ index, record });
    waves[earlier] = wave;
  });
  return waves;
}

/** Outcomes in the order of the wave, which holds each conversation once. */
async function insertWave(
  collection: Messages,
  wave: readonly MessageRecord[],
): Promise<readonly AppendOutcome[]> {
  if (wave.length === 0) return [];
  try {
    await collection.insertMany(wave.map(messageCodec.encode), { ordered: false });
    return wave.map(() => STORED);
  } catch (error) {
    const refused = refusedPositions(error);
    const standing = await standingInTheWay(
      collection,
      wave.filter((_, position) => refused.has(position)),
    );
    return wave.map((record, position) => (refused.has(position) ? judge(record, standing) : STORED));
  }
}

/**
 * Positions that a unique index turned away.
 * @throws the error itself when anything else went wrong, a durability that was not confirmed included.
 */
function refusedPositions(error: unknown): ReadonlySet<number> {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
  const faults = [error.writeErrors].flat();
  const known = faults.length > 0 && faults.every(({ code }) => code === DUPLICATE_KEY);
  if (!known || error.result.getWriteConcernError() !== undefined) throw error;
  return new Set(faults.map(({ index }) => index));
}

/** The records that hold a `seq` or `clientKey` which those that were turned away asked for. */
function standingInTheWay(collection: Messages, refused: readonly MessageRecord[]): Promise<Standing[]> {
  const taken = refused.flatMap(({ conversationId, seq, clientKey }) => [
    { conversationId, seq },
    { conversationId, clientKey },
  ]);
  const projection = { _id: 0, conversationId: 1, seq: 1, clientKey: 1, hash: 1 };
  return collection.find<Standing>({ $or: taken }, { projection }).toArray();
}

/** Why it was turned away: it is there already, its `clientKey` is, or another one has its `seq`. */
function judge(record: MessageRecord, standing: readonly Standing[]): AppendOutcome {
  const ofConversation = standing.filter(({ conversationId }) => conversationId === record.conversationId);
  const same = ofConversation.find(({ seq }) => seq === record.seq);
  if (same !== undefined && Buffer.compare(same.hash, record.hash) === 0) return STORED;
  return ofConversation.some(({ clientKey }) => isSameStored(clientKey, record.clientKey))
    ? DUPLICATE
    : CONFLICT;
}

/** Compares as the database does, which keeps UTF-8: text that is not well-formed comes back otherwise. */
function isSameStored(a: string, b: string): boolean {
  return a === b || Buffer.from(a).equals(Buffer.from(b));
}
