import { randomUUID } from 'node:crypto';
import { REFUSAL_LIMITS } from '../../server/edge/http/limits.ts';
import type { Page } from '../../shared/protocol/index.ts';
import { agentEventSchemas } from '../../shared/schemas/agent-events.ts';
import { visitorEventSchemas } from '../../shared/schemas/visitor-events.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectVisitor,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { planted, textsOfRoutes } from '../support/text-leaves.ts';
import {
  type Attacker,
  aimedAt,
  BODIES,
  FIELDS,
  ForeignAttempts,
  isId,
  LOOKED_UP_OR_TRIED,
  namingEvents,
  ROUTES,
} from './foreign-attempts.ts';
import { fileHeaders, makePrey, type Prey } from './foreign-prey.ts';
import { GOOD_BODIES } from './planted-by-table.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const OTHER = { email: 'other@example.com', password: 'another long password 7' };
/** Kinds that this victim has nothing of, or that go by numbers of each account's own. */
const NOTHING_OF = ['engagement-rule-versions'];

const REFUSED = ['not_found', 'department.unknown', 'invalid_value'];
describeOnEveryStore('P6: an attack from another account', (start) => {
  let test: TestServer;
  let victim: AccountClient & { userId: string };
  let mine: AccountClient;
  let token: string;
  let prey: Prey;
  let attempts: ForeignAttempts;
  let agent: AgentClient;
  /** The attacker by their sign-in, by an API token, and as a visitor of their own site. */
  let person: Attacker;
  let script: Attacker & { token: string };
  let guest: Attacker & { client: VisitorClient };
  /** A visitor of the victim's own site, with a session that is not the one that is aimed at. */
  let neighbour: Attacker & { client: VisitorClient };
  let before: unknown;
  const own: Record<string, string> = {};

  beforeAll(async () => {
    test = await start();
    const owner = await test.signIn();
    victim = { ...accountClient(test, owner), userId: owner.user.id };
    const made = { name: 'Other', siteKey: 'other', admin: { ...OTHER, name: 'Other' } };
    await test.call('POST', '/accounts', made, owner.accessToken);
    const other = await test.signIn(OTHER);
    mine = accountClient(test, other);
    token = other.accessToken;
    prey = await makePrey(test, victim);
    attempts = new ForeignAttempts(test);
    agent = await connectAgent(test, OTHER);
    person = { accountId: mine.accountId, actor: { kind: 'user', id: other.user.id } };
    const scopes = ['conversation:read', 'user:read', 'site:write', 'webhook:write'];
    const { body } = await mine.call<{ id: string; token: string }>('POST', '/api-tokens', {
      name: 'T',
      scopes,
    });
    script = { accountId: mine.accountId, actor: { kind: 'token', id: body.id }, token: body.token };
    guest = await visitorOf('other', mine.accountId);
    neighbour = await visitorOf(test.siteKey, victim.accountId);
    before = await state();
  }, 60_000);
  afterAll(async () => {
    for (const client of [agent, prey.visitor, guest.client, neighbour.client]) client.close();
    await test.close();
  });
  afterEach(async () => {
    expect(await state()).toEqual(before);
    await attempts.expectNoted([mine.accountId, victim.accountId]);
  });

  async function visitorOf(siteKey: string, accountId: string) {
    const client = await connectVisitor(test, undefined, siteKey);
    return { accountId, actor: { kind: 'visitor' as const, id: client.sessionId }, client };
  }
  /** All that an attacker would change. */
  async function state() {
    const paths = [
      `/conversations/${prey.conversationId}?include=messages,profile`,
      ...['/settings', '/users', '/sites', '/roles', '/departments', '/webhooks', '/canned-responses'],
      ...['/redaction-rules?limit=200', '/engagement-rules', '/legal-holds', '/conversations'],
      ...['/erasures', '/subject-access', '/api-tokens', '/identity-keys'],
    ];
    const answers = await Promise.all(paths.map((path) => victim.call('GET', path)));
    const entities = await test.server.stores.entities.accounts.list({ limit: 10 });
    return { answers, accounts: entities.items };
  }
  const filled = (path: string, accountId: string): string => {
    const kind = /\/([a-z-]+)\/:id/.exec(path)?.[1] ?? '';
    const id = prey.ids[kind] ?? prey.conversationId;
    return path
      .replace(':a', accountId)
      .replace(':id', id)
      .replaceAll(/:(\w+)/g, (_, name: string) => prey.ids[name] ?? prey.conversationId);
  };
  const refusal = (what: string, { code = '' }: { code?: string }, kind: string, id = '') => ({
    ...{ what, code },
    target: { kind: kind === 'invitations' ? 'invitation' : kind.replace(/s$/, ''), id },
  });
  const foreign = (field: string): string => prey.ids[FIELDS[field] ?? ''] ?? field;
  /** A path to something of the attacker's own. */
  async function ownPath(route: string): Promise<string> {
    const kind = /\/([a-z-]+)\/:id/.exec(route)?.[1];
    if (kind === undefined) return filled(route, mine.accountId);
    own[kind] ??= await ownThing(kind);
    return route.replace(':a', mine.accountId).replace(':id', own[kind] ?? '');
  }
  async function ownThing(kind: string): Promise<string> {
    if (kind === 'visitors') return guest.client.sessionId;
    const { body } = await mine.call<{ id: string }>(
      'POST',
      `/${kind}`,
      bodyOf('post', `/accounts/:a/${kind}`),
    );
    return body.id;
  }
  const bodyOf = (method: string, path: string) => {
    const good = GOOD_BODIES[`${method} ${path}`]?.(prey.conversationId);
    return path.endsWith('/access-grants') ? { ...good, userId: person.actor.id } : good;
  };
  const targetOf = (path: string) => {
    const [, collection = '', kind = ''] = /\/(([a-z-]+?)s?)\/:id\b/.exec(path) ?? [];
    return { kind, id: prey.ids[collection] ?? prey.conversationId };
  };

  it('reaches nothing of the account by any route, be it by a sign-in or an API token', async () => {
    const routes = ROUTES.filter(({ path }) => path.startsWith('/accounts/:a/'));
    expect(routes.length).toBeGreaterThan(100);
    const target = { kind: 'account', id: victim.accountId };
    for (const { method, path, body } of routes) {
      const what = `${method} ${path}`;
      for (const [by, shown] of [
        [person, token],
        [script, script.token],
      ] as const) {
        const sent = body === undefined ? undefined : (bodyOf(method, path) ?? {});
        const { status } = await test.call(method.toUpperCase(), filled(path, victim.accountId), sent, shown);
        expect([what, by.actor.kind, status]).toEqual([what, by.actor.kind, 404]);
        attempts.refused(by, { what, code: 'not_found', target });
      }
    }
  }, 60_000);

  it('reaches nothing by the account’s ids under the paths of one’s own', async () => {
    const named = ROUTES.filter(({ path }) => path.startsWith('/accounts/:a/') && path.includes(':id'));
    const kinds = new Set(named.map(({ path }) => /\/([a-z-]+)\/:id/.exec(path)?.[1] ?? ''));
    expect([...kinds].filter((kind) => prey.ids[kind] === undefined)).toEqual(NOTHING_OF);
    for (const { method, path, body, takesFile } of named) {
      const what = `${method} ${path}`;
      const url = filled(path, mine.accountId);
      const sent = body === undefined ? undefined : (bodyOf(method, path) ?? {});
      const { status } =
        takesFile === undefined
          ? await test.call(method.toUpperCase(), url, sent, token)
          : await fetch(`${test.url}/api/v1${url}`, { method, headers: fileHeaders(token), body: 'x' });
      expect([what, status]).toEqual([what, 404]);
      attempts.refused(person, { what, code: 'not_found', target: targetOf(path) });
    }
  }, 60_000);

  it('reaches nothing by the account’s ids in the bodies of one’s own calls', async () => {
    const named = textsOfRoutes().filter(({ path, schema }) => isId(path, schema));
    expect(named.length).toBeGreaterThan(15);
    const answered: string[] = [];
    for (const { method, route, path, name } of named) {
      const field = path.findLast((part) => !part.startsWith('*')) ?? '';
      const kind = name.endsWith('departmentLimits.*.*') ? 'departments' : (FIELDS[field] ?? '');
      const id = prey.ids[kind] ?? '';
      const special = BODIES[path.join('.')]?.(id);
      const body =
        special === undefined
          ? planted(bodyOf(method, route) ?? {}, path, id)
          : { ...bodyOf(method, route), ...special };
      const url = await ownPath(route);
      const answer = await test.call<{ code?: string }>(method.toUpperCase(), url, body, token);
      if (answer.status === 200) answered.push(name);
      else attempts.refused(person, refusal(`${method} ${route}`, answer.body, kind, id));
    }
    expect(answered).toEqual(LOOKED_UP_OR_TRIED);
  });

  it('finds nothing by the account’s ids in queries', async () => {
    const { ids } = prey;
    const filters = [
      `agentId=${victim.userId}`,
      `departmentId=${ids.departments}`,
      'from=2000-01-01T00:00:00Z',
    ];
    for (const query of filters) {
      expect((await mine.call('GET', `/conversations?${query}`)).body).toEqual({ items: [] });
    }
    const log = await mine.call('GET', `/activity-logs?sessionId=${ids.visitors}`);
    expect(log.body).toEqual({ items: [] });
    expect((await mine.call('GET', `/activity-logs?conversationId=${ids.conversations}`)).status).toBe(404);
    const what = 'get /accounts/:a/activity-logs';
    attempts.refused(person, refusal(what, { code: 'not_found' }, 'conversations', ids.conversations));
    const path = `/visitors/${guest.client.sessionId}/why-not?ruleId=${ids['engagement-rules']}`;
    expect((await mine.call('GET', path)).status).toBe(404);
    const target = { kind: 'visitor', id: guest.client.sessionId };
    attempts.refused(person, { what: 'get /accounts/:a/visitors/:id/why-not', code: 'not_found', target });
  });

  it('reaches nothing that belongs to the deployment, and no sign-in of another', async () => {
    const signIns = await victim.call<Page<{ id: string }>>('GET', `/users/${victim.userId}/sessions`);
    const id = signIns.body.items[0]?.id ?? '';
    const routes = ROUTES.filter(({ path, authorization }) => {
      const isOwn = authorization === 'signed-in' && !path.includes(':id');
      return !path.startsWith('/accounts/:a') && !['public', 'own-session'].includes(authorization) && !isOwn;
    });
    expect(routes.length).toBeGreaterThan(7);
    for (const { method, path, body } of routes) {
      const what = `${method} ${path}`;
      const sent = body === undefined ? undefined : {};
      const answer = await test.call(method.toUpperCase(), path.replace(':id', id), sent, token);
      expect([what, [403, 404].includes(answer.status)]).toEqual([what, true]);
      const target = path === '/auth/sessions/:id' ? { target: { kind: 'session', id } } : {};
      attempts.refused(person, { what, code: String(answer.body.code), ...target });
    }
  });

  it('reaches nothing by any staff event', async () => {
    const events = namingEvents(agentEventSchemas, prey);
    expect(events.length).toBeGreaterThan(9);
    for (const { name, field, payload } of events) {
      const ack = await agent.emitRaw(name, payload(foreign(field)));
      const code = ack.ok ? 'ok' : ack.error.code;
      expect([name, code]).toEqual([name, 'not_found']);
      const aim = aimedAt(field);
      attempts.refused(person, refusal(name, { code }, FIELDS[aim] ?? '', foreign(aim)));
    }
  });

  it('hands no chat of one’s own to the account', async () => {
    const own = await visitorOf('other', mine.accountId);
    await agent.emit('presence:set', { status: 'online', capacity: 5 });
    const { conversationId } = await own.client.emit('chat:start', {});
    for (const [field, code] of [
      ['toAgentId', 'invalid_value'],
      ['toDepartmentId', 'department.unknown'],
    ] as const) {
      const ack = await agent.emitRaw('chat:transfer', { conversationId, [field]: foreign(field) });
      expect([field, ack]).toMatchObject([field, { ok: false, error: { code } }]);
      attempts.refused(person, refusal('chat:transfer', { code }, FIELDS[field] ?? '', foreign(field)));
    }
    await agent.emit('presence:set', { status: 'away' });
    own.client.close();
  });

  it('reaches nothing as a visitor, of the same account or of another, by any event or call', async () => {
    for (const by of [guest, neighbour]) {
      const events = namingEvents(visitorEventSchemas, prey)
        // A department of their own account is there for every visitor.
        .filter(({ field }) => by !== neighbour || field !== 'departmentId');
      expect(events.length).toBeGreaterThan(7);
      for (const { name, field, payload } of events) {
        const ack = await by.client.emitRaw(name, payload(foreign(field)));
        const code = ack.ok ? 'ok' : ack.error.code;
        expect([name, REFUSED.includes(code), code]).toEqual([name, true, code]);
        attempts.refused(by, refusal(name, { code }, FIELDS[field] ?? '', foreign(field)));
      }
      for (const { method, path, takesFile } of ROUTES.filter((one) => one.authorization === 'own-session')) {
        const url = `${test.url}/api/v1${filled(path, '')}`;
        const body = takesFile === undefined ? {} : { body: 'x' };
        const answer = await fetch(url, { method, headers: fileHeaders(by.client.token), ...body });
        expect([path, answer.status]).toEqual([path, 404]);
        attempts.refused(by, { what: `${method} ${path}`, code: 'not_found', target: targetOf(path) });
      }
    }
  });

  it('is not let in with a token of the wrong kind, which tells nothing of who it is, or for the wrong account', async () => {
    for (const { method, path, authorization } of ROUTES.filter((one) => one.authorization !== 'public')) {
      const shown = authorization === 'own-session' ? token : prey.visitor.token;
      const { status } = await test.call(
        method.toUpperCase(),
        filled(path, victim.accountId),
        undefined,
        shown,
      );
      expect([method, path, status]).toEqual([method, path, 401]);
    }
    const tries: [string, Record<string, unknown>, string][] = [
      ['/agent', { token, accountId: victim.accountId }, 'not_found'],
      ['/agent', { token: script.token, accountId: victim.accountId }, 'auth.required'],
      ['/agent', { token: prey.visitor.token, accountId: victim.accountId }, 'auth.required'],
      ['/agent', { token: prey.visitor.token, accountId: mine.accountId }, 'auth.required'],
      ['/visitor', { token }, 'auth.required'],
    ];
    for (const [namespace, auth, code] of tries) {
      await expect(connect(test.url + namespace, auth)).rejects.toMatchObject({ data: { code } });
    }
    const target = { kind: 'account', id: victim.accountId };
    attempts.refused(person, { what: 'connect', code: 'not_found', target });
  });

  it('is nobody’s old visitor on a site of another account', async () => {
    const { visitorToken } = await test.openVisitorSession();
    const elsewhere = await test.openVisitorSession(visitorToken, 'other');
    expect(elsewhere.visitorToken).not.toBe(visitorToken);
  });
});

describeOnEveryStore('P6: more attempts than an audit log takes one by one', (start) => {
  it('are all refused, and counted in one entry', async () => {
    const env = { RATE_LIMIT_FACTOR: '1' };
    const test = await start({ env });
    const owner = await test.signIn();
    const path = `/accounts/${randomUUID()}/sites`;
    const tries = REFUSAL_LIMITS.staff.points + 7;
    for (let index = 0; index < tries; index += 1) {
      expect((await test.call('GET', path, undefined, owner.accessToken)).status).toBe(404);
    }
    await test.close({ keepData: true });
    const again = await start({ dataDir: test.dataDir });
    const query = { accountId: owner.accountId, action: 'access.refused', limit: 200 };
    const { items } = await again.server.stores.audit.list(query);
    await again.close();
    expect(items).toHaveLength(REFUSAL_LIMITS.staff.points + 1);
    expect(items[0]).toMatchObject({ actor: { kind: 'user', id: owner.user.id }, details: { attempts: 7 } });
    expect(items[1]?.details).toEqual({ what: 'get /accounts/:a/sites', code: 'not_found' });
  });
});
