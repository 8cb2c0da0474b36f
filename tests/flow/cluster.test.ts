import { connectAgent, connectNewAgent, connectVisitor } from '../support/clients.ts';
import { clusterSkipReason, startCluster, type TestCluster, until } from '../support/cluster.ts';
import { mongoDatabases } from '../support/mongodb.ts';
import { redisUri } from '../support/redis.ts';
import type { TestServer } from '../support/server.ts';
import { administratorOf, chatAcross, joinSession, newMessage, refusalOf } from './cluster-support.ts';

const skip = clusterSkipReason();

(skip === undefined ? describe : describe.skip)(skip ?? 'two nodes of one cluster', () => {
  const databases = mongoDatabases();
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;
  const open: { close(): void }[] = [];
  beforeEach(async () => {
    cluster = await startCluster(databases, { redis: redisUri() });
    [a, b] = cluster.nodes as [TestServer, TestServer];
  }, 60_000);
  afterEach(async () => {
    for (const client of open.splice(0)) client.close();
    await cluster.close();
  });
  afterAll(() => databases.close(), 60_000);

  async function chat(at: { agent: TestServer; visitor: TestServer }) {
    const chat = await chatAcross(at);
    open.push(chat.agent, chat.visitor);
    return chat;
  }

  it('visitor and agent on different nodes see each other live, and one transcript has it all (P1)', async () => {
    const { agent, visitor, conversationId } = await chat({ agent: a, visitor: b });
    await visitor.emit('typing', { conversationId, active: true, text: 'hel' });
    await agent.next('typing', ({ text }) => text === 'hel');
    for (const number of [1, 3, 5]) {
      const asked = newMessage(conversationId, `question ${number}`);
      expect((await visitor.emit('message:send', asked)).seq).toBe(number);
      await agent.next('message:new', ({ text }) => text === asked.text);
      const answered = newMessage(conversationId, `answer ${number}`);
      expect((await agent.emit('message:send', answered)).seq).toBe(number + 1);
      await visitor.next('message:new', ({ text }) => text === answered.text);
    }
    await agent.emit('message:seen', { conversationId, seq: 5 });
    await visitor.next('message:seen', ({ seq }) => seq === 5);
    const { messages } = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('an agent sees a visitor of another node as there, until their last socket at any node is gone', async () => {
    const { agent, visitor, session, conversationId } = await chat({ agent: a, visitor: b });
    const { items } = await agent.emit('chat:list', {});
    expect(items.map(({ id, visitorOnline }) => [id, visitorOnline])).toEqual([[conversationId, true]]);
    const other = await joinSession(a, session);
    const seenOnline = () => agent.all('chat:update').map(({ visitorOnline }) => visitorOnline);
    const before = seenOnline().length;
    visitor.close();
    await agent.next('chat:update', () => seenOnline().length > before);
    expect(seenOnline().slice(before)).toEqual([true]);
    other.close();
    await agent.next('chat:update', ({ visitorOnline }) => visitorOnline === false);
  });

  it('P5: of two agents who accept at two nodes at once exactly one succeeds', async () => {
    const call = await administratorOf(a);
    expect((await call('PATCH', '/settings', { routing: { assignment: 'manual' } })).status).toBe(200);
    const agents = [await connectNewAgent(a, 'Anna'), await connectAgent(b)];
    open.push(...agents);
    for (const agent of agents) await agent.emit('presence:set', { status: 'online', capacity: 50 });
    for (const node of [a, b, a, b, a, b]) {
      const visitor = await connectVisitor(node);
      open.push(visitor);
      const { conversationId } = await visitor.emit('chat:start', {});
      await Promise.all(agents.map((agent) => agent.next('chat:offered', ({ id }) => id === conversationId)));
      const accepted = agents.map((agent) => refusalOf(agent.emit('chat:accept', { conversationId })));
      expect((await Promise.all(accepted)).sort()).toEqual(['conversation.taken', 'taken']);
    }
  });

  it('P3: the same client id sent to two nodes at once is stored once, and answered alike', async () => {
    const { visitor, session, conversationId } = await chat({ agent: a, visitor: a });
    const other = await joinSession(b, session);
    open.push(other);
    for (let round = 0; round < 10; round += 1) {
      const message = newMessage(conversationId, `round ${round}`);
      const sent = [visitor, other].map((client) => client.emit('message:send', message));
      const [first, second] = await Promise.all(sent);
      expect(second).toEqual(first);
    }
    const { messages } = await other.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('P1: what both nodes write at once keeps one order without gaps', async () => {
    const { agent, visitor, conversationId } = await chat({ agent: a, visitor: b });
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    await Promise.all([
      ...numbers.map((n) => agent.emit('message:send', newMessage(conversationId, `agent ${n}`))),
      ...numbers.map((n) => visitor.emit('message:send', newMessage(conversationId, `visitor ${n}`))),
    ]);
    const { messages } = await agent.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const ofVisitor = messages.filter(({ from }) => from.kind === 'visitor').map(({ text }) => text);
    expect(ofVisitor).toEqual(numbers.map((n) => `visitor ${n}`));
  });

  it('P4: a number split over messages that went through two nodes is found', async () => {
    const { agent, visitor, session, conversationId } = await chat({ agent: a, visitor: b });
    // The lane of node A is at hand before the first part is written at node B.
    await agent.emit('message:send', newMessage(conversationId, 'hello'));
    await visitor.emit('message:send', newMessage(conversationId, 'my card 4111 1111 11'));
    const moved = await joinSession(a, session);
    open.push(moved);
    await moved.emit('message:send', newMessage(conversationId, '11 1111 it is'));
    await agent.next('message:update', ({ text }) => !/\d/.test(text));
    await agent.emit('message:send', newMessage(conversationId, 'thanks'));
    const { messages } = await agent.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages).toHaveLength(4);
    expect(messages.map(({ text }) => text).join('\n')).not.toMatch(/\d/);
  });

  it('an erasure at one node ends the chat at the other, and nothing more is stored', async () => {
    const { visitor, session, conversationId } = await chat({ agent: a, visitor: b });
    await visitor.emit('page:view', { url: 'https://shop.example/shoes' });
    await visitor.emit('message:send', newMessage(conversationId, 'to be erased'));
    expect(b.server.features.live.get(session.sessionId)?.pages).toHaveLength(1);
    const call = await administratorOf(a);
    expect((await call('DELETE', `/conversations/${conversationId}`)).status).toBe(200);
    await visitor.next('chat:update', ({ status }) => status === 'closed');
    await until(() => b.server.pipeline.lanes.peek(conversationId) === undefined);
    await until(() => b.server.features.live.get(session.sessionId)?.pages.length === 0);
    expect(await refusalOf(visitor.emit('message:send', newMessage(conversationId, 'late')))).toBe(
      'not_found',
    );
    expect(await b.server.stores.messages.last(conversationId)).toBeUndefined();
    expect(await b.server.stores.dataKeys.get(conversationId)).toBeUndefined();
  });

  it('a chat that was closed at one node is closed at the other', async () => {
    const { agent, visitor, conversationId } = await chat({ agent: a, visitor: b });
    await visitor.emit('message:send', newMessage(conversationId, 'before'));
    await agent.emit('chat:close', { conversationId });
    await visitor.next('chat:update', ({ status }) => status === 'closed');
    const late = visitor.emit('message:send', newMessage(conversationId, 'after'));
    expect(await refusalOf(late)).toBe('conversation.closed');
  });

  it('a role taken away at one node counts at once on sockets of the other, and who is put out is cut off', async () => {
    const call = await administratorOf(a);
    const anna = await connectNewAgent(b, 'Anna');
    open.push(anna);
    expect((await call('PATCH', `/users/${anna.userId}`, { roles: ['analyst'] })).status).toBe(200);
    await anna.next('access:update');
    expect(await refusalOf(anna.emit('presence:set', { status: 'online' }))).toBe('forbidden');
    const cut = new Promise<void>((resolve) => anna.socket.once('disconnect', () => resolve()));
    expect((await call('DELETE', `/users/${anna.userId}`)).status).toBeLessThan(300);
    await cut;
  });

  it('a redaction rule made at one node takes out at the other', async () => {
    const { visitor, conversationId } = await chat({ agent: a, visitor: b });
    const told = await visitor.emit('message:send', newMessage(conversationId, 'the word is heffalump'));
    expect(told.text).toBe('the word is heffalump');
    const call = await administratorOf(a);
    const rule = { name: 'heffalumps', pattern: 'heffalump', enabled: true };
    expect((await call('POST', '/redaction-rules', rule)).status).toBe(201);
    await until(async () => {
      const { text } = await visitor.emit('message:send', newMessage(conversationId, 'heffalump again'));
      return !text.includes('heffalump');
    });
  });

  it('sealing a transcript anew at one node while the other writes leaves one whole chain', async () => {
    const { agent, visitor, conversationId } = await chat({ agent: a, visitor: b });
    await visitor.emit('message:send', newMessage(conversationId, 'heffalump 0'));
    const call = await administratorOf(b);
    for (let round = 0; round < 5; round += 1) {
      const rule = { name: `rule ${round}`, pattern: `heffalump ${round}`, enabled: true };
      expect((await call('POST', '/redaction-rules', rule)).status).toBe(201);
      const rescan = call('POST', '/redaction-rescans');
      for (let n = 0; n < 10; n += 1) {
        await agent.emit('message:send', newMessage(conversationId, `${round}.${n}`));
      }
      await agent.emit('message:send', newMessage(conversationId, `heffalump ${round + 1}`));
      expect((await rescan).status).toBe(201);
      await b.server.features.rescans.whenIdle();
      await agent.emit('message:send', newMessage(conversationId, 'and on'));
    }
    const { messages } = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages).toHaveLength(61);
    expect(messages.map(({ text }) => text).join()).not.toContain('heffalump 0');
  });
});
