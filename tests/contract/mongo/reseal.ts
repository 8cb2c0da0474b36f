import { openMongoStores } from '../../../server/adapters/mongo/index.ts';
import type { MessageRecord } from '../../../server/domain/index.ts';
import type { MessageStore, RawStores } from '../../../server/ports/index.ts';
import { freshBytes, freshId, sealedRun } from '../../support/builders.ts';
import type { MongoDatabases } from '../../support/mongodb.ts';
import { plain } from '../../support/plain.ts';

type Reseal = Parameters<MessageStore['reseal']>[0];

/** Each record sealed anew, in the place of itself. */
function resealed(records: readonly MessageRecord[]): Reseal {
  return records.map((record) => ({
    record: { ...record, sealed: freshBytes(40), hash: freshBytes(32) },
    replaces: record.hash,
  }));
}

/** A reseal is one transcript from start to end, whoever else writes and whatever answer is lost. */
export function describeReseal(databases: MongoDatabases): void {
  describe('reseal', () => {
    let stores: RawStores;
    const read = async (conversationId: string) =>
      plain(await stores.messages.read({ conversationId, afterSeq: 0, limit: 100 }));
    const aTranscript = async (): Promise<readonly MessageRecord[]> => {
      const batch = sealedRun({ conversationId: freshId('c'), count: 10 });
      await stores.messages.append(batch);
      return batch.map(({ record }) => record);
    };

    beforeAll(async () => {
      stores = await openMongoStores({ uri: databases.uri(), dbName: databases.freshName() });
    });
    afterAll(() => stores.close());

    it('changes none when one in the middle is not as expected', async () => {
      const records = await aTranscript();
      const change = resealed(records).map((one, index) =>
        index === 5 ? { ...one, replaces: freshBytes(32) } : one,
      );
      expect(await stores.messages.reseal(change)).toBe(false);
      expect(await read(records[0]?.conversationId ?? '')).toEqual(records);
    });

    it('lets one of several at once win, on every record', async () => {
      for (let round = 0; round < 5; round += 1) {
        const records = await aTranscript();
        const changes = Array.from({ length: 6 }, () => resealed(records));
        const won = await Promise.all(changes.map((change) => stores.messages.reseal(change)));
        expect(won.filter(Boolean)).toHaveLength(1);
        const winner = changes[won.indexOf(true)] ?? [];
        const standing = await read(records[0]?.conversationId ?? '');
        expect(standing).toEqual(winner.map(({ record }) => record));
      }
    });

    it('counts as done what an earlier try of the same change has done', async () => {
      const records = await aTranscript();
      const change = resealed(records);
      await stores.messages.reseal(change.slice(0, 4));
      expect(await stores.messages.reseal(change)).toBe(true);
      expect(await stores.messages.reseal(change)).toBe(true);
      expect(await read(records[0]?.conversationId ?? '')).toEqual(change.map(({ record }) => record));
    });

    it('leaves an end of life that was changed meanwhile', async () => {
      const records = await aTranscript();
      const [
        { accountId, conversationId, retainFrom } = { accountId: '', conversationId: '', retainFrom: 0 },
      ] = records;
      await stores.retention.applyTranscriptRetention(accountId, 1_000);
      expect(await stores.messages.reseal(resealed(records))).toBe(true);
      const ends = (await read(conversationId)).map(({ expiresAt }) => expiresAt);
      expect(ends).toEqual(records.map(() => retainFrom + 1_000));
    });
  });
}
