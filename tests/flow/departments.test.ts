import type {
  Page,
  SignIn,
  WireConversation,
  WireDepartment,
  WireUser,
} from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectVisitor, EventRefused } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const PASSWORD = 'a long enough password';

describeOnEveryStore('departments', (start) => {
  let server: TestServer;
  let admin: SignIn & { accountId: string };
  let client: AccountClient;
  let sales: WireDepartment;
  let help: WireDepartment;
  let serial = 0;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.signIn();
    client = accountClient(server, admin);
    sales = (await client.call<WireDepartment>('POST', '/departments', { name: 'Sales' })).body;
    help = (await client.call<WireDepartment>('POST', '/departments', { name: 'Help' })).body;
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });
  afterAll(() => server.close());

  async function addAgent(of: WireDepartment, limited: boolean) {
    const credentials = { email: `agent${++serial}@example.com`, password: PASSWORD };
    const limits = limited ? { departmentLimits: { agent: [of.id] } } : {};
    const user = { ...credentials, name: 'Agent', roles: ['agent'], ...limits };
    const made = await client.call<WireUser>('POST', '/users', user);
    expect(made.status).toBe(201);
    const members = [...(await client.call<WireDepartment>('GET', `/departments/${of.id}`)).body.members];
    await client.call('PATCH', `/departments/${of.id}`, { members: [...members, made.body.id] });
    const agent = await connectAgent(server, credentials);
    open.push(agent);
    return { agent, me: accountClient(server, await server.signIn(credentials)) };
  }

  async function newChat(departmentId?: string) {
    const visitor = await connectVisitor(server);
    const chat = await visitor.emit('chat:start', { departmentId });
    open.push({
      close: () => {
        visitor.close();
      },
    });
    return { visitor, ...chat, end: () => visitor.emit('chat:end', { conversationId: chat.conversationId }) };
  }

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'ok',
      (error: unknown) => (error instanceof EventRefused ? error.code : String(error)),
    );
  const online = (agent: AgentClient) => agent.emit('presence:set', { status: 'online', capacity: 5 });

  it('are made, changed and removed, under names of their own', async () => {
    const made = await client.call<WireDepartment>('POST', '/departments', { name: 'Claims' });
    expect(made.status).toBe(201);
    expect((await client.call('POST', '/departments', { name: 'CLAIMS' })).body.code).toBe('already_exists');
    const stranger = await client.call('PATCH', `/departments/${made.body.id}`, { members: ['nobody'] });
    expect(stranger.body).toMatchObject({ code: 'invalid_value', errors: [{ path: 'members.0' }] });
    expect((await client.call('DELETE', `/departments/${made.body.id}`)).status).toBe(204);
    expect((await client.call('GET', `/departments/${made.body.id}`)).status).toBe(404);
  });

  it('C6: have to exist for a chat to begin in one', async () => {
    const visitor = await connectVisitor(server);
    open.push(visitor);
    expect(await codeOf(visitor.emit('chat:start', { departmentId: 'made-up' }))).toBe('department.unknown');
  });

  it('C6: get their chats, each with a line of its own, and nobody else gets them', async () => {
    const [seller, helper] = [await addAgent(sales, false), await addAgent(help, false)];
    await online(helper.agent);
    const [first, second] = [await newChat(sales.id), await newChat(sales.id)];
    expect([first.status, first.queuePosition, second.queuePosition]).toEqual(['queued', 1, 2]);
    const other = await newChat(help.id);
    expect([other.status, other.agent?.id]).toEqual(['active', helper.agent.userId]);
    expect((await client.call('DELETE', `/departments/${sales.id}`)).body.code).toBe('department.in_use');
    await online(seller.agent);
    await first.visitor.next('chat:update', ({ agent }) => agent?.id === seller.agent.userId);
    await second.visitor.next('chat:update', ({ agent }) => agent?.id === seller.agent.userId);
    for (const chat of [first, second, other]) await chat.end();
    for (const { agent } of [seller, helper]) await agent.emit('presence:set', { status: 'offline' });
  });

  it('C6: are all that a role limited to them reaches, on sockets and on REST', async () => {
    const limited = await addAgent(help, true);
    const [mine, theirs, nobodys] = [await newChat(help.id), await newChat(sales.id), await newChat()];
    const queue = await limited.agent.emit('queue:list', {});
    expect(queue.items.map(({ id }) => id)).toEqual([mine.conversationId]);
    await limited.agent.next('queue:update', (update) => update.departmentId === help.id);
    for (const { conversationId } of [theirs, nobodys]) {
      const ref = { conversationId };
      expect(await codeOf(limited.agent.emit('chat:accept', ref))).toBe('not_found');
      expect(await codeOf(limited.agent.emit('chat:close', ref))).toBe('not_found');
      expect(await codeOf(limited.agent.emit('chat:resume', { ...ref, afterSeq: 0 }))).toBe('not_found');
      expect(await codeOf(limited.agent.emit('chat:tag', { ...ref, tags: ['x'] }))).toBe('not_found');
      expect((await limited.me.call('GET', `/conversations/${conversationId}`)).status).toBe(404);
    }
    const listed = await limited.me.call<Page<WireConversation>>('GET', '/conversations?limit=200');
    expect(new Set(listed.body.items.map(({ departmentId }) => departmentId))).toEqual(new Set([help.id]));
    const wider = await limited.me.call<Page<WireConversation>>(
      'GET',
      `/conversations?departmentId=${sales.id}`,
    );
    expect(wider.body.items).toEqual([]);
    expect(await codeOf(limited.agent.emit('chat:accept', { conversationId: mine.conversationId }))).toBe(
      'ok',
    );
    expect(limited.agent.all('chat:offered').map(({ id }) => id)).not.toContain(theirs.conversationId);
    for (const chat of [mine, theirs, nobodys]) await chat.end();
  });

  it('can be taken from an agent: their chats there go back at once', async () => {
    const { agent } = await addAgent(help, false);
    await online(agent);
    const chat = await newChat(help.id);
    expect(chat.agent?.id).toBe(agent.userId);
    await client.call('PATCH', `/users/${agent.userId}`, {
      roles: ['agent'],
      departmentLimits: { agent: [sales.id] },
    });
    const message = { conversationId: chat.conversationId, clientId: 'm', text: 'hello' };
    expect(await codeOf(agent.emit('message:send', message))).not.toBe('ok');
    await chat.visitor.next('chat:update', ({ status }) => status === 'queued');
    await chat.end();
  });

  it('P6: belong to their account', async () => {
    const founder = { email: `founder${++serial}@example.com`, name: 'F', password: PASSWORD };
    await server.call('POST', '/accounts', { name: 'Other', admin: founder }, admin.accessToken);
    const signIn = await server.signIn({ email: founder.email, password: PASSWORD });
    const other = accountClient(server, signIn);
    expect((await other.call('GET', `/departments/${sales.id}`)).status).toBe(404);
    expect((await other.call('PATCH', `/departments/${sales.id}`, { name: 'X' })).status).toBe(404);
    expect((await other.call('DELETE', `/departments/${sales.id}`)).status).toBe(404);
    const limits = {
      roles: ['account-administrator'],
      departmentLimits: { 'account-administrator': [sales.id] },
    };
    const refused = await other.call('PATCH', `/users/${signIn.user.id}`, limits);
    expect(refused.body.code).toBe('invalid_value');
  });
});
