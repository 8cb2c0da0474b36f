import { AUTHORIZATIONS, type Authorization, BUILTIN_ROLES } from '../../server/domain/index.ts';
import { events } from '../../server/edge/authorization-table.ts';
import type { Page, WireConversation, WireRole } from '../../shared/protocol/index.ts';
import { agentEventSchemas } from '../../shared/schemas/agent-events.ts';
import {
  type AgentClient,
  connectAgent,
  connectNewAgent,
  connectVisitor,
  type VisitorClient,
} from '../support/clients.ts';
import { textsOfEvents } from '../support/event-texts.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { ROUTES } from './foreign-attempts.ts';
import { fileHeaders } from './foreign-prey.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
const PASSWORD = 'a long enough password 7';
/** It shows nothing of what was said, and is for those who answer for the data. */
const WITHOUT_READING = ['delete /accounts/:a/conversations/:id'];

describeOnEveryStore('the conversation of another agent', (start) => {
  let test: TestServer;
  let owner: AccountClient;
  let visitor: VisitorClient;
  let agent: AgentClient;
  let conversationId: string;
  let file: string;
  let departmentId: string;
  /** Two people with every right in the account, but for one of them the one that is asked about. */
  let kept: AccountClient & { token: string };
  let all: AccountClient & { token: string };
  let keptSocket: AgentClient;
  let everything: readonly Authorization[];

  beforeAll(async () => {
    test = await start();
    owner = accountClient(test, await test.signIn());
    await owner.call('PATCH', '/settings', { dpa: { customFields: [FIELD] } });
    everything = (Object.keys(AUTHORIZATIONS) as Authorization[]).filter(
      (name) => AUTHORIZATIONS[name].reach !== 'deployment',
    );
    kept = await memberWith(
      'kept',
      everything.filter((name) => name !== 'transcript:read-all'),
    );
    all = await memberWith('all', everything);
    keptSocket = await connectAgent(test, { email: 'kept@example.com', password: PASSWORD });
    agent = await connectNewAgent(test, 'Bo');
    const department = { name: 'Sales', members: [agent.userId] };
    departmentId = (await owner.call<{ id: string }>('POST', '/departments', department)).body.id;
    await agent.emit('presence:set', { status: 'online', capacity: 5 });
    visitor = await connectVisitor(test);
    await visitor.emit('profile:update', { fields: { customer: 'K-4711' } });
    ({ conversationId } = await visitor.emit('chat:start', { departmentId }));
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'hello' });
    await agent.emit('chat:tag', { conversationId, tags: ['vip'] });
    await agent.emit('chat:case', { conversationId, caseId: 'C-9' });
    const path = `/api/v1/visitor/conversations/${conversationId}/files`;
    const sent = await fetch(test.url + path, {
      method: 'POST',
      headers: fileHeaders(visitor.token),
      body: 'two pairs',
    });
    file = ((await sent.json()) as { file: { id: string } }).file.id;
  }, 60_000);
  afterAll(async () => {
    for (const client of [agent, visitor, keptSocket]) client.close();
    await test.close();
  });

  async function memberWith(name: string, authorizations: readonly string[]) {
    const role = await owner.call<WireRole>('POST', '/roles', { name, authorizations });
    expect(role.status).toBe(201);
    const credentials = { email: `${name}@example.com`, password: PASSWORD };
    await owner.call('POST', '/users', { ...credentials, name, roles: [role.body.id] });
    const signIn = await test.signIn(credentials);
    return { ...accountClient(test, signIn), token: signIn.accessToken };
  }

  const routes = ROUTES.filter(({ path }) => path.startsWith('/accounts/:a/conversations/:id'));
  const statusOf = async (who: { token: string }, { method, path, takesFile }: (typeof routes)[number]) => {
    const url = path.replace(':a', owner.accountId).replace(':id', conversationId).replace(':file', file);
    const query = path.endsWith('/export') ? '?format=json' : '?include=messages,profile';
    const answer = await fetch(
      `${test.url}/api/v1${url}${path.endsWith(':id') || path.endsWith('/export') ? query : ''}`,
      {
        method,
        headers: fileHeaders(who.token),
        ...(takesFile !== undefined && { body: 'x' }),
      },
    );
    return answer.status;
  };

  it.each([['while it goes on'], ['when it is closed']])(
    'is not there for who is kept to their own, by any route or event, %s',
    async (when) => {
      if (when === 'when it is closed') await agent.emit('chat:close', { conversationId });
      const reading = routes.filter(({ method, path }) => !WITHOUT_READING.includes(`${method} ${path}`));
      expect(reading.length).toBeGreaterThan(3);
      for (const route of reading) {
        const what = `${route.method} ${route.path}`;
        // Nobody writes into the chat of another, whatever they may read.
        const refusals = route.takesFile === undefined ? [404] : [403, 404, 409];
        expect([what, refusals.includes(await statusOf(kept, route))]).toEqual([what, true]);
        if (route.takesFile === undefined) expect([what, await statusOf(all, route)]).toEqual([what, 200]);
      }
      const ids = { conversationId, sessionId: visitor.sessionId };
      const named = textsOfEvents(agentEventSchemas, ids).filter(({ name }) =>
        /^\S+ conversationId$/.test(name),
      );
      expect(named.length).toBeGreaterThan(8);
      for (const { event, payloadWith } of named) {
        const ack = await keptSocket.emitRaw(event, payloadWith(conversationId));
        const code = ack.ok ? 'ok' : ack.error.code;
        expect([event, code, /^(not_found|forbidden|conversation\.)/.test(code)]).toEqual([
          event,
          code,
          true,
        ]);
      }
      expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining(named.map(({ event }) => event)));
    },
  );

  const finding = async (who: AccountClient, query: string): Promise<readonly string[]> => {
    const { status, body } = await who.call<Page<WireConversation>>('GET', `/conversations?${query}`);
    expect(status).toBe(200);
    return body.items.map(({ id }) => id);
  };

  it('is found by nothing that it could be searched by, but by who may read all', async () => {
    const filters = [
      `agentId=${agent.userId}`,
      'from=2000-01-01T00:00:00Z',
      'to=2100-01-01T00:00:00Z',
      ...['caseId=C-9', 'tag=vip', `departmentId=${departmentId}`, 'status=closed', 'limit=200'],
      ...['field.customer=K-4711', 'field.customer=k4711&tag=vip'],
    ];
    for (const query of filters) {
      expect([query, await finding(kept, query)]).toEqual([query, []]);
      expect([query, await finding(all, query)]).toEqual([query, [conversationId]]);
    }
    const body = { fields: { customer: 'K-4711' } };
    for (const [who, found] of [
      [kept, []],
      [all, [conversationId]],
    ] as const) {
      const { body: page } = await who.call<Page<WireConversation>>('POST', '/conversations/search', body);
      expect(page.items.map(({ id }) => id)).toEqual(found);
    }
  });

  it('does not fill a text for who is kept to their own', async () => {
    const response = { shortcut: 'who', text: 'You are {{profile.customer|nobody}}' };
    const { body: made } = await owner.call<{ id: string }>('POST', '/canned-responses', response);
    const fillBy = (who: AccountClient) =>
      who.call('POST', `/canned-responses/${made.id}/fill`, { conversationId });
    expect((await fillBy(kept)).status).toBe(404);
    expect((await fillBy(all)).body).toMatchObject({ text: 'You are K-4711' });
    const blind = await memberWith(
      'blind',
      everything.filter((name) => !name.startsWith('profile:')),
    );
    expect((await fillBy(blind)).body).toMatchObject({ text: 'You are nobody' });
  });

  it('is there for every built-in role that reads all, and for no other', async () => {
    for (const role of Object.keys(BUILTIN_ROLES)) {
      const credentials = { email: `${role}@example.com`, password: PASSWORD };
      await owner.call('POST', '/users', { ...credentials, name: role, roles: [role] });
      const signIn = await test.signIn(credentials);
      const me = await test.call<{ accounts: { authorizations?: string[] }[] }>(
        'GET',
        '/auth/me',
        undefined,
        signIn.accessToken,
      );
      const route = routes.find(({ path }) => path.endsWith(':file'));
      if (route === undefined) throw new Error('there is one');
      const status = await statusOf({ token: signIn.accessToken }, route);
      const readsAll = me.body.accounts[0]?.authorizations?.includes('transcript:read-all');
      expect([role, status === 200]).toEqual([role, readsAll]);
    }
  });
});
