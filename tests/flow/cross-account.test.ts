import type { Page, SignIn, WireAuditEntry } from '../../shared/protocol/index.ts';
import { agentEventSchemas } from '../../shared/schemas/agent-events.ts';
import { visitorEventSchemas } from '../../shared/schemas/visitor-events.ts';
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
import { GOOD_BODIES } from './planted-by-table.ts';

/**
 * Kinds of which this victim has nothing, or that go by numbers of each account's own; whatever else a path names by an id
 * has to be there.
 */
const NOTHING_OF = ['access-grants', 'engagement-rule-versions'];
const REFUSED = ['not_found', 'forbidden', 'invalid_value'];

/** Events of a namespace that name something by an id: from the very table that the server reads. */
function aimedEvents(schemas: object): readonly string[] {
  return Object.entries(schemas as Record<string, { shape?: object }>)
    .filter(([, { shape = {} }]) => 'conversationId' in shape || 'sessionId' in shape)
    .map(([name]) => name);
}

describeOnEveryStore('P6: an attack from another account', (start) => {
  let test: TestServer;
  let victim: SignIn & { accountId: string };
  let attacker: SignIn & { accountId: string };
  let agent: AgentClient;
  let visitor: VisitorClient;
  let conversationId: string;
  /** Ids of the victim's, by the part of a path before them. */
  let ids: Record<string, string>;

  beforeAll(async () => {
    test = await start();
    victim = await test.signIn();
    const other = { email: 'other@example.com', name: 'Other', password: 'another long password 7' };
    await test.call(
      'POST',
      '/accounts',
      { name: 'Other', siteKey: 'other', admin: other },
      victim.accessToken,
    );
    attacker = await test.signIn({ email: other.email, password: other.password });
    agent = await connectAgent(test, { email: other.email, password: other.password });
    visitor = await connectVisitor(test);
    conversationId = (await visitor.emit('chat:start', {})).conversationId;
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'hello' });
    ids = { conversations: conversationId, users: victim.user.id };
    await makeOneOfEach();
  }, 60_000);
  afterAll(async () => {
    agent.close();
    visitor.close();
    await test.close();
  });

  const of = <Body>(who: SignIn & { accountId: string }, method: string, path: string, body?: unknown) =>
    test.call<Body>(method, `/accounts/${who.accountId}${path}`, body, who.accessToken);
  /** Something of the victim's behind every path with an id, found in the list of its kind. */
  async function makeOneOfEach(): Promise<void> {
    for (const [route, body] of Object.entries(GOOD_BODIES)) {
      const [, kind] = /^post \/accounts\/:a\/([a-z-]+)$/.exec(route) ?? [];
      if (kind === undefined) continue;
      const made = await of<{ id?: string }>(victim, 'POST', `/${kind}`, body(conversationId));
      if (made.body.id !== undefined) ids[kind] = made.body.id;
    }
    const guest = await connectVisitor(test);
    const { conversationId: erased } = await guest.emit('chat:start', {});
    guest.close();
    await of(victim, 'DELETE', `/conversations/${erased}`);
    await of(victim, 'POST', '/subject-access', { sessionId: visitor.sessionId });
    await of(victim, 'POST', '/erasures', { sessionId: visitor.sessionId });
    await of(victim, 'POST', '/key-rotations');
    await of(victim, 'POST', '/redaction-rescans');
    const { dataRequests, keyRotations, rescans } = test.server.features;
    await Promise.all([dataRequests.whenIdle(), keyRotations.whenIdle(), rescans.whenIdle()]);
    const document = await openApi();
    ids.visitors = visitor.sessionId;
    for (const path of Object.keys(document.paths)) {
      const [, kind] = /^\/accounts\/\{a\}\/([a-z-]+)\/\{id\}/.exec(path.replace('/api/v1', '')) ?? [];
      if (kind === undefined || ids[kind] !== undefined) continue;
      const { body } = await of<Page<{ id: string }>>(victim, 'GET', `/${kind}`);
      const id = body.items?.[0]?.id;
      if (id !== undefined) ids[kind] = id;
    }
  }
  const openApi = async () =>
    (await (await fetch(`${test.url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security: unknown[]; requestBody?: unknown }>>;
    };
  const refusals = async (who: SignIn & { accountId: string }) =>
    (await of<Page<WireAuditEntry>>(who, 'GET', '/audit-log?action=access.refused&limit=200')).body.items;
  /** All that an attacker would change. */
  const state = async () => {
    const paths = [
      `/conversations/${conversationId}?include=messages,profile`,
      ...['/settings', '/users', '/sites', '/redaction-rules?limit=200', '/conversations'],
    ];
    const answers = await Promise.all(paths.map((path) => of<object>(victim, 'GET', path)));
    return answers.map(({ status, body }) => ({ status, body }));
  };

  it('reaches nothing by any route, changes nothing, and stands in the attacker’s own audit log', async () => {
    const document = await openApi();
    const before = await state();
    const aimed: string[] = [];
    const nothingOf = new Set<string>();
    const scopes = ['conversation:read', 'user:read', 'site:write', 'webhook:write'];
    const token = await of<{ token: string }>(attacker, 'POST', '/api-tokens', { name: 'Mine', scopes });
    const apiToken = token.body.token;
    expect(
      (await test.call('GET', `/accounts/${attacker.accountId}/sites`, undefined, apiToken)).status,
    ).toBe(403);
    expect(
      (await test.call('GET', `/accounts/${attacker.accountId}/users`, undefined, apiToken)).status,
    ).toBe(200);
    for (const [path, methods] of Object.entries(document.paths).filter(([path]) => path.includes('{a}'))) {
      for (const [method, { requestBody }] of Object.entries(methods)) {
        const route = path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1');
        const good = GOOD_BODIES[`${method} ${route}`]?.(conversationId);
        const body = requestBody === undefined ? undefined : (good ?? {});
        const kind = /\/([a-z-]+)\/\{id\}/.exec(path)?.[1] ?? '';
        if (path.includes('{id}') && ids[kind] === undefined) nothingOf.add(kind);
        const filled = path
          .replace('{id}', ids[kind] ?? conversationId)
          .replaceAll(/\{\w+\}/g, (name) => (name === '{a}' ? name : conversationId));
        const at = (accountId: string) => filled.replace('{a}', accountId);
        const foreign = await test.call(
          method.toUpperCase(),
          at(victim.accountId),
          body,
          attacker.accessToken,
        );
        expect([method, path, foreign.status]).toEqual([method, path, 404]);
        const byToken = await test.call(method.toUpperCase(), at(victim.accountId), body, apiToken);
        expect([method, path, [403, 404].includes(byToken.status)]).toEqual([method, path, true]);
        if (!path.includes('{id}')) continue;
        const own = await test.call(method.toUpperCase(), at(attacker.accountId), body, attacker.accessToken);
        expect([method, path, own.status >= 400 && own.status < 500]).toEqual([method, path, true]);
        if (own.status === 404) aimed.push(`${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
      }
    }
    expect([...nothingOf]).toEqual(NOTHING_OF);
    expect(aimed.length).toBeGreaterThan(25);
    expect(await state()).toEqual(before);
    const noted = await test.server.stores.audit.list({
      accountId: attacker.accountId,
      action: 'access.refused',
      limit: 1_000,
    });
    expect(noted.items.map(({ details }) => details.what)).toEqual(expect.arrayContaining(aimed));
    expect(noted.items.some(({ target }) => target?.id === victim.accountId)).toBe(true);
    expect(noted.items.some(({ target }) => target?.id === conversationId)).toBe(true);
    expect(noted.items.every(({ actor }) => actor.id === attacker.user.id)).toBe(true);
    expect(await refusals(victim)).toEqual([]);
  });

  it('finds nothing by the victim’s ids in queries and bodies', async () => {
    for (const query of [`agentId=${victim.user.id}`, `caseId=x`, `from=2000-01-01T00:00:00Z`]) {
      expect((await of(attacker, 'GET', `/conversations?${query}`)).body).toEqual({ items: [] });
    }
    const byChat = await of(attacker, 'GET', `/activity-logs?conversationId=${conversationId}`);
    expect(byChat.status).toBe(404);
    const bySession = await of(attacker, 'GET', `/activity-logs?sessionId=${visitor.sessionId}`);
    expect(bySession.body).toEqual({ items: [] });
  });

  it('reaches nothing by any staff event', async () => {
    const before = await state();
    const payload = {
      ...{ conversationId, sessionId: visitor.sessionId, clientId: 'x', text: 'x', afterSeq: 0, seq: 1 },
      ...{
        active: true,
        tags: ['x'],
        caseId: 'x',
        message: 'x',
        note: 'x',
        toAgentId: agent.userId,
        score: 1,
      },
    };
    const events = aimedEvents(agentEventSchemas);
    expect(events.length).toBeGreaterThan(8);
    for (const name of events) {
      const ack = await agent.emitRaw(name, payload);
      const code = ack.ok ? 'ok' : ack.error.code;
      expect([name, REFUSED.includes(code), code]).toEqual([name, true, code]);
    }
    expect(await state()).toEqual(before);
    const noted = (await refusals(attacker)).map(({ details }) => details.what);
    expect(noted).toEqual(expect.arrayContaining(['chat:resume', 'message:send', 'chat:close', 'chat:tag']));
  });

  it('reaches nothing with another visitor’s session, of the same account or of another', async () => {
    const mine = await connectVisitor(test);
    const session = await test.call<{ token: string }>('POST', '/visitor/sessions', { siteKey: 'other' });
    const theirs = new TestClient(await connect(`${test.url}/visitor`, { token: session.body.token }));
    const before = await state();
    const payload = { conversationId, clientId: 'x', text: 'x', afterSeq: 0, seq: 1, active: true, score: 1 };
    for (const client of [mine, theirs]) {
      for (const name of aimedEvents(visitorEventSchemas)) {
        const ack = await client.emitRaw(name, payload);
        const code = ack.ok ? 'ok' : ack.error.code;
        expect([name, REFUSED.includes(code), code]).toEqual([name, true, code]);
      }
      client.close();
    }
    expect(await state()).toEqual(before);
    const noted = await refusals(victim);
    expect(
      noted.filter(({ actor }) => actor.kind === 'visitor' && actor.id === mine.sessionId).length,
    ).toBeGreaterThan(2);
  });

  it('is not let in with a token of the wrong kind or for the wrong account', async () => {
    const { body } = await test.call<{ token: string }>('POST', '/visitor/sessions', { siteKey: 'other' });
    const tries: [string, Record<string, unknown>][] = [
      ['/agent', { token: attacker.accessToken, accountId: victim.accountId }],
      ['/agent', { token: body.token, accountId: victim.accountId }],
      ['/agent', { token: body.token, accountId: attacker.accountId }],
      ['/visitor', { token: attacker.accessToken }],
    ];
    for (const [namespace, auth] of tries) {
      await expect(connect(`${test.url}${namespace}`, auth)).rejects.toMatchObject({
        data: { code: expect.stringMatching(/^(not_found|auth\.)/) },
      });
    }
    expect((await test.call('GET', '/auth/me', undefined, body.token)).status).toBe(401);
  });
});
