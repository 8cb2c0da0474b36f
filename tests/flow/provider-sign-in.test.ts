import { TOTP } from 'otpauth';
import type {
  BegunProviderSignIn,
  SecondFactorChallenge,
  SignIn,
  TotpSetup,
} from '../../shared/protocol/index.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { startIdentityProvider, type TestProvider } from '../support/identity-provider.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from './rest-support.ts';

describeOnEveryStore('sign-in by an identity provider', (start) => {
  let server: TestServer;
  let provider: TestProvider;
  const clock = new ShiftedClock();

  beforeAll(async () => {
    provider = await startIdentityProvider();
    server = await start({ env: provider.env, clock });
  });
  afterAll(async () => {
    await server.close();
    await provider.stop();
  });

  const begin = async () => (await server.call<BegunProviderSignIn>('POST', '/auth/oidc/begin')).body;
  const finish = (body: object) => server.call<SignIn & { code?: string }>('POST', '/auth/oidc/finish', body);

  async function signInAs(email: string) {
    const { address, flow } = await begin();
    return finish({ flow, ...(await provider.signIn(address, email)) });
  }

  it('is offered by name, and asks for a code with PKCE, state and nonce', async () => {
    const { body } = await server.call('GET', '/auth/providers');
    expect(body).toEqual({ items: [{ name: 'Acme' }] });
    const address = new URL((await begin()).address);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${server.url}/console/signed-in`,
      state: expect.any(String),
      nonce: expect.any(String),
    });
  });

  it('finds the user of a verified e-mail address, in any case, and the same person again', async () => {
    const first = await signInAs('Admin@Example.com');
    expect(first).toMatchObject({ status: 200, body: { user: { email: server.admin.email } } });
    expect((await signInAs('Admin@Example.com')).body.user.id).toBe(first.body.user.id);
    const me = await server.call('GET', '/auth/me', undefined, first.body.accessToken);
    expect(me.status).toBe(200);
    const { items } = await server.server.stores.entities.identityLinks.list({ limit: 10 });
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toMatch(/admin@/i);
  });

  it('lets in nobody who is not there already, nor by an address that was not verified', async () => {
    const { accessToken, accountId } = await server.signIn();
    const user = { name: 'Una', password: 'long password of Una', roles: ['agent'] };
    const email = 'unverified@example.com';
    await server.call('POST', `/accounts/${accountId}/users`, { ...user, email }, accessToken);
    for (const stranger of ['stranger@example.com', email]) {
      expect(await signInAs(stranger)).toMatchObject({
        status: 403,
        body: { code: 'auth.identity_unknown' },
      });
    }
  });

  it('asks for the second factor that somebody has set up here', async () => {
    const { accessToken, accountId } = await server.signIn();
    const who = { email: 'two@example.com', password: 'long password of Two' };
    const user = { ...who, name: 'Two', roles: ['agent'] };
    await server.call('POST', `/accounts/${accountId}/users`, user, accessToken);
    const own = await server.signIn(who);
    const post = <Body>(path: string, body: object, token?: string) =>
      server.call<Body>('POST', path, body, token);
    const setup = await post<TotpSetup>(
      '/auth/second-factor/setup',
      { password: who.password },
      own.accessToken,
    );
    const codeIn = (ms: number) =>
      new TOTP({ secret: setup.body.secret }).generate({ timestamp: clock.now() + ms });
    await post('/auth/second-factor/confirm', { code: codeIn(0) }, own.accessToken);
    const { body } = await signInAs(who.email);
    expect(body).toMatchObject({ secondFactor: { kind: 'code' } });
    expect(body.accessToken).toBeUndefined();
    const { challenge } = (body as unknown as SecondFactorChallenge).secondFactor;
    const done = await post<SignIn>('/auth/second-factor', { challenge, code: codeIn(30_000) });
    expect(done).toMatchObject({ status: 200, body: { user: { email: who.email } } });
  });

  it('lets in no disabled user', async () => {
    const { accessToken, accountId } = await server.signIn();
    const user = {
      email: 'off@example.com',
      name: 'Off',
      password: 'long password of Off',
      roles: ['agent'],
    };
    const users = `/accounts/${accountId}/users`;
    const { body } = await server.call('POST', users, user, accessToken);
    expect((await signInAs('off@example.com')).status).toBe(200);
    await server.call('PATCH', `${users}/${body.id}`, { disabled: true }, accessToken);
    expect((await signInAs('off@example.com')).body.code).toBe('auth.identity_unknown');
  });

  it('is good once, for ten minutes, in the browser that began it, with the state that it began with', async () => {
    const { address, flow } = await begin();
    const answer = await provider.signIn(address, server.admin.email);
    const other = await begin();
    for (const wrong of [
      { ...answer, flow: other.flow },
      { ...answer, flow, state: 'made-up' },
      { ...answer, flow: 'made-up' },
    ]) {
      expect(await finish(wrong)).toMatchObject({ status: 401, body: { code: 'auth.challenge_expired' } });
    }
    const answers = await Promise.all([finish({ ...answer, flow }), finish({ ...answer, flow })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const late = await begin();
    const lateAnswer = await provider.signIn(late.address, server.admin.email);
    clock.shift(11 * 60_000);
    expect((await finish({ ...lateAnswer, flow: late.flow })).status).toBe(401);
  });

  it('takes no made-up code and no code of another sign-in', async () => {
    const [one, two] = [await begin(), await begin()];
    const answer = await provider.signIn(one.address, server.admin.email);
    const state = new URL(two.address).searchParams.get('state');
    expect(await finish({ ...answer, flow: two.flow, state })).toMatchObject({
      status: 502,
      body: { code: 'auth.provider_failed' },
    });
    expect((await finish({ ...answer, code: 'made-up', flow: one.flow })).status).toBe(502);
  });
});

describe('without a working identity provider', () => {
  it('there is nothing to choose, and one that does not answer is a typed error', async () => {
    const none = await startTestServer();
    expect((await none.call('GET', '/auth/providers')).body).toEqual({ items: [] });
    expect((await none.call('POST', '/auth/oidc/begin')).status).toBe(404);
    await none.close();
    const env = { OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'x' };
    const broken = await startTestServer({ env });
    expect(await broken.call('POST', '/auth/oidc/begin')).toMatchObject({
      status: 502,
      body: { code: 'auth.provider_failed' },
    });
    await broken.close();
  });
});
