import type { AgentPresence, KeptPresence } from '../../../server/domain/index.ts';
import type { GuardedPresence } from '../../../server/pipeline/guarded-presence.ts';
import { aPresence, freshId, T0 } from '../../support/builders.ts';
import { presenceOn } from '../../support/presence.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What every presence store promises, above all that no agent gets more chats than they can take. */
export function describePresenceStore(name: string, open: OpenStores): void {
  describe(`${name}: presence store`, () => {
    const stores = useStores(open);
    let guarded: GuardedPresence | undefined;
    const store = () => {
      guarded ??= presenceOn(stores().presence).presence;
      return guarded;
    };
    const put = async (presence: AgentPresence): Promise<AgentPresence> => {
      const { active: _active, ...intent } = presence;
      return await store().put(intent);
    };
    const get = ({ accountId, agentId }: AgentPresence) => store().get(accountId, agentId);
    const take = ({ accountId, agentId }: AgentPresence, more: { now?: number; force?: boolean } = {}) =>
      store().takeSlot({ accountId, agentId, now: T0, ...more });

    it('starts with no slot taken and keeps the slots when intent or lease change', async () => {
      const presence = aPresence();
      expect(await put(presence)).toEqual(presence);
      expect(await get(presence)).toEqual(presence);
      expect(await take(presence)).toBe(true);
      const away = {
        ...presence,
        name: 'Bo',
        status: 'away' as const,
        capacity: 2,
        leaseUntil: T0 + 5,
        active: 1,
      };
      expect(await put(away)).toEqual(away);
      expect(await get(presence)).toEqual(away);
      expect(await store().get(freshId('account'), presence.agentId)).toBeUndefined();
    });

    it('keeps the slots that are taken while intent is written', async () => {
      const presence = aPresence({ capacity: 100 });
      await put(presence);
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? take(presence) : put(presence))),
      );
      expect((await get(presence))?.active).toBe(10);
    });

    it('lists the agents of one account', async () => {
      const accountId = freshId('account');
      const agents = Array.from({ length: 5 }, () => aPresence({ accountId }));
      for (const agent of agents) await put(agent);
      await put(aPresence());
      const byId = (a: AgentPresence, b: AgentPresence) => (a.agentId < b.agentId ? -1 : 1);
      expect([...(await store().list(accountId))].sort(byId)).toEqual([...agents].sort(byId));
    });

    it.each([1, 7])('never goes over a capacity of %i with 50 who take at once', async (capacity) => {
      const presence = aPresence({ capacity });
      await put(presence);
      const taken = await Promise.all(Array.from({ length: 50 }, () => take(presence)));
      expect(taken.filter(Boolean)).toHaveLength(capacity);
      expect((await get(presence))?.active).toBe(capacity);
      await store().releaseSlot(presence.accountId, presence.agentId);
      expect(await take(presence)).toBe(true);
      expect(await take(presence)).toBe(false);
    });

    it('gives no slot of an agent who is away, offline, without a lease or unknown', async () => {
      for (const presence of [aPresence({ status: 'away' }), aPresence({ status: 'offline' })]) {
        await put(presence);
        expect(await take(presence)).toBe(false);
      }
      const leased = aPresence();
      await put(leased);
      expect(await take(leased, { now: leased.leaseUntil + 1 })).toBe(false);
      expect(await take(leased, { now: leased.leaseUntil - 1 })).toBe(true);
      expect(await take(aPresence())).toBe(false);
    });

    it('counts a forced slot whatever the state', async () => {
      const presence = aPresence({ status: 'away', capacity: 1, leaseUntil: T0 - 1 });
      await put(presence);
      expect(await take(presence, { force: true })).toBe(true);
      expect(await take(presence, { force: true })).toBe(true);
      expect((await get(presence))?.active).toBe(2);
    });

    it('never goes below zero', async () => {
      const presence = aPresence();
      await put(presence);
      await take(presence);
      await Promise.all(
        Array.from({ length: 5 }, () => store().releaseSlot(presence.accountId, presence.agentId)),
      );
      expect((await get(presence))?.active).toBe(0);
    });

    it('corrects the count unless it moved meanwhile', async () => {
      const presence = aPresence();
      const { accountId, agentId } = presence;
      await put(presence);
      await take(presence);
      expect(await store().correctActive({ accountId, agentId, seen: 0, counted: 3 })).toBe(false);
      expect(await store().correctActive({ accountId, agentId, seen: 1, counted: 3 })).toBe(true);
      expect((await get(presence))?.active).toBe(3);
      expect(await store().correctActive({ accountId, agentId: freshId('agent'), seen: 0, counted: 1 })).toBe(
        false,
      );
    });

    it('renews leases of the named agents of one account', async () => {
      const accountId = freshId('account');
      const [one, two, three] = [
        aPresence({ accountId }),
        aPresence({ accountId }),
        aPresence({ accountId }),
      ];
      for (const agent of [one, two, three]) await put(agent);
      const foreign = aPresence({ agentId: one.agentId });
      await put(foreign);
      const leaseUntil = T0 + 99_000;
      await store().renewLease({ accountId, agentIds: [one.agentId, two.agentId], leaseUntil });
      await store().renewLease({ accountId, agentIds: [], leaseUntil: 1 });
      expect((await get(one))?.leaseUntil).toBe(leaseUntil);
      expect((await get(two))?.leaseUntil).toBe(leaseUntil);
      expect(await get(three)).toEqual(three);
      expect(await get(foreign)).toEqual(foreign);
    });

    it('names agents whose lease ended and who are not offline or have chats still, up to the limit', async () => {
      const early = T0 - 1_000_000;
      const gone = [
        aPresence({ leaseUntil: early }),
        aPresence({ leaseUntil: early, status: 'away' }),
        aPresence({ leaseUntil: early + 1 }),
      ];
      const others = [
        aPresence({ leaseUntil: early, status: 'offline' }),
        aPresence({ leaseUntil: early + 10 }),
      ];
      const left = aPresence({ leaseUntil: early + 2, status: 'offline' });
      for (const presence of [...gone, ...others, left]) await put(presence);
      await store().takeSlot({ ...left, now: early, force: true });
      gone.push(left);
      const expired = await store().expired(early + 5, 100);
      expect(expired.map(({ agentId }) => agentId).sort()).toEqual(gone.map(({ agentId }) => agentId).sort());
      expect(await store().expired(early + 5, 2)).toHaveLength(2);
    });

    it('never goes over a capacity that several processes fill at once', async () => {
      const presence = aPresence({ capacity: 3 });
      await put(presence);
      const nodes = Array.from({ length: 4 }, () => presenceOn(stores().presence).presence);
      const { accountId, agentId } = presence;
      const taken = await Promise.all(
        [0, 1].flatMap(() => nodes.map((node) => node.takeSlot({ accountId, agentId, now: T0 }))),
      );
      expect(taken.filter(Boolean)).toHaveLength(3);
      expect((await get(presence))?.active).toBe(3);
    });

    const FORGED: readonly [string, Partial<KeptPresence>][] = [
      ['the intent', { status: 'offline' }],
      ['the lease', { leaseUntil: T0 + 9_999_999 }],
      ['the number of chats', { active: 0 }],
      ['the capacity', { capacity: 99 }],
      ['the version', { version: 77 }],
    ];
    it.each(FORGED)('notices that %s was altered, and puts it right', async (_what, forged) => {
      const { presence: node, logger } = presenceOn(stores().presence);
      const written = aPresence({ capacity: 2 });
      const { accountId, agentId } = written;
      const other = aPresence({ accountId });
      for (const { active: _active, ...intent } of [written, other]) await node.put(intent);
      await node.takeSlot({ accountId, agentId, now: T0 });
      const kept = await stores().presence.get(accountId, agentId);
      if (kept === undefined) throw new Error('it is there');
      await stores().presence.force({ ...kept, ...forged });
      const byId = (a: AgentPresence, b: AgentPresence) => (a.agentId < b.agentId ? -1 : 1);
      const right = [{ ...written, active: 1 }, other].sort(byId);
      expect(await node.list(accountId)).toEqual(right);
      expect(logger.lines).toMatchObject([
        { fields: { kind: 'agentPresence', recordId: agentId, fault: 'altered' } },
      ]);
      expect(await node.list(accountId)).toEqual(right);
      expect(logger.lines).toHaveLength(1);
      expect(await presenceOn(stores().presence).presence.get(accountId, agentId)).toEqual(
        right.find((one) => one.agentId === agentId),
      );
    });

    it('notices one that was put back from before, was taken away, or is another agent’s', async () => {
      const { presence: node, logger } = presenceOn(stores().presence);
      const records = stores().presence;
      const [one, two] = [aPresence({ capacity: 2 }), aPresence()];
      const { accountId, agentId } = one;
      for (const { active: _active, ...intent } of [one, two]) await node.put(intent);
      const older = await records.get(accountId, agentId);
      const foreign = await records.get(two.accountId, two.agentId);
      if (older === undefined || foreign === undefined) throw new Error('both are there');
      await node.takeSlot({ accountId, agentId, now: T0 });
      const now = { ...one, active: 1 };
      const attacks = [
        () => records.force(older),
        () => records.deleteAccount(accountId),
        () => records.force({ ...foreign, accountId, agentId }),
      ];
      for (const attack of attacks) {
        await attack();
        expect(await node.get(accountId, agentId)).toEqual(now);
        expect(await node.list(accountId)).toEqual([now]);
      }
      expect(logger.lines.map(({ fields }) => fields?.fault)).toEqual(['older', 'missing', 'altered']);
    });

    it('takes one that nobody remembers for an agent who is gone, and has their chats looked for', async () => {
      const written = aPresence({ leaseUntil: T0 + 9_000_000 });
      await put(written);
      const { accountId, agentId } = written;
      const kept = await stores().presence.get(accountId, agentId);
      if (kept === undefined) throw new Error('it is there');
      await stores().presence.force({ ...kept, leaseUntil: T0 - 2_000_000 });
      const { presence: restarted, logger } = presenceOn(stores().presence);
      const gone = { accountId, agentId, status: 'offline', leaseUntil: 0 };
      expect(await restarted.list(accountId)).toMatchObject([gone]);
      expect(logger.lines).toHaveLength(1);
      expect((await restarted.expired(1, 100)).map((one) => one.agentId)).toContain(agentId);
      const { active: _active, ...intent } = written;
      expect(await restarted.put(intent)).toMatchObject({ status: 'online', capacity: written.capacity });
      expect(logger.lines).toHaveLength(1);
    });

    it('misses no agent of an account that another process has erased', async () => {
      let isThere = true;
      const { presence: node, logger } = presenceOn(stores().presence, async () => isThere);
      const { active: _active, ...intent } = aPresence();
      await node.put(intent);
      isThere = false;
      await presenceOn(stores().presence).presence.deleteAccount(intent.accountId);
      expect(await node.list(intent.accountId)).toEqual([]);
      expect(await node.get(intent.accountId, intent.agentId)).toBeUndefined();
      expect(logger.lines).toEqual([]);
      expect(await stores().presence.list(intent.accountId)).toEqual([]);
    });

    it('deletes the agents of one account', async () => {
      const [one, two, foreign] = [aPresence(), aPresence(), aPresence()];
      const { accountId } = one;
      for (const presence of [one, { ...two, accountId }, foreign]) await put(presence);
      expect(await store().deleteAccount(accountId)).toBe(2);
      expect(await store().deleteAccount(accountId)).toBe(0);
      expect(await store().list(accountId)).toEqual([]);
      expect(await store().list(foreign.accountId)).toHaveLength(1);
    });
  });
}
