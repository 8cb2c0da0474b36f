import type { Sealed } from '../../../server/domain/index.ts';
import { DAY_MS } from '../../../server/domain/index.ts';
import type { AppendOutcome } from '../../../server/ports/index.ts';
import {
  aMessageRecord,
  aSealed,
  freshBytes,
  freshId,
  sealedOf,
  sealedRun,
  T0,
} from '../../support/builders.ts';
import { plain } from '../../support/plain.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const kinds = (outcomes: readonly AppendOutcome[]): string[] => outcomes.map((outcome) => outcome.kind);
const records = (batch: readonly Sealed[]) => batch.map((sealed) => sealed.record);

/** What every message store promises about appending, reading and erasing. */
export function describeMessageStore(name: string, open: OpenStores): void {
  describe(`${name}: message store`, () => {
    const stores = useStores(open);
    const messages = () => stores().messages;
    const all = async (conversationId: string) =>
      plain(await messages().read({ conversationId, afterSeq: 0, limit: 10_000 }));

    describe('append', () => {
      it('keeps a batch over many conversations and gives it back byte for byte', async () => {
        const ids = [freshId('c'), freshId('c'), freshId('c')];
        const batch = [1, 2, 3].flatMap((seq) =>
          ids.map((conversationId) => aSealed({ conversationId, seq })),
        );
        expect(kinds(await messages().append(batch))).toEqual(batch.map(() => 'stored'));
        for (const id of ids) {
          expect(await all(id)).toEqual(records(batch).filter((record) => record.conversationId === id));
        }
      });

      it('takes every byte value, an empty and a large ciphertext', async () => {
        const conversationId = freshId('c');
        const every = Uint8Array.from({ length: 256 }, (_, index) => index);
        const sizes = [every, new Uint8Array(0), freshBytes(70_000)];
        const batch = sizes.map((sealed, index) =>
          aSealed({ conversationId, seq: index + 1, sealed, hash: freshBytes(32) }),
        );
        await messages().append(batch);
        const read = await messages().read({ conversationId, afterSeq: 0, limit: 10 });
        expect(plain(read)).toEqual(records(batch));
        for (const record of read) expect(record.sealed).toBeInstanceOf(Uint8Array);
      });

      it('takes a view into a larger buffer as the bytes of the view', async () => {
        const conversationId = freshId('c');
        const pool = freshBytes(1_000);
        const record = aMessageRecord({
          conversationId,
          sealed: pool.subarray(100, 200),
          hash: pool.subarray(300, 332),
        });
        await messages().append([sealedOf(record)]);
        const [read] = await all(conversationId);
        expect([...(read?.sealed ?? [])]).toEqual([...pool.slice(100, 200)]);
        expect([...(read?.hash ?? [])]).toEqual([...pool.slice(300, 332)]);
      });

      it('takes awkward client keys and ids as they are', async () => {
        const conversationId = freshId('c"\\\'%;--');
        const keys = [
          'visitor:"\\\u0001',
          'visitor:\u{1f600} å',
          "visitor:');--",
          `visitor:${'x'.repeat(200)}`,
        ];
        const batch = keys.map((clientKey, index) => aSealed({ conversationId, seq: index + 1, clientKey }));
        await messages().append(batch);
        expect(await all(conversationId)).toEqual(records(batch));
        expect(plain(await messages().findByClientKey(conversationId, keys[2] ?? ''))).toEqual(
          batch[2]?.record,
        );
      });

      it('takes a client key that is no well-formed text and knows it again', async () => {
        const conversationId = freshId('c');
        const keys = ['visitor:a\u0000b', 'visitor:\ud800', 'visitor:a\u0000c', 'visitor:\udc00\ud83d'];
        const batch = keys.map((clientKey, index) => aSealed({ conversationId, seq: index + 1, clientKey }));
        await messages().append(batch);
        const read = await all(conversationId);
        expect(read.map(({ clientKey }) => Buffer.from(clientKey))).toEqual(
          keys.map((key) => Buffer.from(key)),
        );
        for (const clientKey of keys) {
          const again = aSealed({ conversationId, seq: 9, clientKey });
          expect(kinds(await messages().append([again]))).toEqual(['duplicate']);
          expect((await messages().findByClientKey(conversationId, clientKey))?.seq).toBe(
            keys.indexOf(clientKey) + 1,
          );
        }
      });

      it('answers an empty batch with no outcomes', async () => {
        expect(await messages().append([])).toEqual([]);
      });

      it('keeps 500 messages of one conversation in one call', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 500 });
        expect(new Set(kinds(await messages().append(batch)))).toEqual(new Set(['stored']));
        expect(await all(conversationId)).toEqual(records(batch));
      });

      it('tells a taken seq as a conflict and keeps what was there', async () => {
        const conversationId = freshId('c');
        const first = aSealed({ conversationId, seq: 1 });
        await messages().append([first]);
        expect(kinds(await messages().append([aSealed({ conversationId, seq: 1 })]))).toEqual(['conflict']);
        expect(await all(conversationId)).toEqual([first.record]);
      });

      it("P3: tells a client's repeated id as a duplicate and stores nothing", async () => {
        const conversationId = freshId('c');
        const first = aSealed({ conversationId, seq: 1 });
        await messages().append([first]);
        const again = aSealed({ conversationId, seq: 2, clientKey: first.record.clientKey });
        expect(kinds(await messages().append([again]))).toEqual(['duplicate']);
        expect(await all(conversationId)).toEqual([first.record]);
      });

      it('P3: prefers duplicate over conflict when both the seq and the client key are there', async () => {
        const conversationId = freshId('c');
        const [first, second] = sealedRun({ conversationId, count: 2 });
        await messages().append([first, second].filter((sealed) => sealed !== undefined));
        const again = aSealed({ conversationId, seq: 2, clientKey: first?.record.clientKey ?? '' });
        expect(kinds(await messages().append([again]))).toEqual(['duplicate']);
      });

      it('takes the same client key in another conversation', async () => {
        const clientKey = 'visitor:same';
        const batch = [freshId('c'), freshId('c')].map((conversationId) =>
          aSealed({ conversationId, clientKey }),
        );
        expect(kinds(await messages().append(batch))).toEqual(['stored', 'stored']);
      });

      it('calls the very same record stored when it comes again after an unknown end', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 3 });
        await messages().append(batch.slice(0, 2));
        expect(kinds(await messages().append(batch))).toEqual(['stored', 'stored', 'stored']);
        expect(await all(conversationId)).toEqual(records(batch));
      });

      it('P1: stores nothing of a conversation behind its failed message, everything of the others', async () => {
        const [hurt, whole] = [freshId('c'), freshId('c')];
        const taken = aSealed({ conversationId: hurt, seq: 2 });
        await messages().append([taken]);
        const run = sealedRun({ conversationId: hurt, count: 4 });
        const others = sealedRun({ conversationId: whole, count: 4 });
        const batch = run.flatMap((sealed, index) => [sealed, others[index] ?? sealed]);
        expect(kinds(await messages().append(batch))).toEqual([
          'stored',
          'stored',
          'conflict',
          'stored',
          'conflict',
          'stored',
          'conflict',
          'stored',
        ]);
        expect(await all(hurt)).toEqual([run[0]?.record, taken.record]);
        expect(await all(whole)).toEqual(records(others));
      });

      it('P1: stores nothing behind a duplicate in the middle of a batch', async () => {
        const conversationId = freshId('c');
        const first = aSealed({ conversationId, seq: 1 });
        await messages().append([first]);
        const batch = [
          aSealed({ conversationId, seq: 2 }),
          aSealed({ conversationId, seq: 3, clientKey: first.record.clientKey }),
          aSealed({ conversationId, seq: 4 }),
        ];
        expect(kinds(await messages().append(batch))).toEqual(['stored', 'duplicate', 'conflict']);
        expect((await all(conversationId)).map((record) => record.seq)).toEqual([1, 2]);
      });

      it('sees a client key or a seq that stands twice in one batch', async () => {
        const [one, two] = [freshId('c'), freshId('c')];
        const clientKey = 'visitor:twice';
        const batch = [
          aSealed({ conversationId: one, seq: 1, clientKey }),
          aSealed({ conversationId: two, seq: 1 }),
          aSealed({ conversationId: one, seq: 2, clientKey }),
          aSealed({ conversationId: two, seq: 1 }),
        ];
        expect(kinds(await messages().append(batch))).toEqual(['stored', 'stored', 'duplicate', 'conflict']);
        expect(await all(one)).toEqual([batch[0]?.record]);
        expect(await all(two)).toEqual([batch[1]?.record]);
      });

      it('lets exactly one of 20 writers of the same seq win', async () => {
        const conversationId = freshId('c');
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, () => messages().append([aSealed({ conversationId, seq: 1 })])),
        );
        const won = outcomes.flatMap(kinds).filter((kind) => kind === 'stored');
        expect(won).toHaveLength(1);
        expect(await all(conversationId)).toHaveLength(1);
      });

      it('lets exactly one of 20 senders of the same client key win', async () => {
        const conversationId = freshId('c');
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            messages().append([aSealed({ conversationId, seq: index + 1, clientKey: 'visitor:one' })]),
          ),
        );
        expect(outcomes.flatMap(kinds).filter((kind) => kind === 'stored')).toHaveLength(1);
        expect(outcomes.flatMap(kinds).filter((kind) => kind === 'duplicate')).toHaveLength(19);
        expect(await all(conversationId)).toHaveLength(1);
      });

      it('keeps batches apart that are under way at once', async () => {
        const ids = Array.from({ length: 30 }, () => freshId('c'));
        const batches = ids.map((conversationId) => sealedRun({ conversationId, count: 7 }));
        await Promise.all(batches.map((batch) => messages().append(batch)));
        for (const [index, id] of ids.entries()) expect(await all(id)).toEqual(records(batches[index] ?? []));
      });
    });

    describe('read', () => {
      it('answers what is behind a seq, in order, up to the limit', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 12 });
        await messages().append(batch);
        const read = await messages().read({ conversationId, afterSeq: 4, limit: 5 });
        expect(plain(read)).toEqual(records(batch).slice(4, 9));
        expect(await messages().read({ conversationId, afterSeq: 12, limit: 5 })).toEqual([]);
        expect(await messages().read({ conversationId: freshId('c'), afterSeq: 0, limit: 5 })).toEqual([]);
      });

      it('finds the last record and none in an unknown conversation', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 11 });
        await messages().append(batch);
        expect(plain(await messages().last(conversationId))).toEqual(batch[10]?.record);
        expect(await messages().last(freshId('c'))).toBeUndefined();
      });

      it('finds a record by its client key in its own conversation alone', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 3 });
        await messages().append(batch);
        const key = batch[1]?.record.clientKey ?? '';
        expect(plain(await messages().findByClientKey(conversationId, key))).toEqual(batch[1]?.record);
        expect(await messages().findByClientKey(freshId('c'), key)).toBeUndefined();
        expect(await messages().findByClientKey(conversationId, 'visitor:other')).toBeUndefined();
      });
    });

    describe('reseal', () => {
      it('puts new records in the place of old ones', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 4 });
        await messages().append(batch);
        const changed = records(batch)
          .slice(1)
          .map((record) => ({
            record: { ...record, sealed: freshBytes(40), hash: freshBytes(32) },
            replaces: record.hash,
          }));
        expect(await messages().reseal(changed)).toBe(true);
        expect(await all(conversationId)).toEqual([
          batch[0]?.record,
          ...changed.map((change) => change.record),
        ]);
      });

      it('refuses when the last hash is not the one that stands, and leaves everything', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 1 });
        await messages().append(batch);
        const changed = records(batch).map((record) => ({
          record: { ...record, sealed: freshBytes(40), hash: freshBytes(32) },
          replaces: freshBytes(32),
        }));
        expect(await messages().reseal(changed)).toBe(false);
        expect(await all(conversationId)).toEqual(records(batch));
      });

      it('refuses a record that is not there', async () => {
        const record = aMessageRecord({ conversationId: freshId('c') });
        expect(await messages().reseal([{ record, replaces: record.hash }])).toBe(false);
        expect(await all(record.conversationId)).toEqual([]);
      });

      it('goes on after a reseal: append, duplicate, last', async () => {
        const conversationId = freshId('c');
        const batch = sealedRun({ conversationId, count: 2 });
        await messages().append(batch);
        const [, second] = records(batch);
        if (second === undefined) throw new Error('the run has two records');
        const next = { ...second, sealed: freshBytes(30), hash: freshBytes(32) };
        await messages().reseal([{ record: next, replaces: second.hash }]);
        expect(plain(await messages().last(conversationId))).toEqual(next);
        const third = aSealed({ conversationId, seq: 3 });
        expect(kinds(await messages().append([third]))).toEqual(['stored']);
        const again = aSealed({ conversationId, seq: 4, clientKey: second.clientKey });
        expect(kinds(await messages().append([again]))).toEqual(['duplicate']);
      });
    });

    it('erases one conversation and leaves the others', async () => {
      const [gone, stays] = [freshId('c'), freshId('c')];
      await messages().append([
        ...sealedRun({ conversationId: gone, count: 3 }),
        ...sealedRun({ conversationId: stays, count: 2 }),
      ]);
      expect(await messages().deleteConversation(gone)).toBe(3);
      expect(await all(gone)).toEqual([]);
      expect(await messages().last(gone)).toBeUndefined();
      expect(await all(stays)).toHaveLength(2);
      expect(await messages().deleteConversation(gone)).toBe(0);
    });

    it('takes up a conversation anew after its erasure', async () => {
      const conversationId = freshId('c');
      await messages().append(sealedRun({ conversationId, count: 3 }));
      await messages().deleteConversation(conversationId);
      const again = sealedRun({
        conversationId,
        count: 1,
        with: { retainFrom: T0 + DAY_MS, expiresAt: T0 + 3 * DAY_MS },
      });
      expect(kinds(await messages().append(again))).toEqual(['stored']);
      expect(await all(conversationId)).toEqual(records(again));
    });
  });
}
