import { Redis } from 'ioredis';
import { createNodeCipher } from '../../../server/adapters/crypto/node-cipher.ts';
import { EntrySeal } from '../../../server/adapters/redis/entry-seal.ts';
import type { Change } from '../../../server/ports/index.ts';
import { until } from '../../support/cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { findRedis, redisUri, startRedis } from '../../support/redis.ts';
import { allHeard, type BareNode, joinCluster, joinTwo, metric, newClusterKey } from './ends.ts';

const LIMIT = { name: 'test', points: 3, windowMs: 60_000, stops: 'a test that goes on too long' };
const TYPING = { conversationId: 'c', from: { kind: 'visitor', id: 's' }, active: true } as const;

type Fields = [id: string, fields: string[]];

/** What nodes tell one another beside notices of changes, and what of it lies in Redis. */
export function describeClusterStream(): void {
  describe('what nodes tell one another', () => {
    let one: BareNode;
    let other: BareNode;
    let key: Uint8Array;
    let close: () => Promise<void>;
    let redis: Redis;
    beforeEach(async () => {
      ({ one, other, key, close } = await joinTwo({ url: redisUri() }));
      redis = new Redis(redisUri());
    });
    afterEach(async () => {
      await close();
      redis.disconnect();
    });

    /** Entries of all streams that a Redis shared by tests has, newest last. */
    async function entries(): Promise<{ stream: string; fields: Fields }[]> {
      const found: { stream: string; fields: Fields }[] = [];
      for (const stream of await redis.keys('engagement:*')) {
        if ((await redis.type(stream)) !== 'stream') continue;
        for (const fields of (await redis.xrange(stream, '-', '+')) as Fields[])
          found.push({ stream, fields });
      }
      return found;
    }

    it('brings live events to the sockets of the other node, in order, and to its own at once', async () => {
      const target = { accountId: 'a', agentId: 'u' };
      one.cluster.broadcaster.toAgent(target, 'typing', TYPING);
      expect(one.calls).toEqual([['toAgent', target, 'typing', TYPING]]);
      one.cluster.broadcaster.toVisitor({ sessionId: 's' }, 'typing', TYPING);
      one.cluster.broadcaster.disconnectAgent('a', 'u');
      await allHeard(one, other);
      expect(other.calls.slice(0, -1)).toEqual([
        ['toAgent', target, 'typing', TYPING],
        ['toVisitor', { sessionId: 's' }, 'typing', TYPING],
        ['disconnectAgent', 'a', 'u'],
      ]);
      await allHeard(other, one);
      expect(one.calls).toHaveLength(5);
    });

    it('knows whether a visitor is connected at another node, and who is followed there', async () => {
      const { broadcaster } = one.cluster;
      const online = ['with one', 'with the other', 'nowhere'].map((id) => broadcaster.visitorOnline(id));
      expect(await Promise.all(online)).toEqual([true, true, false]);
      expect(broadcaster.hasFollowers('a')).toBe(false);
      other.cluster.broadcaster.followVisitors('a', 'socket');
      await until(() => broadcaster.hasFollowers('a'));
      expect(broadcaster.hasFollowers('b')).toBe(false);
    });

    it('hears no more of a node that has left', async () => {
      await other.cluster.close();
      await until(async () => (await metric(one, 'cluster_peers')) === 0);
      expect(await one.cluster.broadcaster.visitorOnline('with the other')).toBe(false);
    });

    it('leaves nothing in Redis that can be read, and nothing passes by in clear', async () => {
      const monitor = await redis.monitor();
      const passed: string[] = [];
      monitor.on('monitor', (_time: string, args: string[]) => passed.push(args.join(' ')));
      const secret = 'planted-secret-4711';
      one.cluster.broadcaster.toAgent({ accountId: secret, agentId: secret }, 'typing', {
        ...TYPING,
        text: secret,
      });
      one.cluster.bus.publish({ kind: 'account', accountId: secret });
      await one.cluster.rateLimiter.take(LIMIT, secret);
      await allHeard(one, other);
      expect(JSON.stringify(other.calls)).toContain(secret);
      await until(
        () => passed.some((line) => /^xadd/i.test(line)) && passed.some((line) => /^eval/i.test(line)),
      );
      const kept = JSON.stringify([await entries(), await redis.keys('*')]);
      expect(kept.length).toBeGreaterThan(100);
      for (const text of [kept, passed.join('\n')]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
      }
      monitor.disconnect();
    });

    it('takes nothing that another hand has written, and nothing twice', async () => {
      const heard: Change[] = [];
      other.cluster.bus.subscribe((change) => heard.push(change));
      const before = new Set((await entries()).map(({ fields: [id] }) => id));
      one.cluster.bus.publish({ kind: 'account', accountId: 'a' });
      await allHeard(one, other);
      const fresh = (await entries()).filter(({ fields: [id] }) => !before.has(id));
      const again = fresh.map(({ stream, fields: [id] }) => ({ stream, id }));
      for (const { stream, id } of again) {
        const [entry] = (await redis.xrangeBuffer(stream, id, id)) as unknown as [Buffer, Buffer[]][];
        const fields = entry?.[1] ?? [];
        await redis.xadd(stream, '*', ...fields);
        await redis.xadd(stream, '*', 'n', 'made-up', 'd', fields[3] as Buffer);
        await redis.xadd(stream, '*', 'strange', 'fields');
      }
      one.cluster.bus.publish({ kind: 'account', accountId: 'b' });
      await allHeard(one, other);
      expect(heard).toEqual([
        { kind: 'account', accountId: 'a' },
        { kind: 'account', accountId: 'b' },
      ]);
      expect(await metric(other, 'cluster_entries_total{outcome="refused"}')).toBeGreaterThan(0);
    });

    it('leaves a stream that ends by itself', async () => {
      await allHeard(one, other);
      const seal = new EntrySeal({ cipher: createNodeCipher(), clusterKey: key, nodeId: 'of the test' });
      expect(await redis.xlen(seal.streamName)).toBeGreaterThan(0);
      const kept = await redis.pttl(seal.streamName);
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThanOrEqual(60_000);
    });

    it('keeps deployments apart that share a Redis', async () => {
      const stranger = await joinCluster({ url: redisUri(), key: newClusterKey() });
      one.cluster.bus.publish({ kind: 'account', accountId: 'a' });
      one.cluster.broadcaster.disconnectSite('s');
      await allHeard(one, other);
      expect(stranger.calls).toEqual([]);
      expect(await metric(stranger, 'cluster_peers')).toBe(0);
      await stranger.cluster.close();
    });

    it('counts limits of both nodes together, and forgets when told', async () => {
      const nodes = [one, other, one, other].map(({ cluster }) => cluster.rateLimiter);
      const answers: number[] = [];
      for (const limiter of nodes) answers.push(await limiter.take(LIMIT, 'key'));
      expect(answers.map((answer) => answer > 0)).toEqual([false, false, false, true]);
      await other.cluster.rateLimiter.reset(LIMIT, 'key');
      expect(await one.cluster.rateLimiter.take(LIMIT, 'key')).toBe(0);
    });
  });

  (findRedis() === undefined ? describe.skip : describe)('without Redis for a while', () => {
    it('waits with what it has to say, counts limits for itself, and tells of what was lost', async () => {
      const clock = new FakeClock();
      let redis = await startRedis();
      const { one, other, close } = await joinTwo({ url: redis.uri, clock });
      const heard: string[] = [];
      other.cluster.bus.subscribe((change) =>
        heard.push('accountId' in change ? change.accountId : change.kind),
      );
      await redis.stop();
      await until(() => !one.cluster.isUp() && !other.cluster.isUp());
      for (const limiter of [one, one, one, one, other]) await limiter.cluster.rateLimiter.take(LIMIT, 'key');
      expect(await one.cluster.rateLimiter.take(LIMIT, 'key')).toBeGreaterThan(0);
      expect(await other.cluster.rateLimiter.take(LIMIT, 'key')).toBe(0);
      expect(await one.cluster.broadcaster.visitorOnline('with the other')).toBe(false);
      one.cluster.bus.publish({ kind: 'account', accountId: 'too old' });
      clock.advance(59_000);
      one.cluster.bus.publish({ kind: 'account', accountId: 'young' });
      clock.advance(2_000);
      redis = await startRedis(redis.port);
      await until(() => one.cluster.isUp() && other.cluster.isUp());
      await allHeard(one, other);
      // Once for the link that came back, once because `one` could not say all.
      expect(heard.filter((told) => told !== 'missed')).toEqual(['young']);
      expect(heard).toHaveLength(3);
      await close();
      await redis.stop();
    });
  });
}
