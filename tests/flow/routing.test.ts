import { type AgentClient, connectAgent, connectNewAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { TestServer } from '../support/server.ts';

/** A lease lasts 30 seconds or longer and is renewed every 10. */
const RENEWED_FOR_MS = 19_000;

describeOnEveryStore('routing', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let anna: AgentClient;
  let bo: AgentClient;

  beforeEach(async () => {
    clock = new FakeClock(Date.now());
    test = await start({ clock });
    anna = await connectNewAgent(test, `Anna${clock.now()}`);
    bo = await connectNewAgent(test, `Bo${clock.now()}`);
  });
  afterEach(async () => {
    anna.close();
    bo.close();
    await test.close();
  });

  /**
   * Lets time pass, and the store keep up with a clock that runs faster than it: the lease of the connected agent is
   * renewed before the clock goes on.
   */
  const pass = async (ms: number, agent: AgentClient) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await clock.advanceAsync(1_000);
      do await agent.emit('chat:list', {});
      while ((await leaseOf(agent)) < clock.now() + RENEWED_FOR_MS);
    }
  };
  const leaseOf = async ({ accountId, userId }: AgentClient) =>
    (await test.server.stores.presence.get(accountId, userId))?.leaseUntil ?? 0;
  /** The server has noticed that the agent's last socket is gone: the grace period runs from now. */
  const seenLeaving = async (agent: AgentClient) => {
    const graceEndsAt = clock.now() + 30_000;
    for (;;) {
      const presence = await test.server.stores.presence.get(agent.accountId, agent.userId);
      if (presence?.leaseUntil === graceEndsAt) return;
      await bo.emit('chat:list', {});
    }
  };
  const newChat = async () => {
    // No two chats arrive in the same millisecond, so that the order of arrival is known.
    await clock.advanceAsync(10);
    const visitor = await connectVisitor(test);
    const chat = await visitor.emit('chat:start', {});
    return { visitor, ...chat };
  };

  it('C3 gives each chat to the free agent with the fewest, within capacity, and queues the rest', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 2 });
    await bo.emit('presence:set', { status: 'online', capacity: 1 });
    const chats = [];
    for (let index = 0; index < 5; index += 1) chats.push(await newChat());
    expect(chats.map(({ status }) => status)).toEqual(['active', 'active', 'active', 'queued', 'queued']);
    const owners = chats.slice(0, 3).map(({ agent }) => agent?.id);
    expect(owners.filter((id) => id === anna.userId)).toHaveLength(2);
    expect(owners.filter((id) => id === bo.userId)).toHaveLength(1);
    expect(chats.slice(3).map(({ queuePosition }) => queuePosition)).toEqual([1, 2]);
    for (const { visitor } of chats) visitor.close();
  });

  it('C3 gives the next in line to whoever becomes free, in order of arrival', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 1 });
    const first = await newChat();
    const second = await newChat();
    const third = await newChat();
    await anna.emit('chat:close', { conversationId: first.conversationId });
    await second.visitor.next('chat:update', ({ status }) => status === 'active');
    await clock.advanceAsync(1_000);
    await third.visitor.next('chat:update', ({ queuePosition }) => queuePosition === 1);
    for (const { visitor } of [first, second, third]) visitor.close();
  });

  it('C3 leaves assignment to the agents where the account says so', async () => {
    const { accessToken, accountId } = await test.signIn();
    const manual = { routing: { assignment: 'manual' } };
    expect((await test.call('PATCH', `/accounts/${accountId}/settings`, manual, accessToken)).status).toBe(
      200,
    );
    await anna.emit('presence:set', { status: 'online', capacity: 1 });
    const chat = await newChat();
    expect(chat.status).toBe('queued');
    await anna.next('chat:offered', ({ id }) => id === chat.conversationId);
    expect((await bo.emit('queue:list', {})).items.map(({ id }) => id)).toContain(chat.conversationId);
    await anna.emit('chat:accept', { conversationId: chat.conversationId });
    const next = await newChat();
    await expect(anna.emit('chat:accept', { conversationId: next.conversationId })).rejects.toMatchObject({
      code: 'agent.at_capacity',
    });
    for (const { visitor } of [chat, next]) visitor.close();
    await test.call(
      'PATCH',
      `/accounts/${accountId}/settings`,
      { routing: { assignment: 'automatic' } },
      accessToken,
    );
  });

  it('C1 puts a chat back into the queue when its agent stays away, and another agent gets it', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 5 });
    const chat = await newChat();
    expect(chat.agent?.id).toBe(anna.userId);
    await bo.emit('presence:set', { status: 'online', capacity: 5 });
    await clock.advanceAsync(1_000);
    anna.close();
    await seenLeaving(anna);
    await pass(25_000, bo);
    expect(
      (await chat.visitor.emit('chat:resume', { conversationId: chat.conversationId, afterSeq: 0 })).agent
        ?.id,
    ).toBe(anna.userId);
    await pass(20_000, bo);
    await bo.next('chat:assigned', ({ id }) => id === chat.conversationId);
    chat.visitor.close();
  });

  it('C4 keeps presence as the agent set it when a second tab comes and goes', async () => {
    await anna.emit('presence:set', { status: 'online', capacity: 3 });
    const credentials = { email: anna.email, password: anna.password };
    const tab = await connectAgent(test, credentials);
    tab.close();
    await pass(60_000, anna);
    const chat = await newChat();
    expect(chat.status).toBe('active');
    chat.visitor.close();
  });

  it('C2 makes one conversation of two starts at once', async () => {
    const visitor = await connectVisitor(test);
    const starts = await Promise.all(Array.from({ length: 8 }, () => visitor.emit('chat:start', {})));
    expect(new Set(starts.map(({ conversationId }) => conversationId)).size).toBe(1);
    visitor.close();
  });
});
