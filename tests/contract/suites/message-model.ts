import fc from 'fast-check';
import type { MessageRecord } from '../../../server/domain/index.ts';
import { aMessageRecord, freshBytes, freshId, sealedOf } from '../../support/builders.ts';
import { plain } from '../../support/plain.ts';
import { SEED } from '../../support/seed.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const CONVERSATIONS = 4;
const RUNS = 40;
const STEPS = 25;
/** A failure is made smaller for no longer than this. */
const TIME_LIMIT_MS = 60_000;

type Kind = 'stored' | 'duplicate' | 'conflict';

/** The rule of `append` in the plainest form: one message after the other. */
class MessageModel {
  readonly #kept = new Map<string, MessageRecord[]>();

  of(conversationId: string): readonly MessageRecord[] {
    return [...(this.#kept.get(conversationId) ?? [])].sort((a, b) => a.seq - b.seq);
  }

  append(batch: readonly MessageRecord[]): Kind[] {
    const failed = new Set<string>();
    return batch.map((record) => {
      const outcome = failed.has(record.conversationId) ? 'conflict' : this.#one(record);
      if (outcome !== 'stored') failed.add(record.conversationId);
      return outcome;
    });
  }

  #one(record: MessageRecord): Kind {
    const kept = this.#kept.get(record.conversationId) ?? [];
    const same = kept.find(({ clientKey }) => clientKey === record.clientKey);
    if (same !== undefined) {
      return same.seq === record.seq && Buffer.compare(same.hash, record.hash) === 0 ? 'stored' : 'duplicate';
    }
    if (kept.some(({ seq }) => seq === record.seq)) return 'conflict';
    this.#kept.set(record.conversationId, [...kept, record]);
    return 'stored';
  }

  reseal(changes: readonly { record: MessageRecord; replaces: Uint8Array }[]): boolean {
    const stands = changes.every(({ record, replaces }) =>
      this.of(record.conversationId).some(
        ({ seq, hash }) => seq === record.seq && Buffer.compare(hash, replaces) === 0,
      ),
    );
    if (!stands) return false;
    for (const { record } of changes) {
      const kept = this.of(record.conversationId).map((one) => (one.seq === record.seq ? record : one));
      this.#kept.set(record.conversationId, kept);
    }
    return true;
  }

  delete(conversationId: string): number {
    const count = this.of(conversationId).length;
    this.#kept.delete(conversationId);
    return count;
  }
}

/** Where the seq of a message stands: next in line, taken, or the very same record once more. */
const message = fc.record({
  conversation: fc.nat({ max: CONVERSATIONS - 1 }),
  seq: fc.oneof(
    { weight: 12, arbitrary: fc.constant('next' as const) },
    { weight: 1, arbitrary: fc.constant('taken' as const) },
    { weight: 1, arbitrary: fc.constant('again' as const) },
  ),
  repeatsKey: fc.boolean(),
  keyOf: fc.nat({ max: 30 }),
});
type Plan = { conversation: number; seq: 'next' | 'taken' | 'again'; repeatsKey: boolean; keyOf: number };

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      plans: fc.array(message, { minLength: 1, maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reseal' as const),
      conversation: fc.nat({ max: CONVERSATIONS - 1 }),
      spoiled: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      conversation: fc.nat({ max: CONVERSATIONS - 1 }),
    }),
  },
);

/** Turns plans into records, looking at what the model holds, so that most messages are good and some are not. */
function batchOf(
  plans: readonly Plan[],
  query: { model: MessageModel; ids: readonly string[] },
): MessageRecord[] {
  const nextSeq = new Map<string, number>();
  return plans.map(({ conversation, seq, repeatsKey, keyOf }) => {
    const conversationId = query.ids[conversation] ?? '';
    const kept = query.model.of(conversationId);
    const some = kept[keyOf % Math.max(kept.length, 1)];
    if (seq === 'again' && some !== undefined) return some;
    const next = nextSeq.get(conversationId) ?? (kept.at(-1)?.seq ?? 0) + 1;
    nextSeq.set(conversationId, next + 1);
    return aMessageRecord({
      conversationId,
      seq: seq === 'taken' && some !== undefined ? some.seq : next,
      clientKey: repeatsKey && keyOf < 4 ? `visitor:${keyOf}` : freshId('visitor:'),
    });
  });
}

/** 1,000 random steps against a model in memory. */
export function describeMessageModel(name: string, open: OpenStores): void {
  describe(`${name}: message store against a model`, () => {
    const stores = useStores(open);

    it(`P1, P3: behaves like the model (seed ${SEED})`, async () => {
      const steps = fc.array(step, { minLength: STEPS, maxLength: STEPS });
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const { messages } = stores();
          const model = new MessageModel();
          const ids = Array.from({ length: CONVERSATIONS }, () => freshId('c'));
          for (const one of plan) {
            if (one.kind === 'append') {
              const batch = batchOf(one.plans, { model, ids });
              const outcomes = await messages.append(batch.map(sealedOf));
              expect(outcomes.map(({ kind }) => kind)).toEqual(model.append(batch));
            } else if (one.kind === 'reseal') {
              const changes = model.of(ids[one.conversation] ?? '').map((record, index) => ({
                record: { ...record, sealed: freshBytes(40), hash: freshBytes(32) },
                replaces: one.spoiled && index === 0 ? freshBytes(32) : record.hash,
              }));
              // Where one of several is not as expected, a technology without transactions may have changed some.
              if (changes.length <= 1 || !one.spoiled)
                expect(await messages.reseal(changes)).toBe(model.reseal(changes));
            } else {
              const id = ids[one.conversation] ?? '';
              expect(await messages.deleteConversation(id)).toBe(model.delete(id));
            }
          }
          for (const conversationId of ids) {
            const read = await messages.read({ conversationId, afterSeq: 0, limit: 10_000 });
            expect(plain(read)).toEqual(model.of(conversationId));
            expect(plain(await messages.last(conversationId))).toEqual(model.of(conversationId).at(-1));
          }
        }),
        { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: true },
      );
    }, 120_000);
  });
}
