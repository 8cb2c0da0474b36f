import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, WireRedactionRescan } from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type RedactionAdmin, redactionAdmin } from './redaction-support.ts';

/** More than one step of a re-scan. */
const CHATS = 25;
const ADDRESS = 'maja.lindqvist@post.example';

describeOnEveryStore('a re-scan', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;
  let visitor: VisitorClient;

  const enter = async (options?: Parameters<typeof start>[0]): Promise<void> => {
    test = await start(options);
    admin = await redactionAdmin(test);
  };
  const leave = async (options?: { keepData?: boolean }): Promise<void> => {
    await test.close(options);
  };
  beforeAll(() => enter());
  afterAll(() => leave());
  beforeEach(async () => {
    await admin.builtin('email', { enabled: false });
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    visitor = await connectVisitor(test);
  });
  /** The next one counts its own chats alone. */
  afterEach(async () => {
    agent.close();
    visitor.close();
    const { items } = (await admin.call<Page<{ id: string }>>('GET', '/conversations?limit=200')).body;
    await Promise.all(items.map(({ id }) => admin.call('DELETE', `/conversations/${id}`)));
  });

  const begin = () => admin.call<WireRedactionRescan>('POST', '/redaction-rescans');
  const look = async (id: string) =>
    (await admin.call<WireRedactionRescan>('GET', `/redaction-rescans/${id}`)).body;
  const finished = async (id: string) => {
    await test.server.features.rescans.whenIdle();
    const rescan = await look(id);
    expect(rescan.status).toBe('done');
    return rescan;
  };
  const set = (id: string, status: string) =>
    admin.call<WireRedactionRescan>('PATCH', `/redaction-rescans/${id}`, { status });
  const say = (conversationId: string, clientId: string, text: string) =>
    visitor.emit('message:send', { conversationId, clientId, text });
  /** Lets no re-scan get on, however fast the store is, until the answer is called. */
  const holdResealing = (): (() => void) => {
    const { messages } = test.server.stores;
    const reseal = messages.reseal.bind(messages);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    messages.reseal = async (changes) => {
      await held;
      return reseal(changes);
    };
    return letGo;
  };

  it('takes out of stored transcripts what a new rule matches, and leaves the raw text nowhere', async () => {
    await visitor.emit('page:view', { url: `https://shop.example/?mail=${ADDRESS}`, title: `Hi ${ADDRESS}` });
    const { conversationId } = await visitor.emit('chat:start', { prechat: { contact: ADDRESS } });
    await say(conversationId, '1', 'hello');
    await say(conversationId, '2', `write to ${ADDRESS} please`);
    await agent.emit('note:add', { conversationId, clientId: 'n', text: `asked by ${ADDRESS}` });
    await agent.emit('chat:tag', { conversationId, tags: [ADDRESS, 'vip'] });
    await agent.emit('message:send', { conversationId, clientId: 'a', text: 'done' });
    expect(JSON.stringify(await admin.transcript(conversationId))).toContain(ADDRESS);
    await admin.builtin('email', { enabled: true });
    const { status, body } = await begin();
    expect([status, body.total]).toEqual([201, 1]);
    expect(await finished(body.id)).toMatchObject({ total: 1, scanned: 1, changed: 1, failed: 0 });
    const kept = await admin.transcript(conversationId);
    expect(JSON.stringify(kept)).not.toContain('maja.lindqvist');
    expect(kept.messages?.map(({ seq, redacted }) => [seq, redacted])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 0],
    ]);
    expect(kept.tags).toEqual(['████', 'vip']);
    for (const name of readdirSync(test.dataDir, { recursive: true, encoding: 'utf8' })) {
      const path = join(test.dataDir, name);
      if (statSync(path).isFile())
        expect([name, readFileSync(path).includes(ADDRESS)]).toEqual([name, false]);
    }
  });

  it('corrects every open screen and no note on the visitor side, and the chat goes on', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await say(conversationId, '1', `I am ${ADDRESS}`);
    await agent.emit('note:add', { conversationId, clientId: 'n', text: `it is ${ADDRESS}` });
    await admin.builtin('email', { enabled: true });
    const { body } = await begin();
    const sending = Array.from({ length: 40 }, (_, index) =>
      say(conversationId, `m${index}`, `line ${index}`),
    );
    expect(await visitor.next('message:update')).toMatchObject({ seq: 1, text: 'I am ████', redacted: 1 });
    expect(await agent.next('message:update', ({ seq }) => seq === 1)).toMatchObject({ text: 'I am ████' });
    expect(await agent.next('message:update', ({ seq }) => seq === 2)).toMatchObject({ text: 'it is ████' });
    await Promise.all(sending);
    await finished(body.id);
    expect(visitor.all('message:update').map(({ seq }) => seq)).toEqual([1]);
    const kept = await admin.transcript(conversationId);
    expect(kept.messages).toHaveLength(42);
    expect(JSON.stringify(kept)).not.toContain('maja.lindqvist');
    const resumed = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(resumed.messages[0]?.text).toBe('I am ████');
  });

  it('does not let what it took out come back with a number that was split over messages', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await say(conversationId, '1', `${ADDRESS} and 811218`);
    await admin.builtin('email', { enabled: true });
    await finished((await begin()).body.id);
    await say(conversationId, '2', '-9876');
    await visitor.next('message:update', ({ seq, redacted }) => seq === 1 && redacted === 2);
    const kept = JSON.stringify(await admin.transcript(conversationId));
    expect(kept).not.toMatch(/maja|811218|9876/);
  });

  it('takes out what a sender spread over messages before the rule was there', async () => {
    await admin.builtin('se-personnummer', { enabled: false });
    const { conversationId } = await visitor.emit('chat:start', {});
    await say(conversationId, '1', 'it is 811218');
    await say(conversationId, '2', '-9876');
    await admin.builtin('se-personnummer', { enabled: true });
    await finished((await begin()).body.id);
    expect(JSON.stringify((await admin.transcript(conversationId)).messages)).not.toMatch(/811218|9876/);
  });

  it('changes nothing a second time, also in a chat that was closed long before', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await say(conversationId, '1', `I am ${ADDRESS}`);
    await agent.emit('chat:close', { conversationId });
    await admin.builtin('email', { enabled: true });
    expect(await finished((await begin()).body.id)).toMatchObject({ changed: 1 });
    const before = await admin.transcript(conversationId);
    expect(await finished((await begin()).body.id)).toMatchObject({ scanned: 1, changed: 0, failed: 0 });
    expect(await admin.transcript(conversationId)).toEqual(before);
    const page = await admin.call<Page<WireRedactionRescan>>('GET', '/redaction-rescans?limit=1');
    expect(page.body.items).toMatchObject([{ changed: 0 }]);
    expect(page.body.nextCursor).toBeDefined();
  });

  it('is paused, goes on after a restart only when it ran, and is cancelled', async () => {
    const ids: string[] = [];
    for (let index = 0; index < CHATS; index += 1) {
      const { conversationId } = await visitor.emit('chat:start', {});
      await say(conversationId, '1', `I am ${ADDRESS}`);
      await visitor.emit('chat:end', { conversationId });
      ids.push(conversationId);
    }
    await admin.builtin('email', { enabled: true });
    const letGo = holdResealing();
    const { id, total } = (await begin()).body;
    expect(total).toBe(CHATS);
    expect((await begin()).status).toBe(409);
    expect((await set(id, 'paused')).body).toMatchObject({ status: 'paused' });
    letGo();
    await test.server.features.rescans.whenIdle();
    const paused = await look(id);
    expect([paused.status, paused.scanned < CHATS]).toEqual(['paused', true]);
    await leave({ keepData: true });
    await enter({ dataDir: test.dataDir });
    expect(await look(id)).toEqual(paused);
    expect((await set(id, 'running')).status).toBe(200);
    await leave({ keepData: true });
    await enter({ dataDir: test.dataDir });
    expect(await finished(id)).toMatchObject({ scanned: CHATS, failed: 0 });
    for (const conversationId of ids) {
      expect(JSON.stringify(await admin.transcript(conversationId))).not.toContain('maja.lindqvist');
    }
    expect(await set(id, 'paused')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const next = (await begin()).body;
    const cancelled = await set(next.id, 'cancelled');
    if (cancelled.status === 200) expect((await look(next.id)).status).toBe('cancelled');
    else expect(cancelled.status).toBe(409);
  }, 60_000);

  it('holds its anchors when the server stops between writing them and sealing anew', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await say(conversationId, '1', `I am ${ADDRESS}`);
    await agent.emit('chat:close', { conversationId });
    await admin.builtin('email', { enabled: true });
    const { stores } = test.server;
    const anchor = stores.conversations.anchor.bind(stores.conversations);
    const reseal = stores.messages.reseal.bind(stores.messages);
    let sealedAnew = false;
    stores.messages.reseal = async (records) => {
      sealedAnew = true;
      return reseal(records);
    };
    // As if the process ended when the transcript was sealed anew.
    stores.conversations.anchor = async (anchors) => {
      if (sealedAnew) throw new Error('stopped');
      await anchor(anchors);
    };
    await finished((await begin()).body.id);
    expect(sealedAnew).toBe(true);
    stores.conversations.anchor = anchor;
    stores.messages.reseal = reseal;
    expect(JSON.stringify(await admin.transcript(conversationId))).not.toContain('maja.lindqvist');
  });

  it('keeps the chain whole when settings change and a line comes in while a transcript is sealed anew', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await say(conversationId, '1', `I am ${ADDRESS}`);
    await admin.builtin('email', { enabled: true });
    const { stores } = test.server;
    const reseal = stores.messages.reseal.bind(stores.messages);
    let sending: Promise<unknown> = Promise.resolve();
    stores.messages.reseal = async (records) => {
      await admin.call('PATCH', '/settings', { timeZone: 'UTC' });
      sending = say(conversationId, '2', 'still here');
      // Time enough for the line to be written, were it not made to wait.
      for (let turn = 0; turn < 500; turn += 1) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      return reseal(records);
    };
    await finished((await begin()).body.id);
    stores.messages.reseal = reseal;
    await sending;
    const { messages } = await admin.transcript(conversationId);
    expect(messages?.map(({ text }) => text)).toEqual(['I am ████', 'still here']);
  });

  it('is for those who may change rules, and only in their own account', async () => {
    const other = await test.call(
      'GET',
      '/accounts/elsewhere/redaction-rescans',
      undefined,
      (await test.signIn()).accessToken,
    );
    expect([403, 404]).toContain(other.status);
    expect((await test.call('POST', `/accounts/${admin.accountId}/redaction-rescans`)).status).toBe(401);
    expect((await admin.call('GET', '/redaction-rescans/none')).status).toBe(404);
    expect((await set('none', 'paused')).status).toBe(404);
  });
});
