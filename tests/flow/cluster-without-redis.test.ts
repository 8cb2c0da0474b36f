import { connectAgent } from '../support/clients.ts';
import { clusterSkipReason, gauge, startCluster, type TestCluster, until } from '../support/cluster.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { mongoDatabases } from '../support/mongodb.ts';
import { findRedis, type RedisServer, startRedis } from '../support/redis.ts';
import type { TestServer } from '../support/server.ts';
import { administratorOf, type ChatAcross, chatAcross, newMessage, refusalOf } from './cluster-support.ts';

const GRACE_MS = 10_000;

const skip = clusterSkipReason() ?? (findRedis() === undefined ? 'no redis-server to kill' : undefined);

(skip === undefined ? describe : describe.skip)(skip ?? 'a cluster whose Redis is killed', () => {
  const databases = mongoDatabases();
  let clock: FakeClock;
  let redis: RedisServer;
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;
  let chat: ChatAcross;
  beforeEach(async () => {
    clock = new FakeClock(Date.now());
    redis = await startRedis();
    cluster = await startCluster(databases, { redis: redis.uri, clock });
    [a, b] = cluster.nodes as [TestServer, TestServer];
    chat = await chatAcross({ agent: a, visitor: b });
  }, 60_000);
  afterEach(async () => {
    for (const client of [chat.agent, chat.visitor]) client.close();
    await cluster.close();
    await redis.stop();
  });
  afterAll(() => databases.close(), 60_000);

  const say = (text: string) => newMessage(chat.conversationId, text);

  async function linkIs(value: number): Promise<void> {
    for (const node of [a, b]) await until(async () => (await gauge(node, 'cluster_link')) === value);
  }

  async function killRedis(): Promise<void> {
    await redis.stop();
    await linkIs(0);
  }

  it('loses no acknowledged message, shows those of meanwhile when it is back, and goes on', async () => {
    const { agent, visitor, conversationId } = chat;
    await visitor.emit('message:send', say('before'));
    await agent.next('message:new', ({ text }) => text === 'before');
    await killRedis();
    expect((await visitor.emit('message:send', say('meanwhile'))).seq).toBe(2);
    expect((await agent.emit('message:send', say('meanwhile too'))).seq).toBe(3);
    const ready = await fetch(`${a.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ok: true, reasons: [], degraded: ['redis_unavailable'] },
    ]);
    redis = await startRedis(redis.port);
    await linkIs(1);
    await agent.next('message:new', ({ text }) => text === 'meanwhile');
    await visitor.next('message:new', ({ text }) => text === 'meanwhile too');
    await visitor.emit('message:send', say('after'));
    await agent.next('message:new', ({ text }) => text === 'after');
    const { messages } = await agent.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ seq, text }) => `${seq} ${text}`)).toEqual([
      '1 before',
      '2 meanwhile',
      '3 meanwhile too',
      '4 after',
    ]);
    expect(await (await fetch(`${a.url}/health/ready`)).json()).toEqual({ ok: true, reasons: [] });
  });

  it('before that: an agent who closes one of two windows, at two nodes, keeps the lease of the other', async () => {
    const { agent } = chat;
    const call = await administratorOf(a);
    expect((await call('PATCH', '/settings', { routing: { agentGraceMs: GRACE_MS } })).status).toBe(200);
    const other = await connectAgent(b);
    await other.next('presence:update');
    clock.advance(1_000);
    agent.close();
    const { accountId, userId } = agent;
    const leaseMs = async () =>
      ((await a.server.stores.presence.get(accountId, userId))?.leaseUntil ?? 0) - clock.now();
    // From 29 s it was shortened to the grace period, and renewed by the other node at once; no timer has run.
    await until(async () => (await leaseMs()) === 30_000);
    other.close();
    await until(async () => (await leaseMs()) === GRACE_MS);
  });

  it('an erasure reaches the other node by the store within ten seconds, and its chat ends', async () => {
    const { visitor, session, conversationId } = chat;
    await visitor.emit('page:view', { url: 'https://shop.example/shoes' });
    await visitor.emit('message:send', say('to be erased'));
    await b.server.features.keeper.flush();
    await killRedis();
    const call = await administratorOf(a);
    expect((await call('DELETE', `/conversations/${conversationId}`)).status).toBe(200);
    expect(b.server.pipeline.lanes.peek(conversationId)).toBeDefined();
    await clock.advanceAsync(10_000);
    await visitor.next('chat:update', ({ status }) => status === 'closed');
    await until(() => b.server.pipeline.lanes.peek(conversationId) === undefined);
    await until(() => b.server.features.live.get(session.sessionId)?.pages.length === 0);
    expect(await refusalOf(visitor.emit('message:send', say('late')))).toBe('not_found');
  });

  it('a message to a conversation that was erased a moment ago at the other node is refused and not kept', async () => {
    const { visitor, conversationId } = chat;
    await visitor.emit('message:send', say('to be erased'));
    await killRedis();
    const call = await administratorOf(a);
    expect((await call('DELETE', `/conversations/${conversationId}`)).status).toBe(200);
    expect(b.server.pipeline.lanes.peek(conversationId)?.gone).toBe(false);
    expect(await refusalOf(visitor.emit('message:send', say('late')))).toBe('not_found');
    expect(await b.server.stores.messages.last(conversationId)).toBeUndefined();
    expect(b.server.pipeline.lanes.peek(conversationId)).toBeUndefined();
  });

  it('what an erased visitor did is not written again by a node that has not heard of it', async () => {
    const { agent, visitor, session, conversationId } = chat;
    await visitor.emit('page:view', { url: 'https://shop.example/shoes' });
    await b.server.features.keeper.flush();
    await agent.emit('chat:close', { conversationId });
    await visitor.next('chat:update', ({ status }) => status === 'closed');
    await killRedis();
    const call = await administratorOf(a);
    expect((await call('DELETE', `/conversations/${conversationId}`)).status).toBe(200);
    await visitor.emit('page:activity', { scrollDepth: 50 });
    await b.server.features.keeper.flush();
    await b.server.pipeline.drain();
    expect(b.server.features.live.get(session.sessionId)?.pages).toEqual([]);
    expect(await b.server.stores.entities.visitorRecords.get(session.sessionId)).toBeUndefined();
  });

  it('a rule made at one node takes out at the other within ten seconds', async () => {
    const { visitor } = chat;
    await visitor.emit('message:send', say('heffalump'));
    await killRedis();
    const call = await administratorOf(a);
    const rule = { name: 'heffalumps', pattern: 'heffalump', enabled: true };
    expect((await call('POST', '/redaction-rules', rule)).status).toBe(201);
    expect((await visitor.emit('message:send', say('heffalump again'))).text).toContain('heffalump');
    await clock.advanceAsync(10_000);
    await until(async () => {
      const { text } = await visitor.emit('message:send', say('and again, heffalump'));
      return !text.includes('heffalump');
    });
  });

  it('a chat that was closed at one node takes one message more at the other, at the most', async () => {
    const { agent, visitor, conversationId } = chat;
    await visitor.emit('message:send', say('before'));
    await killRedis();
    await agent.emit('chat:close', { conversationId });
    await visitor.emit('message:send', say('does not know yet'));
    expect(await refusalOf(visitor.emit('message:send', say('knows')))).toBe('conversation.closed');
  });

  it('a transcript that was sealed anew at one node is written on by the other as one chain', async () => {
    const { agent, visitor, conversationId } = chat;
    await visitor.emit('message:send', say('heffalump'));
    await agent.emit('message:send', say('pardon?'));
    await killRedis();
    const call = await administratorOf(b);
    const rule = { name: 'heffalumps', pattern: 'heffalump', enabled: true };
    expect((await call('POST', '/redaction-rules', rule)).status).toBe(201);
    expect((await call('POST', '/redaction-rescans')).status).toBe(201);
    await b.server.features.rescans.whenIdle();
    await agent.emit('message:send', say('what is it'));
    await agent.emit('message:send', say('you said?'));
    await a.server.pipeline.anchors.writeAll();
    const { messages } = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ text }) => text)).toEqual(['████', 'pardon?', 'what is it', 'you said?']);
    const page = await call('GET', `/conversations/${conversationId}?include=messages`);
    expect(page.status).toBe(200);
  });
});
