import type { AppendOutcome, MessageStore } from '../../server/ports/index.ts';
import type { AgentEvents, ServerToAgent, SignIn, VisitorSession } from '../../shared/protocol/index.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectVisitor,
  TestClient,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

describeOnEveryStore('the promises under trouble', (start) => {
  let test: TestServer;
  let messages: MessageStore;
  let append: MessageStore['append'];
  let agent: AgentClient;
  let visitor: VisitorClient;
  let conversationId: string;

  beforeAll(async () => {
    test = await start();
    messages = test.server.stores.messages;
    append = messages.append.bind(messages);
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    visitor = await connectVisitor(test);
    ({ conversationId } = await visitor.emit('chat:start', {}));
  });
  afterEach(() => {
    messages.append = append;
    agent.close();
    visitor.close();
  });

  const newTexts = () =>
    agent
      .all('message:new')
      .filter((message) => message.conversationId === conversationId)
      .map(({ text }) => text);
  const kept = async () =>
    (await visitor.emit('chat:resume', { conversationId, afterSeq: 0 })).messages.map(({ seq, text }) => [
      seq,
      text,
    ]);

  it('P2 shows a message to nobody and acks it to nobody before the store has it', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let writing = (): void => {};
    const began = new Promise<void>((resolve) => {
      writing = resolve;
    });
    messages.append = async (batch) => {
      writing();
      await held;
      return append(batch);
    };
    let acked = false;
    const sending = visitor
      .emit('message:send', { conversationId, clientId: '1', text: 'not yet' })
      .then((sent) => {
        acked = true;
        return sent;
      });
    await began;
    await agent.emit('chat:list', {});
    expect([acked, newTexts()]).toEqual([false, []]);
    release();
    await sending;
    await agent.next('message:new', ({ text }) => text === 'not yet');
  });

  it('P2 shows nothing of a message that could not be stored, and takes it when the store is back', async () => {
    messages.append = () => Promise.reject(new Error('the disk is gone'));
    const message = { conversationId, clientId: '1', text: 'lost and found' };
    await expect(visitor.emit('message:send', message)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(newTexts()).toEqual([]);
    messages.append = append;
    expect(await visitor.emit('message:send', message)).toMatchObject({ seq: 1 });
    await agent.next('message:new', ({ text }) => text === 'lost and found');
    expect(await kept()).toEqual([[1, 'lost and found']]);
  });

  it('P1 stores once what was written although the answer was lost', async () => {
    let lost = 0;
    messages.append = async (batch) => {
      const outcomes = await append(batch);
      if (lost++ === 0) throw new Error('the answer was lost');
      return outcomes;
    };
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'one' });
    await visitor.emit('message:send', { conversationId, clientId: '2', text: 'two' });
    expect(await kept()).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    expect(newTexts()).toEqual(['one', 'two']);
  });

  it('P1 takes up the chain behind another writer and keeps everything in one order', async () => {
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'one' });
    let conflicts = 0;
    messages.append = async (batch): Promise<readonly AppendOutcome[]> => {
      if (conflicts++ > 2) return append(batch);
      return batch.map(() => ({ kind: 'conflict' }));
    };
    const sent = await Promise.all(
      ['2', '3', '4'].map((clientId) =>
        visitor.emit('message:send', { conversationId, clientId, text: clientId }),
      ),
    );
    expect(sent.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect((await kept()).map(([seq]) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('P1 lets one conversation fail alone when its record cannot be written', async () => {
    const other = await connectVisitor(test);
    const { conversationId: otherId } = await other.emit('chat:start', {});
    messages.append = (batch) =>
      batch.some(({ record }) => record.conversationId === conversationId)
        ? Promise.reject(new Error('this one cannot be written'))
        : append(batch);
    const [bad, good] = await Promise.allSettled([
      visitor.emit('message:send', { conversationId, clientId: '1', text: 'bad' }),
      other.emit('message:send', { conversationId: otherId, clientId: '1', text: 'good' }),
    ]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    other.close();
  });

  it('P6 answers not_found for every id of another account, over REST and sockets', async () => {
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'ours alone' });
    const { accessToken, accountId } = await test.signIn();
    const admin = {
      email: `other${Date.now()}@example.com`,
      name: 'Other',
      password: 'another long password',
    };
    const made = await test.call(
      'POST',
      '/accounts',
      { name: 'Other', siteKey: `s${Date.now()}`, admin },
      accessToken,
    );
    expect(made.status).toBe(201);
    const login = (await test.call<SignIn>('POST', '/auth/login', admin)).status;
    expect(login).toBe(422);
    const { email, password } = admin;
    const { body } = await test.call<SignIn>('POST', '/auth/login', { email, password });
    const foreign = { token: body.accessToken, accountId: String(made.body.id) };
    const socket = await connect(`${test.url}/agent`, foreign);
    const stranger = new TestClient<AgentEvents, ServerToAgent>(socket);
    const events: [keyof AgentEvents, object][] = [
      ['chat:accept', {}],
      ['chat:close', {}],
      ['chat:resume', { afterSeq: 0 }],
      ['message:send', { clientId: 'x', text: 'hello' }],
      ['note:add', { clientId: 'y', text: 'hello' }],
      ['typing', { active: true }],
      ['message:seen', { seq: 1 }],
      ['chat:tag', { tags: ['t'] }],
      ['chat:case', { caseId: 'c' }],
    ];
    for (const [name, payload] of events) {
      const answer = await stranger.emitRaw(name, { conversationId, ...payload });
      expect([name, answer]).toMatchObject([name, { ok: false, error: { code: 'not_found' } }]);
    }
    expect((await stranger.emit('queue:list', {})).items).toEqual([]);
    for (const path of [
      `/accounts/${accountId}/settings`,
      `/accounts/${foreign.accountId}/conversations/${conversationId}`,
    ]) {
      expect((await test.call('GET', path, undefined, body.accessToken)).status).toBe(404);
    }
    await expect(connect(`${test.url}/agent`, { ...foreign, accountId })).rejects.toMatchObject({
      data: { code: 'not_found' },
    });
    stranger.close();
  });

  it('P3 gives every first ack again after a restart and a new connection, however many are sent again', async () => {
    const session: VisitorSession = await test.openVisitorSession();
    const first = await connectVisitor(test, session.visitorToken);
    const chat = await first.emit('chat:start', {});
    const lines = Array.from({ length: 45 }, (_, line) => ({
      conversationId: chat.conversationId,
      clientId: `line ${line}`,
      text: `remember line ${line}`,
    }));
    const acked = await Promise.all(lines.map((line) => first.emit('message:send', line)));
    first.close();
    await test.close({ keepData: true });
    test = await start({ dataDir: test.dataDir });
    messages = test.server.stores.messages;
    append = messages.append.bind(messages);
    let writes = 0;
    messages.append = (batch) => {
      writes += 1;
      return append(batch);
    };
    const second = await connectVisitor(test, session.visitorToken);
    const fresh = { conversationId: chat.conversationId, clientId: 'new', text: 'and this' };
    const again = await Promise.all([...lines, fresh].map((line) => second.emit('message:send', line)));
    expect(again.slice(0, -1)).toEqual(acked);
    expect(writes).toBeLessThan(lines.length / 2);
    const resumed = await second.emit('chat:resume', { conversationId: chat.conversationId, afterSeq: 0 });
    expect(resumed.messages.map(({ text }) => text)).toEqual([...lines, fresh].map(({ text }) => text));
    second.close();
  });
});
