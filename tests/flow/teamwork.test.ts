import type { Page, WireAuditEntry, WireDepartment, WireMessage } from '../../shared/protocol/index.ts';
import { type AgentClient, connectNewAgent, connectVisitor, EventRefused } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const CARD = '4111 1111 1111 1111';

describeOnEveryStore('work on each other’s chats', (start) => {
  let test: TestServer;
  let client: AccountClient;
  let help: WireDepartment;
  let anna: AgentClient;
  let bo: AgentClient;
  let vera: AgentClient;
  let serial = 0;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    test = await start();
    client = accountClient(test, await test.signIn());
    await client.call('PATCH', '/settings', { routing: { assignment: 'manual' } });
    help = (await client.call<WireDepartment>('POST', '/departments', { name: 'Help' })).body;
  });
  beforeEach(async () => {
    serial += 1;
    anna = await connectNewAgent(test, `Anna${serial}`);
    bo = await connectNewAgent(test, `Bo${serial}`);
    vera = await connectNewAgent(test, `Vera${serial}`, ['supervisor']);
    for (const agent of [anna, bo]) await agent.emit('presence:set', { status: 'online', capacity: 2 });
    open.push(anna, bo, vera);
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });
  afterAll(() => test.close());

  /** A chat that Anna has. */
  const chatOfAnna = async () => {
    const visitor = await connectVisitor(test);
    open.push(visitor);
    const { conversationId } = await visitor.emit('chat:start', {});
    await anna.emit('chat:accept', { conversationId });
    const say = (text: string) =>
      visitor.emit('message:send', { conversationId, clientId: `v${++serial}`, text });
    return { visitor, conversationId, say };
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'ok',
      (error: unknown) => (error instanceof EventRefused ? error.code : String(error)),
    );
  const slotsOf = async ({ accountId, userId }: AgentClient) =>
    (await test.server.stores.presence.get(accountId, userId))?.active;
  const audited = async (conversationId: string) => {
    const { body } = await client.call<Page<WireAuditEntry>>('GET', `/audit-log?targetId=${conversationId}`);
    return body.items.map(({ action }) => action);
  };

  it('C8 P5: hands a chat on with a note: the visitor, both agents and their places follow', async () => {
    const { visitor, conversationId, say } = await chatOfAnna();
    await say('Where is my parcel?');
    const given = await anna.emit('chat:transfer', {
      conversationId,
      toAgentId: bo.userId,
      note: `Paid with ${CARD}`,
    });
    expect(given).toMatchObject({ status: 'active', agent: { id: bo.userId } });
    await bo.next('chat:assigned', ({ id }) => id === conversationId);
    await visitor.next('chat:update', ({ agent }) => agent?.id === bo.userId);
    await anna.next('chat:update', ({ id, agent }) => id === conversationId && agent?.id === bo.userId);
    expect([await slotsOf(anna), await slotsOf(bo)]).toEqual([0, 1]);
    const { messages } = await bo.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages.map(({ kind }) => kind)).toEqual(['text', 'note']);
    expect(messages[1]?.text).not.toContain(CARD);
    expect((await visitor.emit('chat:resume', { conversationId, afterSeq: 0 })).messages).toHaveLength(1);
    const write = { conversationId, clientId: 'late', text: 'still here' };
    expect(await codeOf(anna.emit('message:send', write))).toBe('forbidden');
    expect(await codeOf(bo.emit('message:send', write))).toBe('ok');
    expect(await audited(conversationId)).toContain('conversation.transferred');
  });

  it('C8: hands nothing to who is away, full, a stranger or not named, and takes no place for it', async () => {
    const { conversationId } = await chatOfAnna();
    const to = (toAgentId: string) => codeOf(anna.emit('chat:transfer', { conversationId, toAgentId }));
    expect(await to(vera.userId)).toBe('agent.offline');
    await bo.emit('presence:set', { status: 'online', capacity: 0 });
    expect(await to(bo.userId)).toBe('agent.at_capacity');
    expect(await to('nobody')).toBe('invalid_value');
    await anna.emit('chat:transfer', { conversationId, toAgentId: anna.userId, note: 'mine' });
    expect((await anna.emit('chat:resume', { conversationId, afterSeq: 0 })).messages).toHaveLength(1);
    const both = { conversationId, toAgentId: bo.userId, toDepartmentId: help.id };
    expect(await codeOf(anna.emit('chat:transfer', both))).toBe('invalid_value');
    expect(await codeOf(anna.emit('chat:transfer', { conversationId }))).toBe('invalid_value');
    expect([await slotsOf(anna), await slotsOf(bo)]).toEqual([1, 0]);
  });

  it('C8: hands a chat to a department’s queue, at the place of its arrival', async () => {
    const { visitor, conversationId } = await chatOfAnna();
    const transfer = { conversationId, toDepartmentId: help.id };
    expect(await anna.emit('chat:transfer', transfer)).toMatchObject({
      status: 'queued',
      departmentId: help.id,
    });
    await visitor.next('chat:update', ({ status, agent }) => status === 'queued' && agent === undefined);
    await bo.next('chat:offered', ({ id }) => id === conversationId);
    expect(await slotsOf(anna)).toBe(0);
    await bo.emit('chat:accept', { conversationId });
    expect(await codeOf(bo.emit('chat:transfer', transfer))).toBe('invalid_value');
    expect(await codeOf(bo.emit('chat:transfer', { ...transfer, toDepartmentId: 'x' }))).toBe(
      'department.unknown',
    );
    await visitor.emit('chat:end', { conversationId });
    expect(await codeOf(bo.emit('chat:transfer', { conversationId, toAgentId: anna.userId }))).toBe(
      'conversation.closed',
    );
  });

  it('C10: tells who is there to hand a chat to', async () => {
    await chatOfAnna();
    const { items } = await bo.emit('presence:list', {});
    expect(items).toEqual(
      expect.arrayContaining([
        { agentId: anna.userId, name: `Anna${serial}`, status: 'online', capacity: 2, active: 1 },
      ]),
    );
    expect(items.map(({ agentId }) => agentId)).not.toContain(vera.userId);
  });

  it('C8: lets an agent hand on only what is theirs, and a supervisor anybody’s', async () => {
    const { conversationId } = await chatOfAnna();
    const toBo = { conversationId, toAgentId: bo.userId };
    expect(await codeOf(bo.emit('chat:transfer', toBo))).toBe('not_found');
    expect(await vera.emit('chat:transfer', toBo)).toMatchObject({ agent: { id: bo.userId } });
    expect([await slotsOf(anna), await slotsOf(bo)]).toEqual([0, 1]);
  });

  it('C9 P5: of two supervisors who take a chat over at once, one gets it', async () => {
    const other = await connectNewAgent(test, `Vic${serial}`, ['supervisor']);
    open.push(other);
    for (const one of [vera, other]) await one.emit('presence:set', { status: 'online', capacity: 1 });
    const { visitor, conversationId } = await chatOfAnna();
    const outcomes = await Promise.all(
      [vera, other].map((one) => codeOf(one.emit('chat:takeover', { conversationId }))),
    );
    expect(outcomes.toSorted()).toEqual(['conversation.taken', 'ok']);
    const winner = outcomes[0] === 'ok' ? vera : other;
    await visitor.next('chat:update', ({ agent }) => agent?.id === winner.userId);
    await anna.next('chat:update', ({ agent }) => agent?.id === winner.userId);
    expect(await slotsOf(anna)).toBe(0);
    expect([await slotsOf(vera), await slotsOf(other)].toSorted()).toEqual([0, 1]);
    expect(await winner.emit('chat:takeover', { conversationId })).toMatchObject({ status: 'active' });
    expect(await codeOf(bo.emit('chat:takeover', { conversationId }))).toBe('forbidden');
    expect(await audited(conversationId)).toContain('conversation.taken_over');
  });

  it('C9: shows a watched chat as it happens, and no more once the watching or the right has ended', async () => {
    const { visitor, conversationId, say } = await chatOfAnna();
    expect(await codeOf(bo.emit('chat:monitor', { conversationId }))).toBe('forbidden');
    await vera.emit('chat:monitor', { conversationId });
    expect(await audited(conversationId)).toContain('conversation.watched');
    const line = await say('Hello?');
    await vera.next('message:new', ({ seq }) => seq === line.seq);
    await visitor.emit('typing', { conversationId, active: true, text: `my card ${CARD}` });
    expect((await vera.next('typing')).text).not.toContain(CARD);
    const answer = { conversationId, clientId: 'a1', text: 'Hello!' };
    const { seq } = await anna.emit('message:send', answer);
    await vera.next('message:new', (message) => message.seq === seq);
    expect(vera.all('message:new').filter((message) => message.seq === seq)).toHaveLength(1);
    await vera.emit('chat:monitor', { conversationId, active: false });
    await say('Are you still there?');
    await vera.emit('chat:monitor', { conversationId });
    await client.call('PATCH', `/users/${vera.userId}`, { roles: ['agent'] });
    await vera.next(
      'access:update',
      ({ authorizations }) => !authorizations.includes('conversation:supervise'),
    );
    const last = await say('Anybody?');
    await anna.next('message:new', (message) => message.seq === last.seq);
    await vera.emit('chat:list', {});
    expect(vera.all('message:new').map(({ text }) => text)).toEqual(['Hello?', 'Hello!']);
  });

  it('C9: whispers to the agent what the visitor never sees, and keeps it as a note', async () => {
    const { visitor, conversationId } = await chatOfAnna();
    const whisper = { conversationId, clientId: 'w1', text: 'Offer a refund' };
    expect(await codeOf(bo.emit('chat:whisper', whisper))).toBe('forbidden');
    const { seq } = await vera.emit('chat:whisper', whisper);
    expect((await vera.emit('chat:whisper', whisper)).seq).toBe(seq);
    const heard: WireMessage = await anna.next('message:new', (message) => message.seq === seq);
    expect(heard).toMatchObject({ kind: 'note', text: 'Offer a refund', from: { id: vera.userId } });
    expect((await visitor.emit('chat:resume', { conversationId, afterSeq: 0 })).messages).toEqual([]);
    expect(visitor.all('message:new')).toEqual([]);
  });

  it('C9 C10: keeps notes, watching and take-over to the departments of who may see them', async () => {
    const { conversationId } = await chatOfAnna();
    const limit = (role: string) => ({ roles: [role], departmentLimits: { [role]: [help.id] } });
    await client.call('PATCH', `/users/${vera.userId}`, limit('supervisor'));
    await client.call('PATCH', `/users/${bo.userId}`, limit('agent'));
    const note = { conversationId, clientId: 'n1', text: 'hm' };
    expect(await codeOf(bo.emit('note:add', note))).toBe('not_found');
    for (const name of ['chat:monitor', 'chat:takeover'] as const)
      expect(await codeOf(vera.emit(name, { conversationId }))).toBe('not_found');
    expect(await codeOf(vera.emit('chat:whisper', note))).toBe('not_found');
    expect(await codeOf(vera.emit('chat:transfer', { conversationId, toAgentId: bo.userId }))).toBe(
      'not_found',
    );
    expect(await codeOf(anna.emit('chat:transfer', { conversationId, toAgentId: bo.userId }))).toBe(
      'invalid_value',
    );
  });
});
