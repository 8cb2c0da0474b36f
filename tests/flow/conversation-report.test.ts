import type {
  ConversationReport,
  Page,
  WireAuditEntry,
  WireDepartment,
} from '../../shared/protocol/index.ts';
import { connectNewAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

describeOnEveryStore('the report of conversations', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let client: AccountClient;

  beforeAll(async () => {
    clock = new FakeClock(Date.now());
    test = await start({ clock });
    client = accountClient(test, await test.signIn());
    await client.call('PATCH', '/settings', { routing: { assignment: 'manual' } });
  });
  afterAll(() => test.close());

  const report = async () =>
    (await client.call<ConversationReport & { code?: string }>('GET', '/reports/conversations')).body;

  it('counts volumes, waiting, handling and ratings, by agent and department', async () => {
    expect(await report()).toMatchObject({ total: { started: 0, closed: 0 }, days: [], agents: [] });
    const help = (await client.call<WireDepartment>('POST', '/departments', { name: 'Help' })).body;
    const anna = await connectNewAgent(test, 'Anna');
    const bo = await connectNewAgent(test, 'Bo');
    for (const agent of [anna, bo]) await agent.emit('presence:set', { status: 'online', capacity: 3 });
    const visitor = await connectVisitor(test);
    const chat = async (departmentId?: string) =>
      (await visitor.emit('chat:start', { departmentId })).conversationId;
    const pass = (ms: number) => clock.advanceAsync(ms);

    const first = await chat(help.id);
    await pass(2_000);
    await anna.emit('chat:accept', { conversationId: first });
    await pass(1_000);
    await anna.emit('chat:transfer', { conversationId: first, toAgentId: bo.userId });
    await pass(4_000);
    await bo.emit('chat:close', { conversationId: first });
    await visitor.emit('chat:rate', { conversationId: first, score: 2 });
    await visitor.emit('chat:rate', { conversationId: first, score: 5 });

    const second = await chat();
    await pass(6_000);
    await anna.emit('chat:accept', { conversationId: second });
    await pass(500);
    await anna.emit('chat:close', { conversationId: second });
    await visitor.emit('chat:rate', { conversationId: second, score: 4 });

    const left = await chat();
    await visitor.emit('chat:end', { conversationId: left });

    const { total, days, agents, departments } = await report();
    expect(total).toEqual({
      ...{ started: 3, taken: 2, closed: 3, abandoned: 1, handled: 2, rated: 2 },
      ...{ averageWaitMs: 4_000, longestWaitMs: 6_000, averageHandlingMs: 2_250, averageRating: 4.5 },
    });
    expect(days).toEqual([{ day: new Date(clock.now()).toISOString().slice(0, 10), ...total }]);
    expect(new Map(agents.map((agent) => [agent.name, agent]))).toEqual(
      new Map([
        [
          'Anna',
          expect.objectContaining({ agentId: anna.userId, taken: 2, closed: 1, averageHandlingMs: 500 }),
        ],
        ['Bo', expect.objectContaining({ taken: 0, closed: 1, averageHandlingMs: 4_000, averageRating: 5 })],
      ]),
    );
    expect(departments).toEqual([
      expect.objectContaining({ departmentId: help.id, name: 'Help', started: 1, closed: 1 }),
    ]);
    const { body } = await client.call<Page<WireAuditEntry>>('GET', '/audit-log?action=report.read');
    expect(body.items.length).toBeGreaterThan(0);
    for (const one of [visitor, anna, bo]) one.close();
  });

  it('is for a range of days', async () => {
    const from = new Date(clock.now() + 86_400_000).toISOString();
    const later = await client.call<ConversationReport>('GET', `/reports/conversations?from=${from}`);
    expect([later.status, later.body.days]).toEqual([200, []]);
    expect((await report()).total.started).toBe(3);
    expect((await client.call('GET', '/reports/conversations?from=yesterday')).status).toBe(422);
  });
});
