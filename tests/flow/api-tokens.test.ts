import type {
  CreatedApiToken,
  Page,
  SignIn,
  WireApiToken,
  WireAuditEntry,
} from '../../shared/protocol/index.ts';
import { connect } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient, ShiftedClock } from './rest-support.ts';

const DAY_MS = 86_400_000;

describeOnEveryStore('API tokens', (start) => {
  let server: TestServer;
  let admin: SignIn & { accountId: string };
  let client: AccountClient;
  const clock = new ShiftedClock();

  beforeAll(async () => {
    server = await start({ clock, env: { TRUST_PROXY: '1' } });
    admin = await server.signIn();
    client = accountClient(server, admin);
  });
  afterAll(() => server.close());

  async function make(more: object = {}, by = client) {
    const request = { name: 'Nightly export', scopes: ['site:read', 'settings:read'], ...more };
    return by.call<CreatedApiToken>('POST', '/api-tokens', request);
  }
  const as = (token: string, path: string, method = 'GET', body?: unknown) =>
    server.call(method, `/accounts/${admin.accountId}${path}`, body, token);
  const from = (address: string, token: string) =>
    fetch(`${server.url}/api/v1/accounts/${admin.accountId}/sites`, {
      headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
    });

  it('are shown once, kept as a hash, and act within their scopes', async () => {
    const { status, body } = await make();
    expect(status).toBe(201);
    expect(body.token).toMatch(/^ega_[\w-]{43}$/);
    expect(body.token.startsWith(body.hint)).toBe(true);
    expect((await as(body.token, '/sites')).status).toBe(200);
    expect(await as(body.token, '/users')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await as(body.token, '/sites', 'POST', { name: 'Site' })).status).toBe(403);
    const kept = await server.server.stores.entities.apiTokens.list({ limit: 100 });
    const listed = await client.call<Page<WireApiToken>>('GET', '/api-tokens');
    const seen = JSON.stringify([kept, listed.body, server.logger.lines]);
    expect(seen).not.toContain(body.token.slice(body.hint.length));
  });

  it('are for one account alone and for nothing of a person: no sign-in, no socket, no making of tokens', async () => {
    const scopes = ['api-token:read', 'site:read'];
    const { token } = (await make({ scopes })).body;
    expect((await server.call('GET', '/auth/me', undefined, token)).status).toBe(403);
    expect((await server.call('DELETE', '/auth/sessions', undefined, token)).status).toBe(403);
    const account = { name: 'More', admin: { email: 'm@example.com', name: 'M', password: 'x'.repeat(12) } };
    expect((await server.call('POST', '/accounts', account, token)).status).toBe(403);
    expect((await as(token, '/api-tokens', 'POST', { name: 'Child', scopes })).status).toBe(403);
    expect((await server.call('GET', '/accounts/made-up/sites', undefined, token)).status).toBe(404);
    const socket = connect(`${server.url}/agent`, { token, accountId: admin.accountId });
    await expect(socket).rejects.toMatchObject({ data: { code: 'auth.required' } });
  });

  it.each([['user:write'], ['api-token:write'], ['account:create'], ['made:up']])(
    'cannot be given %s',
    async (scope) => {
      expect(await make({ scopes: ['site:read', scope] })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    },
  );

  it('never do more than the person who made them may, and stop with them', async () => {
    const credentials = { email: 'maker@example.com', password: 'long password of Maker' };
    const user = { ...credentials, name: 'Maker', roles: ['account-administrator'] };
    const { body: made } = await client.call<{ id: string }>('POST', '/users', user);
    const maker = accountClient(server, await server.signIn(credentials));
    const { token } = (await make({}, maker)).body;
    const change = (body: object) => client.call('PATCH', `/users/${made.id}`, body);
    expect((await as(token, '/settings')).status).toBe(200);
    await change({ roles: ['agent'] });
    expect((await as(token, '/settings')).status).toBe(403);
    expect((await as(token, '/sites')).status).toBe(200);
    await change({ disabled: true });
    expect((await as(token, '/sites')).status).toBe(401);
    await client.call('DELETE', `/users/${made.id}`);
    const { items } = (await client.call<Page<WireApiToken>>('GET', '/api-tokens')).body;
    expect(items.filter(({ createdBy }) => createdBy === made.id)).toEqual([]);
  });

  it('are refused from other addresses than their ranges, IPv4 and IPv6', async () => {
    const addressRanges = ['192.0.2.0/28', '198.51.100.7', '2001:db8:1::/48'];
    const { token } = (await make({ addressRanges })).body;
    for (const good of ['192.0.2.15', '198.51.100.7', '2001:db8:1:2::3', '::ffff:192.0.2.1']) {
      expect([good, (await from(good, token)).status]).toEqual([good, 200]);
    }
    for (const bad of ['192.0.2.16', '198.51.100.8', '2001:db8:2::1', 'nonsense']) {
      const answer = await from(bad, token);
      expect([bad, answer.status]).toEqual([bad, 403]);
      expect(await answer.json()).toMatchObject({ code: 'auth.address_not_allowed' });
    }
    const everyIPv6 = (await make({ addressRanges: ['::/0'] })).body.token;
    expect((await from('2001:db8:1:2::3', everyIPv6)).status).toBe(200);
    expect((await from('192.0.2.1', everyIPv6)).status).toBe(403);
    for (const range of ['192.0.2.0/33', '300.0.0.1', 'example.com', '']) {
      expect((await make({ addressRanges: [range] })).status).toBe(422);
    }
  });

  it('note the hour of their last use, no address, and the audit log names the token', async () => {
    const { id, token } = (await make({ scopes: ['site:read', 'site:write'] })).body;
    await as(token, '/sites', 'POST', { name: 'By script' });
    const { body } = await client.call<WireApiToken>('GET', `/api-tokens/${id}`);
    expect(Date.parse(String(body.lastUsedAt)) % 3_600_000).toBe(0);
    const log = await client.call<Page<WireAuditEntry>>('GET', '/audit-log?action=site.created');
    expect(log.body.items[0]).toMatchObject({ actor: { kind: 'token', id } });
  });

  it('can be changed and removed, which counts from the next call', async () => {
    const { id, token } = (await make()).body;
    const path = `/api-tokens/${id}`;
    expect(await client.call('PATCH', path, { name: 'Renamed', scopes: ['site:read'] })).toMatchObject({
      status: 200,
      body: { name: 'Renamed', scopes: ['site:read'] },
    });
    expect((await as(token, '/settings')).status).toBe(403);
    expect((await client.call('DELETE', path)).status).toBe(204);
    expect(await as(token, '/sites')).toMatchObject({ status: 401, body: { code: 'auth.required' } });
  });

  it('end when they say: after 90 days, at a given time, or never', async () => {
    const soon = new Date(clock.now() + DAY_MS).toISOString();
    const past = new Date(clock.now() - 1_000).toISOString();
    const [standard, short, endless] = [
      (await make()).body,
      (await make({ expiresAt: soon })).body,
      (await make({ expiresAt: null })).body,
    ];
    expect((await make({ expiresAt: past })).status).toBe(422);
    expect(short.expiresAt).toBe(soon);
    expect(endless.expiresAt).toBeUndefined();
    const statuses = () =>
      Promise.all([standard, short, endless].map(async ({ token }) => (await as(token, '/sites')).status));
    clock.shift(DAY_MS + 1_000);
    expect(await statuses()).toEqual([200, 401, 200]);
    clock.shift(90 * DAY_MS);
    expect(await statuses()).toEqual([401, 401, 200]);
    expect((await as(short.token, '/sites')).body.code).toBe('auth.api_token_expired');
  });
});
