import { gzipSync } from 'node:zlib';
import type { SignIn } from '../../shared/protocol/index.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly hasBody: boolean;
  readonly takesFile: boolean;
}

/** Of the routes that take no empty one, by a part of their path. */
const GOOD_BODIES = {
  '/redaction-rescans': { status: 'paused' },
  '/fill': { conversationId: 'made-up' },
  '/try-rule': {
    rule: { name: 'Tried', kind: 'score', points: 1, when: { fact: 'page.path', op: 'eq', value: '/cart' } },
  },
};

/** Calls whose body may be `{}`. */
const EMPTY_BODIES = ['/search', '/engagement-rule-versions', '/engagement-rules/diff'];

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<
      string,
      {
        security: readonly unknown[];
        requestBody?: { content: Readonly<Record<string, unknown>> };
        responses: Record<string, unknown>;
      }
    >
  >;
}

/** Every call that the server says it has, from the document made of the very records that it mounts. */
async function operationsOf(server: TestServer): Promise<readonly Operation[]> {
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as OpenApi;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      isPublic: security.length === 0,
      hasBody: requestBody?.content['application/json'] !== undefined,
      takesFile: requestBody?.content['*/*'] !== undefined,
    })),
  );
}

describeOnEveryStore('every route', (start) => {
  let server: TestServer;
  let operations: readonly Operation[];
  let admin: SignIn & { accountId: string };
  /** Administrator of another account. */
  let stranger: SignIn & { accountId: string };
  /** Of the first account, with a role that allows next to nothing. */
  let analyst: SignIn & { accountId: string };
  let siteId: string;
  let ruleId: string;

  beforeAll(async () => {
    server = await start();
    operations = await operationsOf(server);
    admin = await server.signIn();
    const other = { email: 'other@example.com', name: 'Other', password: 'another long password' };
    await server.call('POST', '/accounts', { name: 'Other', admin: other }, admin.accessToken);
    stranger = await server.signIn({ email: other.email, password: other.password });
    const users = `/accounts/${admin.accountId}/users`;
    const small = { email: 'ana@example.com', name: 'Ana', password: 'a third long password' };
    await server.call('POST', users, { ...small, roles: ['analyst'] }, admin.accessToken);
    analyst = await server.signIn({ email: small.email, password: small.password });
    siteId = await firstId('sites');
    ruleId = await firstId('redaction-rules');
  });
  afterAll(() => server.close());

  async function firstId(collection: string): Promise<string> {
    const path = `/accounts/${admin.accountId}/${collection}`;
    const { body } = await server.call<{ items: { id: string }[] }>(
      'GET',
      path,
      undefined,
      admin.accessToken,
    );
    return body.items[0]?.id ?? '';
  }

  /** An id that exists in the first account, where there is one. */
  function idFor(path: string): string {
    if (path.includes('/sites/')) return siteId;
    if (path.includes('/redaction-rules/')) return ruleId;
    return admin.user.id;
  }

  const at = (path: string, accountId: string) => path.replace('{a}', accountId).replace('{id}', idFor(path));

  const inAccountsById = () => operations.filter(({ path }) => path.includes('{a}') && path.includes('{id}'));

  it('is described in the OpenAPI document', () => {
    expect(operations.length).toBeGreaterThanOrEqual(30);
    const names = operations.map(({ method, path }) => `${method} ${path}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /auth/login',
        'POST /visitor/sessions',
        'PATCH /accounts/{a}/settings',
        'DELETE /accounts/{a}/conversations/{id}',
        'DELETE /accounts/{a}/activity-logs',
      ]),
    );
  });

  it('that is not public answers 401 without a token', async () => {
    for (const { method, path } of operations.filter(({ isPublic }) => !isPublic)) {
      const answer = await server.call(method, at(path, admin.accountId));
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 401, 'auth.required']);
    }
  });

  it('P6: answers 404 to a stranger to the account, with good ids and with made-up ones', async () => {
    const inAccounts = operations.filter(({ path }) => path.includes('{a}'));
    expect(inAccounts.length).toBeGreaterThan(20);
    for (const { method, path, hasBody } of inAccounts) {
      for (const accountId of [admin.accountId, 'made-up']) {
        const body = hasBody ? {} : undefined;
        const answer = await server.call(method, at(path, accountId), body, stranger.accessToken);
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'not_found']);
      }
    }
  });

  it('P6: answers 404 to ids of another account under the own account', async () => {
    // A file is judged by its headers first; tests of files send good ones.
    for (const { method, path, hasBody } of inAccountsById().filter(({ takesFile }) => !takesFile)) {
      // A body is judged before the thing is looked for, so one that is good is sent where one is needed.
      const change = Object.entries(GOOD_BODIES).find(([part]) => path.includes(part))?.[1] ?? {};
      const body = hasBody ? change : undefined;
      const answer = await server.call(method, at(path, stranger.accountId), body, stranger.accessToken);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'not_found']);
    }
    const own = await server.call(
      'GET',
      `/accounts/${admin.accountId}/sites/${siteId}`,
      undefined,
      admin.accessToken,
    );
    expect(own.status).toBe(200);
  });

  it('answers 403 to a member without the authorization, and does nothing', async () => {
    const allowed = [
      'GET /accounts/{a}/settings',
      'GET /accounts/{a}/field-sweeps',
      'GET /accounts/{a}/departments',
      'GET /accounts/{a}/departments/{id}',
      'GET /accounts/{a}/sites',
      'GET /accounts/{a}/sites/{id}',
      'GET /accounts/{a}/visitors',
      'GET /accounts/{a}/visitors/{id}',
      'GET /accounts/{a}/visitors/{id}/decisions',
      'GET /accounts/{a}/visitors/{id}/why-not',
      'POST /accounts/{a}/visitors/{id}/try-rule',
      'GET /accounts/{a}/reports/conversations',
      'GET /accounts/{a}/reports/engagement',
      'GET /accounts/{a}/engagement-rules',
      'GET /accounts/{a}/engagement-rules/{id}',
      'GET /accounts/{a}/engagement-rule-versions',
      'GET /accounts/{a}/engagement-rule-versions/{id}',
      'POST /accounts/{a}/engagement-rules/simulate',
      'POST /accounts/{a}/engagement-rules/diff',
    ];
    const forbidden = operations.filter(
      ({ method, path }) => path.startsWith('/accounts') && !allowed.includes(`${method} ${path}`),
    );
    for (const { method, path, hasBody } of forbidden) {
      const body = hasBody ? {} : undefined;
      const answer = await server.call(method, at(path, analyst.accountId), body, analyst.accessToken);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'forbidden']);
    }
  });

  it('survives garbage and repeats none of it', async () => {
    const marker = 'MARKER-9f8e7d';
    const bodies = [
      marker,
      `"${marker}"`,
      `{"${marker}`,
      `[${'['.repeat(20_000)}`,
      `{"__proto__":{"x":"${marker}"}}`,
      `{"constructor":{"prototype":"${marker}"}}`,
      `{"email":"${marker}\\u0000","name":"${marker}\\u0000","password":{"$ne":"${marker}"},"siteKey":["${marker}"]}`,
      'null',
      '[]',
      '{}',
      `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    ];
    for (const { method, path } of operations.filter(({ hasBody }) => hasBody)) {
      // An empty change is no garbage, nor is a body in which nothing has to be said.
      const mayBeEmpty = method === 'PATCH' || EMPTY_BODIES.some((end) => path.endsWith(end));
      const sent = mayBeEmpty ? bodies.filter((body) => body !== '{}') : bodies;
      for (const body of sent) {
        const answer = await raw(method, at(path, admin.accountId), { body });
        const isRefused = answer.status === 400 || answer.status === 422;
        expect([method, path, body.slice(0, 40), isRefused]).toEqual([method, path, body.slice(0, 40), true]);
        expect(answer.type).toMatch(/^application\/problem\+json/);
        expect(answer.text).not.toContain(marker);
      }
    }
    expect(server.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  async function raw(
    method: string,
    path: string,
    how: { body: string | Buffer; headers?: Record<string, string> },
  ) {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${admin.accessToken}`,
        ...how.headers,
      },
      body: how.body,
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }

  it('refuses what is too large, what is no JSON and what is packed', async () => {
    const path = `/accounts/${admin.accountId}/sites`;
    const large = JSON.stringify({ name: 'x'.repeat(70_000) });
    expect(await raw('POST', path, { body: large })).toMatchObject({ status: 413 });
    const site = JSON.stringify({ name: 'Site' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'x']) {
      expect(await raw('POST', path, { body: site, headers: { 'content-type': type } })).toMatchObject({
        status: 400,
      });
    }
    const packed = await raw('POST', path, { body: gzipSync(site), headers: { 'content-encoding': 'gzip' } });
    expect(packed.status).toBe(400);
    const odd = { 'content-type': 'application/json; charset=koi8-r' };
    expect(await raw('POST', path, { body: site, headers: odd })).toMatchObject({ status: 400 });
  });

  it('names the path of an unknown key, in bodies and in queries', async () => {
    const path = `/accounts/${admin.accountId}/sites`;
    const wrong = { name: 'Site', theme: { primaryColour: '#000000' } };
    expect((await server.call('POST', path, wrong, admin.accessToken)).body).toMatchObject({
      code: 'invalid_value',
      errors: [{ path: 'theme.primaryColour', message: 'is not known here' }],
    });
    expect((await server.call('GET', `${path}?limits=3`, undefined, admin.accessToken)).body).toMatchObject({
      code: 'invalid_value',
      errors: [{ path: 'limits', message: 'is not known here' }],
    });
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'cursor=']) {
      expect((await server.call('GET', `${path}?${query}`, undefined, admin.accessToken)).status).toBe(422);
    }
  });

  it('refuses a cursor that the server did not give out', async () => {
    for (const collection of ['sites', 'users', 'redaction-rules', 'conversations', 'audit-log']) {
      const path = `/accounts/${admin.accountId}/${collection}?cursor=made-up`;
      const { status } = await server.call('GET', path, undefined, admin.accessToken);
      expect([collection, status]).toEqual([collection, 400]);
    }
  });

  it('answers an unknown path with 404, and an id that cannot be one too', async () => {
    const long = 'x'.repeat(65);
    for (const path of [
      '/nowhere',
      `/accounts/${admin.accountId}/sites/${long}`,
      `/accounts/${long}/settings`,
    ]) {
      expect(await server.call('GET', path, undefined, admin.accessToken)).toMatchObject({
        status: 404,
        body: { code: 'not_found', status: 404 },
      });
    }
    expect(
      (await server.call('PUT', `/accounts/${admin.accountId}/settings`, {}, admin.accessToken)).status,
    ).toBe(404);
    const malformed = await fetch(`${server.url}/api/v1/accounts/%E0%A4%A/settings`);
    expect(malformed.status).toBe(400);
  });

  it('lets nothing of an answer be kept or framed', async () => {
    const { headers } = await fetch(`${server.url}/api/v1/auth/me`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
