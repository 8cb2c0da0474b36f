import { type AgentClient, connectAgent, connectNewAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describeOnEveryStore('what happens at the same time, or half', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let admin: AgentClient;
  let anna: AgentClient;

  beforeEach(async () => {
    clock = new FakeClock(Date.now());
    test = await start({ clock });
    admin = await connectAgent(test);
    anna = await connectNewAgent(test, `Anna${clock.now()}`);
  });
  afterEach(async () => {
    admin.close();
    anna.close();
    await test.close();
  });

  /** Lets time pass with round trips in between, so that the store keeps up with a clock that runs faster than it. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await clock.advanceAsync(1_000);
      await admin.emit('chat:list', {});
    }
  };
  const newChat = async () => {
    await clock.advanceAsync(10);
    const visitor = await connectVisitor(test);
    return { visitor, ...(await visitor.emit('chat:start', {})) };
  };
  const annasPresence = () => test.server.stores.presence.get(anna.accountId, anna.userId);
  const stateOf = async ({ visitor, conversationId }: Awaited<ReturnType<typeof newChat>>) =>
    (await visitor.emit('chat:resume', { conversationId, afterSeq: 0 })).status;

  it('C3 frees one slot when both sides close a chat at once', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 3 });
    const chats = [await newChat(), await newChat(), await newChat()];
    const [{ visitor, conversationId } = await newChat()] = chats;
    await Promise.all([
      anna.emit('chat:close', { conversationId }),
      visitor.emit('chat:end', { conversationId }),
      anna.emit('chat:close', { conversationId }),
    ]);
    expect((await annasPresence())?.active).toBe(2);
    for (const chat of chats) chat.visitor.close();
  });

  it('C1 puts chats back into the queue also when their agent had gone offline before leaving', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 3 });
    const chat = await newChat();
    await anna.emit('presence:set', { status: 'offline' });
    await pass(60_000);
    expect(await stateOf(chat)).toBe('active');
    anna.close();
    // Long enough for the server to notice, too, however fast this clock runs.
    await pass(200_000);
    expect(await stateOf(chat)).toBe('queued');
    expect((await annasPresence())?.active).toBe(0);
    chat.visitor.close();
  });

  it('C1 gives the chats of a user who is removed to others at once, and no new ones to them', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 3 });
    const chat = await newChat();
    const { accessToken, accountId } = await test.signIn();
    const removed = await test.call(
      'DELETE',
      `/accounts/${accountId}/users/${anna.userId}`,
      undefined,
      accessToken,
    );
    expect(removed.status).toBe(204);
    expect(await stateOf(chat)).toBe('queued');
    const next = await newChat();
    expect(next.status).toBe('queued');
    await admin.emit('presence:set', { status: 'online', capacity: 5 });
    expect(await stateOf(chat)).toBe('active');
    for (const { visitor } of [chat, next]) visitor.close();
  });

  it('C1 gives the chats of a user who is disabled or loses the role to others at once', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 3 });
    const chat = await newChat();
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/users/${anna.userId}`;
    expect((await test.call('PATCH', path, { roles: ['analyst'] }, accessToken)).status).toBe(200);
    expect(await stateOf(chat)).toBe('queued');
    chat.visitor.close();
  });

  it('C4 does not keep an agent online whose connection failed half-way', async () => {
    const { presence } = test.server.stores;
    const renewLease = presence.renewLease.bind(presence);
    await anna.emit('presence:set', { status: 'online', capacity: 3 });
    anna.close();
    presence.renewLease = () => Promise.reject(new Error('the store is away'));
    const tab = await connectAgent(test, { email: anna.email, password: anna.password });
    await tab.emit('chat:list', {});
    tab.close();
    presence.renewLease = renewLease;
    await pass(200_000);
    expect((await annasPresence())?.status).toBe('offline');
  });

  it('P8 takes no message with a key that was read while it was being destroyed', async () => {
    const { dataKeys, messages } = test.server.stores;
    const chat = await newChat();
    const { visitor, conversationId } = chat;
    await visitor.emit('message:send', { conversationId, clientId: 'one', text: 'before' });
    const destroy = dataKeys.destroy.bind(dataKeys);
    dataKeys.destroy = async (id) => {
      // The visitor's own record has a key too, which goes later.
      if (id === conversationId) {
        await visitor.emit('message:send', { conversationId, clientId: 'two', text: 'in the middle' });
      }
      return destroy(id);
    };
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/conversations/${conversationId}`;
    expect((await test.call('DELETE', path, undefined, accessToken)).status).toBe(200);
    expect(await messages.last(conversationId)).toBeUndefined();
    await expect(
      visitor.emit('message:send', { conversationId, clientId: 'three', text: 'after' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    visitor.close();
  });

  it('C3 gives the slot back when a chat is erased that an agent took meanwhile', async () => {
    await anna.emit('presence:set', { status: 'away', capacity: 3 });
    const { visitor, conversationId } = await newChat();
    const { dataKeys } = test.server.stores;
    const destroy = dataKeys.destroy.bind(dataKeys);
    dataKeys.destroy = async (id) => {
      if (id === conversationId) await anna.emit('chat:accept', { conversationId });
      return destroy(id);
    };
    const { accessToken, accountId } = await test.signIn();
    await test.call(
      'DELETE',
      `/accounts/${accountId}/conversations/${conversationId}`,
      undefined,
      accessToken,
    );
    expect((await annasPresence())?.active).toBe(0);
    visitor.close();
  });

  it('keeps the profiles of all visitors although one of them cannot be written at first', async () => {
    const { profiles } = test.server.stores;
    const { visitors } = test.server.features;
    const chats = [await newChat(), await newChat()];
    for (const { visitor } of chats) await visitor.emit('page:view', { url: 'https://shop.example/late' });
    const put = profiles.put.bind(profiles);
    let failures = 0;
    profiles.put = async (record) => {
      if (failures++ === 0) throw new Error('the store is away');
      return put(record);
    };
    await visitors.keepChanged();
    await visitors.keepChanged();
    const { accessToken, accountId } = await test.signIn();
    for (const { conversationId, visitor } of chats) {
      const path = `/accounts/${accountId}/conversations/${conversationId}?include=profile`;
      const { body } = await test.call<{ profile: { pages: { url: string }[] } }>(
        'GET',
        path,
        undefined,
        accessToken,
      );
      expect(body.profile.pages.map(({ url }) => url)).toEqual(['https://shop.example/late']);
      visitor.close();
    }
  });
});

describe('a stop, and handshakes', () => {
  it('ends although messages keep coming in', async () => {
    const test = await startTestServer();
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    const { messages } = test.server.stores;
    const append = messages.append.bind(messages);
    let sent = 0;
    const sendNext = () => {
      sent += 1;
      visitor.socket.emit('message:send', { conversationId, clientId: `c${sent}`, text: `line ${sent}` });
    };
    messages.append = async (batch) => {
      // What is emitted before an answered event has arrived when its answer has.
      sendNext();
      await visitor.emitRaw('page:activity', {});
      if (sent > 200) throw new Error('the stop never came to its end');
      return append(batch);
    };
    sendNext();
    await visitor.emitRaw('page:activity', {});
    await test.close();
    expect(sent).toBeLessThan(20);
    visitor.close();
  });

  it('counts a handshake that only looks like the request of a session', async () => {
    const env = { RATE_LIMIT_FACTOR: '1', HANDSHAKES_PER_MINUTE: '5' };
    const test = await startTestServer({ env });
    const statuses = [];
    for (let index = 0; index < 7; index += 1) {
      const answer = await fetch(`${test.url}/socket.io/?EIO=4&transport=polling&xsid=1`);
      statuses.push(answer.status);
      await answer.body?.cancel();
    }
    await test.close();
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
  });
});
