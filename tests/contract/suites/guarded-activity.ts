import { type ActivityRecord, DAY_MS } from '../../../server/domain/index.ts';
import type { Guard } from '../../../server/pipeline/guarded-stores.ts';
import { anActivityRecord, freshId, T0 } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { faultsOf, guardOn } from '../../support/guard.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What the guard promises of the activity log, on one technology. */
export function describeGuardedActivity(name: string, open: OpenStores): void {
  describe(`${name}: guarded activity log`, () => {
    const stores = useStores(open, 'each');
    let clock: FakeClock;
    let guard: Guard;
    const restart = () => {
      guard?.floors.close();
      guard = guardOn(stores(), clock);
    };
    beforeEach(() => {
      clock = new FakeClock(T0);
      restart();
    });
    afterEach(() => guard.floors.close());

    const log = () => guard.stores.activity;
    const raw = () => stores().activity;
    const anEntry = (more: Partial<ActivityRecord> = {}) =>
      anActivityRecord({
        ...{ accountId: freshId('account'), sessionId: freshId('session'), ip: '192.0.2.1' },
        ...{ connectedAt: T0, retainFrom: T0, expiresAt: T0 + 7 * DAY_MS, ...more },
      });
    const stored = async (id: string): Promise<ActivityRecord> => {
      const found = await raw().get(id);
      if (found === undefined) throw new Error('it is there');
      return found;
    };
    const found = ({ accountId, sessionId }: ActivityRecord) =>
      log().find({ accountId, sessionId, limit: 9 });
    /** Puts exactly this in the entry's place, or nothing. */
    const plant = async ({ accountId, sessionId }: ActivityRecord, copy?: ActivityRecord) => {
      await raw().deleteOf({ accountId, sessionId });
      if (copy !== undefined) await raw().append([copy]);
    };
    const refusal = { code: 'record.tampered' };

    it('finds an entry of before its end, a forged one, and one that was taken away, also after a restart', async () => {
      const entry = anEntry();
      await log().append([entry]);
      const begun = await stored(entry.id);
      await log().disconnected([{ id: entry.id, at: T0 + 5 }]);
      const ended = await stored(entry.id);
      expect((await found(entry)).items).toEqual([{ ...entry, disconnectedAt: T0 + 5 }]);
      await guard.floors.writeAll();
      for (const again of [false, true]) {
        if (again) restart();
        for (const copy of [
          begun,
          { ...ended, disconnectedAt: T0 + 6 },
          { ...ended, userAgent: 'another' },
        ]) {
          await plant(entry, copy);
          await expect(found(entry)).rejects.toMatchObject(refusal);
        }
        await plant(entry);
        expect(await faultsOf(guard)).toEqual(['activity missing']);
      }
    });

    it('finds an entry that was erased and put back, and misses none that was', async () => {
      const [byIp, byVisitor, byAccount] = [anEntry({ ip: '192.0.2.77' }), anEntry(), anEntry()];
      const all = [byIp, byVisitor, byAccount];
      await log().append(all);
      const copies = await Promise.all(all.map(({ id }) => stored(id)));
      expect(await log().deleteByIp(byIp.accountId, byIp.ip)).toBe(1);
      expect(await log().deleteOf({ accountId: byVisitor.accountId, sessionId: byVisitor.sessionId })).toBe(
        1,
      );
      expect(await log().deleteOf({ accountId: byAccount.accountId })).toBe(1);
      // Their sockets close later.
      await log().disconnected(all.map(({ id }) => ({ id, at: T0 + 5 })));
      await guard.floors.writeAll();
      expect(await faultsOf(guard)).toEqual([]);
      for (const copy of copies) {
        await plant(copy, copy);
        expect(await faultsOf(guard)).toEqual(['activity older']);
        await plant(copy);
      }
    });

    it('takes nothing for tampering after a kill, a purge or a retention that was shortened', async () => {
      const [open_, ended, gone] = [anEntry(), anEntry(), anEntry()];
      await log().append([ended, gone]);
      await guard.floors.writeAll();
      await log().append([open_]);
      await log().disconnected([{ id: ended.id, at: T0 + 5 }]);
      await log().deleteOf({ accountId: gone.accountId });
      restart();
      expect(await faultsOf(guard)).toEqual([]);
      await guard.stores.retention.applyActivityRetention(ended.accountId, DAY_MS);
      await clock.leap(DAY_MS);
      const over = await stored(ended.id);
      // As the database's own expiry does it.
      await plant(ended);
      expect(await faultsOf(guard)).toEqual([]);
      await plant(ended, over);
      await guard.stores.retention.purge(clock.now(), 100);
      expect(await raw().get(ended.id)).toBeUndefined();
      expect(await stores().floors.get('activity', ended.id)).toBeUndefined();
      expect(await faultsOf(guard)).toEqual([]);
    });
  });
}
