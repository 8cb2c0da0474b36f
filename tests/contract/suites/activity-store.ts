import type { ActivityRecord } from '../../../server/domain/index.ts';
import { anActivityRecord, freshId, T0 } from '../../support/builders.ts';
import { refusedAsBadRequest } from './cursors.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const newestFirst = <T extends { id: string }>(time: (item: T) => number) => {
  return (a: T, b: T) => time(b) - time(a) || (a.id < b.id ? 1 : -1);
};

/** What every activity log promises. */
export function describeActivityStore(name: string, open: OpenStores): void {
  describe(`${name}: activity store`, () => {
    const stores = useStores(open);
    const activity = () => stores().activity;
    type Query = { accountId: string; sessionId?: string; ip?: string; limit: number; cursor?: string };
    const walk = async (query: Query): Promise<ActivityRecord[]> => {
      const page = await activity().find(query);
      if (page.nextCursor === undefined) return [...page.items];
      return [...page.items, ...(await walk({ ...query, cursor: page.nextCursor }))];
    };

    it('finds by session and by address, newest first, in pages', async () => {
      const accountId = freshId('account');
      const sessionId = freshId('session');
      const records = Array.from({ length: 11 }, (_, index) =>
        anActivityRecord({
          accountId,
          sessionId: index % 2 === 0 ? sessionId : freshId('session'),
          ip: index < 6 ? '192.0.2.7' : '2001:db8::7',
          connectedAt: T0 + Math.floor(index / 3),
        }),
      );
      await activity().append(records);
      await activity().append([]);
      const sorted = [...records].sort(newestFirst((record) => record.connectedAt));
      expect(await walk({ accountId, sessionId, limit: 2 })).toEqual(
        sorted.filter((record) => record.sessionId === sessionId),
      );
      expect(await walk({ accountId, ip: '192.0.2.7', limit: 4 })).toEqual(
        sorted.filter((record) => record.ip === '192.0.2.7'),
      );
      expect(await walk({ accountId, ip: '2001:db8::7', limit: 100 })).toHaveLength(5);
    });

    it('P6: shows an account its own records alone', async () => {
      const record = anActivityRecord({ accountId: freshId('account') });
      await activity().append([record]);
      const accountId = freshId('account');
      expect(await walk({ accountId, sessionId: record.sessionId, limit: 5 })).toEqual([]);
      expect(await walk({ accountId, ip: record.ip, limit: 5 })).toEqual([]);
      expect(await activity().deleteByIp(accountId, record.ip)).toBe(0);
    });

    it('writes down the end of connections', async () => {
      const accountId = freshId('account');
      const [one, two] = [anActivityRecord({ accountId }), anActivityRecord({ accountId })];
      await activity().append([one, two]);
      await activity().disconnected([
        { id: one.id, at: T0 + 77 },
        { id: freshId('unknown'), at: T0 },
      ]);
      await activity().disconnected([]);
      expect(await walk({ accountId, sessionId: one.sessionId, limit: 5 })).toEqual([
        { ...one, disconnectedAt: T0 + 77 },
      ]);
      expect(await walk({ accountId, sessionId: two.sessionId, limit: 5 })).toEqual([two]);
    });

    it('deletes everything of one address in one account', async () => {
      const accountId = freshId('account');
      const ip = '198.51.100.3';
      const kept = anActivityRecord({ accountId, ip: '198.51.100.30' });
      const foreign = anActivityRecord({ accountId: freshId('account'), ip });
      await activity().append([
        ...Array.from({ length: 4 }, () => anActivityRecord({ accountId, ip })),
        kept,
        foreign,
      ]);
      expect(await activity().deleteByIp(accountId, ip)).toBe(4);
      expect(await activity().deleteByIp(accountId, ip)).toBe(0);
      expect(await walk({ accountId, ip, limit: 5 })).toEqual([]);
      expect(await walk({ accountId, ip: kept.ip, limit: 5 })).toEqual([kept]);
      expect(await walk({ accountId: foreign.accountId, ip, limit: 5 })).toEqual([foreign]);
    });

    it('deletes everything of one session, or of one account', async () => {
      const [accountId, sessionId] = [freshId('account'), freshId('session')];
      const ip = '198.51.100.4';
      const foreign = anActivityRecord({ accountId: freshId('account'), sessionId, ip });
      const mine = [{ sessionId }, { sessionId }, {}, {}].map((of) =>
        anActivityRecord({ accountId, ip, ...of }),
      );
      await activity().append([...mine, foreign]);
      expect(await activity().deleteOf({ accountId, sessionId })).toBe(2);
      expect(await activity().deleteOf({ accountId, sessionId })).toBe(0);
      expect(await walk({ accountId, ip, limit: 5 })).toHaveLength(2);
      expect(await activity().deleteOf({ accountId })).toBe(2);
      expect(await walk({ accountId: foreign.accountId, ip, limit: 5 })).toEqual([foreign]);
    });

    it('refuses a cursor that it did not make', async () => {
      await refusedAsBadRequest((cursor) =>
        activity().find({ accountId: 'a', ip: '192.0.2.1', limit: 2, cursor }),
      );
    });
  });
}
