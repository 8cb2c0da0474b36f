import { TOTP } from 'otpauth';
import { SLOW_DOWN_MS } from '../../server/features/auth/index.ts';
import type {
  Page,
  SecondFactorChallenge,
  SignIn,
  TotpSetup,
  WireAuditEntry,
} from '../../shared/protocol/index.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from './rest-support.ts';

const MINUTE_MS = 60_000;

describe('passwords, where nobody says what they may cost', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ costlyPasswords: true });
  });
  afterAll(() => server.close());

  it('are kept by argon2id with the parameters that OWASP gives', async () => {
    const { user } = await server.signIn();
    const kept = await server.server.stores.entities.users.get(user.id);
    expect(kept?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describeOnEveryStore('sign-in', (start) => {
  let server: TestServer;
  const clock = new ShiftedClock();

  beforeAll(async () => {
    server = await start({ clock });
  });
  afterAll(() => server.close());

  const refresh = (refreshToken: string) => server.call<SignIn>('POST', '/auth/refresh', { refreshToken });
  const me = (token: string) => server.call('GET', '/auth/me', undefined, token);

  it('answers tokens, their life and the user with roles and authorizations', async () => {
    const signIn = await server.signIn();
    expect(signIn.expiresIn).toBe(900);
    expect(signIn.user).toMatchObject({ email: server.admin.email, name: 'Administrator' });
    const [account] = signIn.user.accounts;
    expect(account).toMatchObject({ name: 'demo', roles: ['account-administrator', 'operator'] });
    expect(account?.authorizations).toEqual(expect.arrayContaining(['settings:write', 'account:create']));
    expect((await me(signIn.accessToken)).body).toEqual(signIn.user);
  });

  it('takes the e-mail in any case and answers a wrong password and an unknown e-mail alike', async () => {
    const { password } = server.admin;
    expect(
      (await server.call('POST', '/auth/login', { email: ' ADMIN@Example.com ', password })).status,
    ).toBe(200);
    const wrong = await server.call('POST', '/auth/login', { email: server.admin.email, password: 'wrong' });
    const nobody = await server.call('POST', '/auth/login', { email: 'nobody@example.com', password });
    expect(wrong).toEqual(nobody);
    expect(wrong).toMatchObject({ status: 401, body: { code: 'auth.invalid_credentials' } });
  });

  it('refuses no token, a made-up one, another kind of token and one without a signature', async () => {
    const visitor = await server.openVisitorSession();
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"userId":"x"}').toString('base64url')}.`;
    for (const token of ['', 'x', 'a.b.c', visitor.token, unsigned]) {
      expect(await me(token)).toMatchObject({ status: 401, body: { code: 'auth.required' } });
    }
  });

  it('lets an access token expire after 15 minutes', async () => {
    const { accessToken } = await server.signIn();
    clock.shift(15 * MINUTE_MS - 1_000);
    expect((await me(accessToken)).status).toBe(200);
    clock.shift(2_000);
    expect(await me(accessToken)).toMatchObject({ status: 401, body: { code: 'auth.token_expired' } });
  });

  it('rotates the refresh token', async () => {
    const first = await server.signIn();
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.body.refreshToken);
    expect([second.status, third.status]).toEqual([200, 200]);
    expect(new Set([first.refreshToken, second.body.refreshToken, third.body.refreshToken]).size).toBe(3);
    expect((await me(third.body.accessToken)).status).toBe(200);
  });

  it('ends the whole family when a refresh token is used again', async () => {
    const first = await server.signIn();
    const other = await server.signIn();
    const second = await refresh(first.refreshToken);
    expect(await refresh(first.refreshToken)).toMatchObject({
      status: 401,
      body: { code: 'auth.refresh_reused' },
    });
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    expect((await me(second.body.accessToken)).status).toBe(401);
    expect((await me(other.accessToken)).status).toBe(200);
  });

  it('lets one of many refreshes with the same token at once succeed', async () => {
    const { refreshToken } = await server.signIn();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('lets a refresh token expire after 30 days without use', async () => {
    const { refreshToken } = await server.signIn();
    clock.shift(30 * 24 * 60 * MINUTE_MS);
    expect(await refresh(refreshToken)).toMatchObject({ status: 401, body: { code: 'auth.required' } });
  });

  it('ends access and refresh tokens at once on logout', async () => {
    const { accessToken, refreshToken } = await server.signIn();
    expect((await server.call('POST', '/auth/logout', { refreshToken })).status).toBe(204);
    expect((await me(accessToken)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await server.call('POST', '/auth/logout', { refreshToken })).status).toBe(204);
  });

  it('keeps neither a password nor a token in the store, the log or an error answer', async () => {
    const { accessToken, refreshToken } = await server.signIn();
    const { items } = await server.server.stores.entities.refreshFamilies.list({ limit: 200 });
    const kept = JSON.stringify([items, await server.server.stores.entities.users.list({ limit: 10 })]);
    const logged = JSON.stringify(server.logger.lines);
    for (const secret of [server.admin.password, refreshToken, accessToken]) {
      expect(kept).not.toContain(secret);
      expect(logged).not.toContain(secret);
    }
  });
});

/** Whoever waits because others guess, does not wait in a test; how often is counted. */
class ImpatientClock extends ShiftedClock {
  slowedDown = 0;

  override after(ms: number, callback: () => void): () => void {
    if (ms !== SLOW_DOWN_MS) return super.after(ms, callback);
    this.slowedDown += 1;
    return super.after(0, callback);
  }
}

describe('sign-in under attack', () => {
  let server: TestServer;
  const clock = new ImpatientClock();

  beforeAll(async () => {
    server = await startTestServer({ clock, env: { RATE_LIMIT_FACTOR: '1', TRUST_PROXY: '1' } });
  });
  afterAll(() => server.close());

  function login(password: string, address: string, email = server.admin.email) {
    return fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ email, password }),
    });
  }

  it('locks one person from one address after failures, and says for how long', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1)
      statuses.push((await login('wrong', '192.0.2.1')).status);
    expect(statuses).toEqual([...new Array(8).fill(401), 429]);
    const locked = await login(server.admin.password, '192.0.2.1');
    expect(await locked.json()).toMatchObject({ code: 'auth.locked', status: 429 });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await login(server.admin.password, '192.0.2.2')).status).toBe(200);
  });

  it('counts guesses that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => login('wrong', '192.0.2.10')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(8);
  });

  it('shuts nobody out who is guessed at from many networks, and counts an IPv6 /64 as one', async () => {
    const oneNetwork = await Promise.all(
      Array.from({ length: 12 }, (_, host) => login('wrong', `2001:db8:0:1::${host + 1}`)),
    );
    expect(oneNetwork.filter(({ status }) => status === 429)).toHaveLength(4);
    const many = Array.from({ length: 50 }, (_, index) => login('wrong', `2001:db8:0:${index + 100}::1`));
    expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([401]));
    expect(clock.slowedDown).toBeGreaterThan(0);
    const before = clock.slowedDown;
    expect((await login(server.admin.password, '198.51.100.20')).status).toBe(200);
    expect(clock.slowedDown).toBe(before + 1);
    const { accessToken, accountId } = await server.signIn();
    const { body } = await server.call<Page<WireAuditEntry>>(
      'GET',
      `/accounts/${accountId}/audit-log?action=sign-in.failed&limit=200`,
      undefined,
      accessToken,
    );
    expect(body.items).toHaveLength(60);
  });

  it('locks someone who does not exist in the same way', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => login('wrong', '192.0.2.11', 'nobody@example.com')),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(8);
  });

  it('locks the second step after ten wrong codes, from wherever, and the right one with it', async () => {
    const { password } = server.admin;
    const { accessToken } = await server.signIn();
    const post = <Body>(path: string, body: object, token?: string) =>
      server.call<Body & { code?: string }>('POST', path, body, token);
    const setup = await post<TotpSetup>('/auth/second-factor/setup', { password }, accessToken);
    const totp = new TOTP({ secret: setup.body.secret });
    const confirmed = totp.generate({ timestamp: clock.now() });
    await post('/auth/second-factor/confirm', { code: confirmed }, accessToken);
    const asked = await login(password, '192.0.2.60');
    const { challenge } = ((await asked.json()) as SecondFactorChallenge).secondFactor;
    const guess = (code: string, address: string) =>
      fetch(`${server.url}/api/v1/auth/second-factor`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ challenge, code }),
      });
    clock.shift(60_000);
    const right = totp.generate({ timestamp: clock.now() });
    const wrong = right === '000000' ? '000001' : '000000';
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 10; attempt += 1)
      statuses.push((await guess(wrong, `203.0.113.${attempt}`)).status);
    const locked = await guess(right, '203.0.113.99');
    expect([...statuses, locked.status]).toEqual([...new Array(10).fill(422), 429]);
    expect(await locked.json()).toMatchObject({ code: 'auth.locked' });
  });

  it('limits one address over many people', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => login('wrong', '192.0.2.3', `user${index}@example.com`)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(await refused[0]?.json()).toMatchObject({ code: 'rate_limited' });
  });

  it('limits guesses at access tokens', async () => {
    const guess = () =>
      fetch(`${server.url}/api/v1/auth/me`, {
        headers: { authorization: 'Bearer guess', 'x-forwarded-for': '192.0.2.4' },
      });
    const answers = await Promise.all(Array.from({ length: 125 }, guess));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });
});
