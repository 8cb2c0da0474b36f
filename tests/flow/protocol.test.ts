import type { Socket } from 'socket.io-client';
import {
  type AgentEvents,
  ERRORS,
  type ServerToAgent,
  type ServerToVisitor,
  type VisitorEvents,
  type VisitorSession,
  type WireError,
} from '../../shared/protocol/index.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectNewAgent,
  connectVisitor,
  TestClient,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

type Refused = Error & { data: WireError };

/** Rules of docs/PROTOCOL.md, by their numbers, that no other test is about. */
describeOnEveryStore('the socket protocol', (start) => {
  let test: TestServer;
  let agent: AgentClient;
  let visitor: VisitorClient;
  let token: string;
  let conversationId: string;
  const opened: Socket[] = [];

  /** A further tab of the same visitor. */
  const visitorTab = async (): Promise<TestClient<VisitorEvents, ServerToVisitor>> => {
    const socket = await connect(`${test.url}/visitor`, { token });
    opened.push(socket);
    return new TestClient(socket);
  };
  const agentTab = async (): Promise<TestClient<AgentEvents, ServerToAgent>> => {
    const { accessToken, accountId } = await test.signIn();
    const socket = await connect(`${test.url}/agent`, { token: accessToken, accountId });
    opened.push(socket);
    return new TestClient(socket);
  };
  const refusalOf = async (namespace: string, auth: Record<string, unknown>): Promise<Refused> =>
    connect(`${test.url}${namespace}`, auth).then(
      () => Promise.reject(new Error('the handshake was not refused')),
      (error: Refused) => error,
    );

  beforeAll(async () => {
    test = await start();
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    const session: VisitorSession = await test.openVisitorSession();
    token = session.token;
    visitor = Object.assign(await visitorTab(), { sessionId: session.sessionId, token: session.token });
    conversationId = (await visitor.emit('chat:start', {})).conversationId;
  });
  afterEach(() => {
    agent.close();
    for (const socket of opened.splice(0)) socket.disconnect();
  });

  it('H1 takes a session token on /visitor, an access token and account on /agent, and neither on the other', async () => {
    const { accessToken, accountId } = await test.signIn();
    expect((await visitorTab()).socket.connected).toBe(true);
    expect((await agentTab()).socket.connected).toBe(true);
    for (const [namespace, auth] of [
      ['/visitor', { token: accessToken }],
      ['/agent', { token, accountId }],
      ['/agent', { token: accessToken }],
    ] as const) {
      expect((await refusalOf(namespace, auth)).data.code).toBe('auth.required');
    }
  });

  it('H2 refuses a handshake with a code, a sentence and whether trying again helps', async () => {
    const { accessToken } = await test.signIn();
    const nowhere = { token: accessToken, accountId: 'no-such-account' };
    for (const [namespace, auth, code] of [
      ['/visitor', {}, 'auth.required'],
      ['/visitor', { token: 'nonsense' }, 'auth.required'],
      ['/agent', nowhere, 'not_found'],
    ] as const) {
      const { data } = await refusalOf(namespace, auth);
      expect(data).toEqual({ code, message: expect.any(String), retryable: ERRORS[code].retryable });
    }
  });

  it('E1 acknowledges every event with its data or an error, and takes one without an acknowledgement', async () => {
    const message = { conversationId, clientId: 'e1', text: 'hello' };
    expect(await visitor.emitRaw('page:activity', {})).toEqual({ ok: true, data: {} });
    expect(await agent.emitRaw('queue:list', {})).toEqual({ ok: true, data: { items: expect.any(Array) } });
    visitor.socket.emit('message:send', message);
    expect((await agent.next('message:new', ({ text }) => text === 'hello')).seq).toBe(1);
    const refused = await visitor.emitRaw('chat:rate', { conversationId: 'another', score: 1 });
    expect(refused).toEqual({
      ok: false,
      error: { code: 'not_found', message: expect.any(String), retryable: false },
    });
  });

  it('E2 answers bad_request with the paths of the faults and never with a value', async () => {
    const typed = 'what-was-typed';
    const malformed: [string, object, string[]][] = [
      ['message:send', { conversationId, clientId: { typed }, text: [typed] }, ['clientId', 'text']],
      ['chat:resume', { conversationId, afterSeq: typed }, ['afterSeq']],
      ['profile:update', { fields: { shoeSize: [typed] } }, ['fields.shoeSize']],
    ];
    for (const [name, payload, paths] of malformed) {
      const answer = await visitor.emitRaw(name, payload);
      expect(answer).toMatchObject({ ok: false, error: { code: 'bad_request' } });
      const { errors } = (answer as { error: WireError }).error;
      expect(errors?.map(({ path }) => path).sort()).toEqual(paths);
      expect(JSON.stringify(answer)).not.toContain(typed);
    }
    for (const client of [visitor, agent]) {
      expect(await client.emitRaw(typed, {})).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    }
  });

  it('E4 answers not_found for a conversation of someone else, as for one that never was', async () => {
    const stranger = await connectVisitor(test);
    opened.push(stranger.socket);
    for (const [name, rest] of [
      ['message:send', { clientId: 'x', text: 'let me in' }],
      ['chat:resume', { afterSeq: 0 }],
      ['typing', { active: true }],
      ['chat:end', {}],
    ] as const) {
      const theirs = await stranger.emitRaw(name, { conversationId, ...rest });
      expect(theirs).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(theirs).toEqual(await stranger.emitRaw(name, { conversationId: 'never-was', ...rest }));
    }
  });

  it('M1 counts notes in seq and leaves them out for the visitor', async () => {
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'one' });
    await agent.emit('note:add', { conversationId, clientId: '2', text: 'two, for staff' });
    await agent.emit('message:send', { conversationId, clientId: '3', text: 'three' });
    expect(await visitor.next('message:new')).toMatchObject({ seq: 3, text: 'three' });
    const [theirs, ours] = await Promise.all([
      visitor.emit('chat:resume', { conversationId, afterSeq: 0 }),
      agent.emit('chat:resume', { conversationId, afterSeq: 0 }),
    ]);
    expect(theirs.messages.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(ours.messages.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'text'],
      [2, 'note'],
      [3, 'text'],
    ]);
  });

  it('M2 acknowledges the text as stored, counts what was taken out and names its kinds', async () => {
    const text = 'card 4111 1111 1111 1111, again 4111 1111 1111 1111, number 19811218-9876';
    const sent = await visitor.emit('message:send', { conversationId, clientId: '1', text });
    const { messages } = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages[0]).toMatchObject({ id: sent.id, seq: sent.seq, text: sent.text, redacted: 3 });
    expect(sent.redacted).toBe(3);
    expect(sent.removed.map(({ count }) => count).sort()).toEqual([1, 2]);
    expect(sent.removed.every(({ name }) => name.length > 0)).toBe(true);
    expect(sent.text).not.toMatch(/4111|9876/);
  });

  it("M3 shows a message to the other side and the sender's other sockets, with clientId for the sender only", async () => {
    const [visitorsOther, agentsOther] = [await visitorTab(), await agentTab()];
    await visitor.emit('message:send', { conversationId, clientId: 'from-visitor', text: 'question' });
    await agent.emit('message:send', { conversationId, clientId: 'from-agent', text: 'answer' });
    const shown = async (
      client: TestClient<object, { 'message:new': { text: string } }>,
      texts: string[],
    ) => {
      for (const text of texts) await client.next('message:new', (message) => message.text === text);
      const all = client.all('message:new') as { text: string; clientId?: string }[];
      return all.filter(({ text }) => ['question', 'answer'].includes(text)).map((m) => [m.text, m.clientId]);
    };
    expect(await shown(visitorsOther, ['question', 'answer'])).toEqual([
      ['question', 'from-visitor'],
      ['answer', undefined],
    ]);
    expect(await shown(agentsOther, ['question', 'answer'])).toEqual([
      ['question', undefined],
      ['answer', 'from-agent'],
    ]);
    // Both have the other's line, so their own would have come by now.
    expect(await shown(visitor, ['answer'])).toEqual([['answer', undefined]]);
    expect(await shown(agent, ['question'])).toEqual([['question', undefined]]);
  });

  it('M3 shows the original to the live agent alone where the account says so, and the stored text after', async () => {
    const { accessToken, accountId } = await test.signIn();
    const apply = async (applyTo: 'store' | 'store-and-delivery') => {
      const change = { redaction: { applyTo } };
      const { status } = await test.call('PATCH', `/accounts/${accountId}/settings`, change, accessToken);
      expect(status).toBe(200);
    };
    await apply('store');
    try {
      const own = await connectVisitor(test);
      opened.push(own.socket);
      const chat = await own.emit('chat:start', {});
      const text = 'card 4111 1111 1111 1111';
      const sent = await own.emit('message:send', {
        conversationId: chat.conversationId,
        clientId: '1',
        text,
      });
      const shown = await agent.next(
        'message:new',
        (message) => message.conversationId === chat.conversationId,
      );
      expect([shown.text, shown.redacted]).toEqual([text, 1]);
      const ref = { conversationId: chat.conversationId, afterSeq: 0 };
      for (const client of [own, agent] as VisitorClient[]) {
        expect((await client.emit('chat:resume', ref)).messages.map((m) => m.text)).toEqual([sent.text]);
      }
      expect(sent.text).not.toMatch(/\d/);
    } finally {
      await apply('store-and-delivery');
    }
  });

  it('M4 replaces a text that was shown when a later message completes what must not be kept', async () => {
    const first = await visitor.emit('message:send', { conversationId, clientId: '1', text: '4111 1111 11' });
    expect(first.redacted).toBe(0);
    const second = await visitor.emit('message:send', { conversationId, clientId: '2', text: '11 1111' });
    expect(second.redacted).toBe(1);
    for (const client of [visitor, agent] as TestClient<object, ServerToVisitor>[]) {
      const update = await client.next('message:update', ({ conversationId: id }) => id === conversationId);
      expect(update).toMatchObject({ seq: first.seq, redacted: 1 });
      expect(update.text).not.toMatch(/\d/);
    }
    const { messages } = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ text }) => text).join('')).not.toMatch(/\d/);
  });

  it('R1 gives every later message and the whole state to who comes back', async () => {
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'one' });
    visitor.close();
    await agent.emit('message:seen', { conversationId, seq: 1 });
    await agent.emit('message:send', { conversationId, clientId: '2', text: 'two' });
    const back = await visitorTab();
    expect(await back.emit('chat:resume', { conversationId, afterSeq: 1 })).toMatchObject({
      messages: [{ seq: 2, text: 'two' }],
      status: 'active',
      agent: { id: agent.userId },
      seenSeq: 1,
    });
    await agent.emit('chat:close', { conversationId });
    const resumed = await back.emit('chat:resume', { conversationId, afterSeq: 2 });
    expect(resumed).toMatchObject({ messages: [], status: 'closed' });
  });

  it('R1 tells who waits their place in the queue', async () => {
    const idle = await connectNewAgent(test, `Idle${Date.now()}`);
    opened.push(idle.socket);
    await agent.emit('presence:set', { status: 'away' });
    const waiting = await connectVisitor(test);
    opened.push(waiting.socket);
    const chat = await waiting.emit('chat:start', {});
    const ref = { conversationId: chat.conversationId, afterSeq: 0 };
    expect(await waiting.emit('chat:resume', ref)).toMatchObject({ status: 'queued', queuePosition: 1 });
    await waiting.emit('chat:end', { conversationId: chat.conversationId });
  });

  it('R2 takes again what was not acknowledged, and keeps it once', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => ({
      conversationId,
      clientId: `line-${index}`,
      text: `line ${index}`,
    }));
    // The connection goes in the middle: some of these arrive, none is acknowledged to the client.
    for (const line of lines) visitor.socket.emit('message:send', line);
    await agent.next('message:new', ({ text }) => text === 'line 0');
    visitor.socket.io.engine.close();
    const back = await visitorTab();
    for (const line of lines) await back.emit('message:send', line);
    const { messages } = await back.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ seq, text }) => [seq, text])).toEqual(
      lines.map(({ text }, index) => [index + 1, text]),
    );
  });
});
