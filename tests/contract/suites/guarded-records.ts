import {
  DAY_MS,
  HELD_UNTIL,
  type VisitorSession,
  type WebhookDelivery,
} from '../../../server/domain/index.ts';
import type { Guard } from '../../../server/pipeline/guarded-stores.ts';
import type { EntityStore, RawStores } from '../../../server/ports/index.ts';
import { aVisitorSession, freshId, T0 } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { faultsOf, guardOn } from '../../support/guard.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const LIFE_MS = 30 * DAY_MS;

/** What the guard promises of records that are written all the time, on one technology. */
export function describeGuardedRecords(name: string, open: OpenStores): void {
  describe(`${name}: guarded records of busy kinds`, () => {
    const stores = useStores(open, 'each');
    let clock: FakeClock;
    let guard: Guard;
    const start = (on: RawStores = stores()): Guard => {
      guard?.floors.close();
      return guardOn(on, clock);
    };
    beforeEach(() => {
      clock = new FakeClock(T0);
      guard = start();
    });
    afterEach(() => guard.floors.close());

    const sessions = () => guard.stores.entities.visitorSessions;
    const raw = () => stores().entities.visitorSessions;
    const aSession = (more: Partial<VisitorSession> = {}) =>
      aVisitorSession({ retainFrom: T0, expiresAt: T0 + LIFE_MS, version: 1, ...more });
    const next = (session: VisitorSession, more: Partial<VisitorSession> = {}): VisitorSession => {
      return { ...session, ...more, version: session.version + 1 };
    };
    const refusal = { code: 'record.tampered' };
    const faults = () => faultsOf(guard);
    /** Puts exactly this in the record's place, or nothing. */
    const plant = async (id: string, copy: VisitorSession | undefined) => {
      await raw().delete(id);
      if (copy !== undefined) await raw().insert(copy);
    };
    const stored = async (id: string): Promise<VisitorSession> => {
      const found = await raw().get(id);
      if (found === undefined) throw new Error('it is there');
      return found;
    };

    it.each(['before', 'after'])(
      'finds an older copy and a missing one %s the batch is written',
      async (when) => {
        const session = aSession();
        await sessions().insert(session);
        const older = await stored(session.id);
        expect(await sessions().replace(next(session))).toBe(true);
        if (when === 'after') await guard.floors.writeAll();
        const newest = await stored(session.id);
        for (const copy of [older, undefined]) {
          await plant(session.id, copy);
          await expect(sessions().get(session.id)).rejects.toMatchObject(refusal);
          expect(await faults()).toEqual([`visitorSessions ${copy === undefined ? 'missing' : 'older'}`]);
        }
        await plant(session.id, newest);
        expect(await sessions().get(session.id)).toEqual(next(session));
        if (when === 'before') return;
        guard = start();
        await plant(session.id, older);
        expect(await faults()).toEqual(['visitorSessions older']);
      },
    );

    it('finds one that was deleted and put back, however it was deleted', async () => {
      const [one, two] = [aSession(), aSession()];
      for (const session of [one, two]) await sessions().insert(session);
      await guard.floors.writeAll();
      const copies = [await stored(one.id), await stored(two.id)];
      await sessions().delete(one.id);
      await sessions().deleteWhere({ accountId: two.accountId });
      expect(await faults()).toEqual([]);
      for (const copy of copies) {
        await plant(copy.id, copy);
        await expect(sessions().get(copy.id)).rejects.toMatchObject(refusal);
        expect(await faults()).toEqual(['visitorSessions older']);
        await plant(copy.id, undefined);
      }
    });

    it('takes nothing for tampering after a kill, whatever had not been noted yet', async () => {
      const [made, changed, deleted, gone] = [aSession(), aSession(), aSession(), aSession()];
      for (const session of [changed, deleted, gone]) await sessions().insert(session);
      await guard.floors.writeAll();
      await sessions().insert(made);
      for (let version = 1; version < 4; version += 1)
        await sessions().replace({ ...changed, version: version + 1 });
      await sessions().replace(next(deleted));
      await sessions().delete(deleted.id);
      await sessions().deleteWhere({ accountId: gone.accountId });
      guard = start();
      expect(await faults()).toEqual([]);
      expect(await sessions().get(made.id)).toEqual(made);
      expect(await sessions().get(changed.id)).toEqual({ ...changed, version: 4 });
      expect(await sessions().get(deleted.id)).toBeUndefined();
    });

    it('takes nothing for tampering when a kill came in the middle of a change', async () => {
      const [coming, going] = [aSession(), aSession()];
      await sessions().insert(going);
      await guard.floors.writeAll();
      const { floors } = guard.entities.visitorSessions;
      await floors.begin(coming);
      await floors.unsettle([going.id]);
      guard = start();
      expect(await faults()).toEqual([]);
      await raw().delete(going.id);
      expect(await faults()).toEqual([]);
      for (const session of [coming, { ...going, version: 1 }]) {
        await sessions().insert(session);
        expect(await sessions().get(session.id)).toEqual(session);
      }
    });

    it('gives the id of one that was deleted in the middle of a change to a new one of a lower version', async () => {
      const session = aSession();
      await sessions().insert(session);
      await sessions().replace(next(session));
      await guard.floors.writeAll();
      await guard.entities.visitorSessions.floors.unsettle([session.id]);
      await raw().delete(session.id);
      await sessions().insert(session);
      expect(await sessions().get(session.id)).toEqual(session);
      expect(await faults()).toEqual([]);
    });

    it('follows a retention that is shortened, and misses nothing that has ended', async () => {
      const session = aSession();
      await sessions().insert(session);
      await guard.floors.writeAll();
      await guard.stores.retention.applyTranscriptRetention(session.accountId, 10 * DAY_MS);
      expect((await stored(session.id)).expiresAt).toBe(T0 + 10 * DAY_MS);
      await clock.leap(10 * DAY_MS);
      // As the database's own expiry does it.
      const over = await stored(session.id);
      await raw().delete(session.id);
      expect(await faults()).toEqual([]);
      await raw().insert(over);
      await guard.stores.retention.purge(clock.now(), 100);
      expect(await raw().get(session.id)).toBeUndefined();
      expect(await stores().floors.get('visitorSessions', session.id)).toBeUndefined();
      expect(await faults()).toEqual([]);
    });

    it('keeps the floor of a record whose end was moved on, by the retention or a hold', async () => {
      const prolonged = aSession();
      const held = aSession();
      for (const session of [prolonged, held]) await sessions().insert(session);
      await guard.floors.writeAll();
      await guard.stores.retention.applyTranscriptRetention(prolonged.accountId, 2 * LIFE_MS);
      const holding = { accountId: held.accountId, sessionId: held.id };
      await guard.stores.retention.setSessionEnd({ ...holding, end: 'held' });
      await clock.leap(LIFE_MS + 1);
      expect(await faults()).toEqual([]);
      await guard.stores.retention.purge(clock.now(), 100);
      const endOf = async ({ id }: VisitorSession) => {
        return (await stores().floors.get('visitorSessions', id))?.expiresAt;
      };
      expect(await endOf(prolonged)).toBe(T0 + 2 * LIFE_MS);
      expect(await endOf(held)).toBe(HELD_UNTIL);
      expect(await sessions().get(held.id)).toMatchObject({ id: held.id });
      const copy = await stored(prolonged.id);
      await plant(prolonged.id, undefined);
      expect(await faults()).toEqual(['visitorSessions missing']);
      await plant(prolonged.id, copy);
      await guard.stores.retention.setSessionEnd({ ...holding, end: { retentionMs: LIFE_MS } });
      await raw().delete(held.id);
      expect(await faults()).toEqual([]);
    });

    it('lets deliveries of a conversation end with it, held or not', async () => {
      const deliveries = guard.stores.entities.webhookDeliveries as EntityStore<WebhookDelivery>;
      const delivery = aDelivery();
      const { accountId, conversationId = '' } = delivery;
      await deliveries.insert(delivery);
      await guard.floors.writeAll();
      const end = (expiresAt: number) =>
        guard.stores.retention.setTranscriptEnd({ accountId, conversationId, expiresAt });
      await end(HELD_UNTIL);
      await clock.leap(LIFE_MS + 1);
      await guard.stores.retention.purge(clock.now(), 100);
      expect(await deliveries.get(delivery.id)).toMatchObject({ id: delivery.id });
      await end(T0 + LIFE_MS);
      await stores().entities.webhookDeliveries.delete(delivery.id);
      expect(await faults()).toEqual([]);
    });

    it('leaves the end of a floor before that of its record when a change brings it forward', async () => {
      const session = aSession();
      await sessions().insert(session);
      await guard.floors.writeAll();
      await sessions().replace(next(session, { expiresAt: T0 + DAY_MS }));
      guard = start();
      await clock.leap(DAY_MS);
      await raw().delete(session.id);
      expect(await faults()).toEqual([]);
    });

    it('misses nothing that came while records were being deleted by their fields', async () => {
      const [early, late] = [aSession(), aSession()];
      const inner = raw();
      const deleteWhere: typeof inner.deleteWhere = async (where) => {
        await sessions().insert({ ...late, accountId: early.accountId });
        return inner.deleteWhere(where);
      };
      const visitorSessions: typeof inner = {
        get: (id) => inner.get(id),
        findBy: (field, value) => inner.findBy(field, value),
        list: (query) => inner.list(query),
        insert: (entity) => inner.insert(entity),
        replace: (entity) => inner.replace(entity),
        delete: (id) => inner.delete(id),
        deleteWhere,
      };
      guard = start({ ...stores(), entities: { ...stores().entities, visitorSessions } });
      await sessions().insert(early);
      expect(await sessions().deleteWhere({ accountId: early.accountId })).toBe(2);
      await guard.floors.writeAll();
      expect(await faults()).toEqual([]);
    });
  });
}

function aDelivery(): WebhookDelivery {
  return {
    id: freshId('delivery'),
    accountId: freshId('account'),
    version: 1,
    createdAt: T0,
    updatedAt: T0,
    webhookId: freshId('webhook'),
    conversationId: freshId('conversation'),
    event: 'conversation.closed',
    status: 'pending',
    sealed: '',
    attempts: 0,
    nextAttemptAt: T0,
    leaseUntil: 0,
    retainFrom: T0,
    retentionMs: LIFE_MS,
    expiresAt: T0 + LIFE_MS,
  };
}
