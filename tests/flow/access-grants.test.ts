import type { Page, SignIn, WireAccessGrant, WireAuditEntry } from '../../shared/protocol/index.ts';
import { connect, TestClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const PASSWORD = 'a long enough password';
const HOUR_MS = 3_600_000;

describeOnEveryStore('access grants', (start) => {
  let clock: FakeClock;
  let server: TestServer;
  let owner: AccountClient;
  let operator: SignIn;
  let inside: AccountClient;
  const credentials = { email: 'operator@example.com', password: PASSWORD };

  beforeAll(async () => {
    clock = new FakeClock(Date.now());
    server = await start({ clock });
    const first = await server.signIn();
    const admin = { email: 'owner@example.com', name: 'Owner', password: PASSWORD };
    await server.call('POST', '/accounts', { name: 'Acme', admin }, first.accessToken);
    const someone = { ...credentials, name: 'Ops', roles: ['operator'] };
    await server.call('POST', `/accounts/${first.accountId}/users`, someone, first.accessToken);
  });
  beforeEach(async () => {
    owner = accountClient(server, await server.signIn({ email: 'owner@example.com', password: PASSWORD }));
    operator = await server.signIn(credentials);
    inside = accountClient(server, { accessToken: operator.accessToken, accountId: owner.accountId });
  });
  afterAll(() => server.close());

  const grantFor = (ms: number, more: object = {}) =>
    owner.call<WireAccessGrant & { errors?: { path: string }[] }>('POST', '/access-grants', {
      operator: credentials.email,
      roles: ['supervisor'],
      reason: 'A chat does not show, says 19121212-1212',
      until: new Date(clock.now() + ms).toISOString(),
      ...more,
    });
  const enter = async () => {
    const auth = { token: operator.accessToken, accountId: owner.accountId };
    return new TestClient<never, never>(await connect(`${server.url}/agent`, auth));
  };
  const listQueue = async (client: { emitRaw: TestClient<never, never>['emitRaw'] }) => {
    const ack = await client.emitRaw('queue:list', {});
    return ack.ok ? 'ok' : ack.error.code;
  };

  it('P6: show an operator nothing of an account without one', async () => {
    expect((await inside.call('GET', '/conversations')).status).toBe(404);
    await expect(enter()).rejects.toMatchObject({ data: { code: 'not_found' } });
  });

  it('let an operator in at once, as far as they say, and tell the account who came and when', async () => {
    const { status, body: grant } = await grantFor(HOUR_MS);
    expect(status).toBe(201);
    expect(grant).toMatchObject({ userName: 'Ops', status: 'in-force', uses: 0 });
    expect(grant.reason).not.toContain('19121212-1212');
    expect((await inside.call('GET', '/conversations')).status).toBe(200);
    expect((await inside.call('GET', '/audit-log')).status).toBe(403);
    const me = await server.call<SignIn['user']>('GET', '/auth/me', undefined, operator.accessToken);
    expect(me.body.accounts).toContainEqual(
      expect.objectContaining({ id: owner.accountId, roles: [], grantedUntil: grant.until }),
    );
    const used = await owner.call<WireAccessGrant>('GET', `/access-grants/${grant.id}`);
    expect(used.body).toMatchObject({ uses: 1, firstUsedAt: new Date(clock.now()).toISOString() });
    const log = await owner.call<Page<WireAuditEntry>>('GET', '/audit-log?action=access-grant.used');
    expect(log.body.items[0]).toMatchObject({
      actor: { kind: 'user', id: operator.user.id },
      target: { kind: 'access-grant', id: grant.id },
      details: { call: 'get /accounts/:a/conversations' },
    });
    await owner.call('DELETE', `/access-grants/${grant.id}`);
  });

  it('are no one else’s to give on', async () => {
    const { body: grant } = await grantFor(HOUR_MS, { roles: ['account-administrator'] });
    const friend = { email: 'friend@example.com', name: 'Friend', password: PASSWORD, roles: ['agent'] };
    expect((await inside.call('POST', '/users', friend)).status).toBe(403);
    const role = { name: 'Door', authorizations: ['conversation:read'] };
    expect((await inside.call('POST', '/roles', role)).status).toBe(403);
    await owner.call('DELETE', `/access-grants/${grant.id}`);
  });

  it('end by themselves at their time, on REST and on a socket that is open', async () => {
    const { body: grant } = await grantFor(60_000);
    const socket = await enter();
    expect(await listQueue(socket)).toBe('ok');
    const ended = new Promise((resolve) => socket.socket.once('disconnect', resolve));
    clock.advance(60_000);
    await ended;
    expect((await inside.call('GET', '/conversations')).status).toBe(404);
    const { body } = await owner.call<Page<WireAccessGrant>>('GET', '/access-grants');
    expect(body.items.find(({ id }) => id === grant.id)?.status).toBe('ended');
  });

  it('end at once when the account revokes them', async () => {
    const { body: grant } = await grantFor(HOUR_MS);
    const socket = await enter();
    const ended = new Promise((resolve) => socket.socket.once('disconnect', resolve));
    expect((await owner.call('DELETE', `/access-grants/${grant.id}`)).status).toBe(204);
    await ended;
    expect((await inside.call('GET', '/conversations')).status).toBe(404);
    expect((await owner.call<WireAccessGrant>('GET', `/access-grants/${grant.id}`)).body).toMatchObject({
      status: 'revoked',
      revokedBy: grant.grantedBy,
    });
  });

  it.each([
    ['a time that is over', { until: '2020-01-01T00:00:00Z' }, 'until'],
    ['more than a week', { until: '2099-01-01T00:00:00Z' }, 'until'],
    ['somebody unknown', { operator: 'nobody@example.com' }, 'operator'],
    ['a role that is not there', { roles: ['emperor'] }, 'roles'],
    ['nothing', { roles: [] }, 'roles'],
  ])('are refused for %s', async (_what, part, path) => {
    const refused = await grantFor(HOUR_MS, part);
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([422, path]);
  });

  it('lend nothing that who gives them may not do', async () => {
    const refused = await grantFor(HOUR_MS, { roles: [], authorizations: ['account:create'] });
    expect(refused.status).toBe(403);
  });
});
