import { TOTP } from 'otpauth';
import type {
  RecoveryCodes,
  SecondFactorChallenge,
  SecondFactorSignIn,
  SecondFactorStatus,
  SignIn,
  TotpSetup,
  WireAuditEntry,
} from '../../shared/protocol/index.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { ShiftedClock } from './rest-support.ts';

const STEP_MS = 30_000;
const MINUTE_MS = 60_000;
const PASSWORD = 'long password of an agent';

describeOnEveryStore('the second factor', (start) => {
  let server: TestServer;
  let admin: SignIn & { accountId: string };
  const clock = new ShiftedClock();
  let serial = 0;

  beforeAll(async () => {
    server = await start({ clock });
    admin = await server.signIn();
  });
  afterAll(() => server.close());

  const post = <Body>(path: string, body: object, token?: string) =>
    server.call<Body & { code?: string }>('POST', path, body, token);
  const login = (email: string, password = PASSWORD) =>
    post<SecondFactorChallenge & SignIn>('/auth/login', { email, password });
  const finish = (challenge: string, code: string) =>
    post<SecondFactorSignIn>('/auth/second-factor', { challenge, code });
  const codeOf = ({ secret }: TotpSetup, at = clock.now()) =>
    new TOTP({ secret }).generate({ timestamp: at });
  /** A code that was not taken before. */
  const freshCodeOf = (setup: TotpSetup) => {
    clock.shift(STEP_MS);
    return codeOf(setup);
  };

  async function newUser() {
    const email = `second${++serial}@example.com`;
    const user = { email, password: PASSWORD, name: 'Mia', roles: ['agent'] };
    admin = await server.signIn();
    await post(`/accounts/${admin.accountId}/users`, user, admin.accessToken);
    const signIn = await server.signIn({ email, password: PASSWORD });
    return { email, id: signIn.user.id, token: signIn.accessToken };
  }

  async function enrolled() {
    const user = await newUser();
    const { body: setup } = await post<TotpSetup>(
      '/auth/second-factor/setup',
      { password: PASSWORD },
      user.token,
    );
    const code = codeOf(setup);
    const { status, body } = await post<RecoveryCodes>('/auth/second-factor/confirm', { code }, user.token);
    expect(status).toBe(200);
    return { ...user, setup, firstCode: code, recoveryCodes: body.recoveryCodes };
  }

  it('is set up with the password, asks nothing before it is confirmed, and then asks at every sign-in', async () => {
    const { email, token } = await newUser();
    expect(await post('/auth/second-factor/setup', { password: 'wrong' }, token)).toMatchObject({
      status: 422,
      body: { code: 'auth.password_wrong' },
    });
    const { body: setup } = await post<TotpSetup>('/auth/second-factor/setup', { password: PASSWORD }, token);
    expect(setup.address).toMatch(/^otpauth:\/\/totp\//);
    expect((await login(email)).body.accessToken).toEqual(expect.any(String));
    const wrong = await post('/auth/second-factor/confirm', { code: '000000' }, token);
    expect(wrong).toMatchObject({ status: 422, body: { code: 'auth.code_wrong' } });
    await post('/auth/second-factor/confirm', { code: codeOf(setup) }, token);
    const asked = await login(email);
    expect(asked).toMatchObject({ status: 200, body: { secondFactor: { kind: 'code', expiresIn: 300 } } });
    expect(asked.body.accessToken).toBeUndefined();
    const done = await finish(asked.body.secondFactor.challenge, freshCodeOf(setup));
    expect(done).toMatchObject({ status: 200, body: { user: { email } } });
    const again = await post('/auth/second-factor/setup', { password: PASSWORD }, token);
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('takes no code twice, nor one that is out of date, nor two uses at once', async () => {
    const { email, setup, firstCode } = await enrolled();
    const { challenge } = (await login(email)).body.secondFactor;
    expect((await finish(challenge, firstCode)).body.code).toBe('auth.code_wrong');
    const code = freshCodeOf(setup);
    const answers = await Promise.all(Array.from({ length: 4 }, () => finish(challenge, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422]);
    const old = codeOf(setup, clock.now() - 3 * STEP_MS);
    expect((await finish(challenge, old)).body.code).toBe('auth.code_wrong');
  });

  it('lets a lost app be replaced by recovery codes, each good once', async () => {
    const { email, recoveryCodes } = await enrolled();
    expect(new Set(recoveryCodes).size).toBe(10);
    const { challenge } = (await login(email)).body.secondFactor;
    const typed = String(recoveryCodes[0]).toUpperCase().replaceAll('-', ' ');
    const done = await finish(challenge, typed);
    expect(done.status).toBe(200);
    expect((await finish(challenge, typed)).body.code).toBe('auth.code_wrong');
    const path = '/auth/second-factor';
    const { body } = await server.call<SecondFactorStatus>('GET', path, undefined, done.body.accessToken);
    expect(body).toMatchObject({ enabled: true, required: false, recoveryCodesLeft: 9 });
  });

  it('is turned off with password and code alone, and its recovery codes are renewed likewise', async () => {
    const { email, token, setup, recoveryCodes } = await enrolled();
    const off = (code: string, password = PASSWORD) =>
      post('/auth/second-factor/off', { password, code }, token);
    expect((await off(freshCodeOf(setup), 'wrong')).body.code).toBe('auth.password_wrong');
    expect((await off('000000')).body.code).toBe('auth.code_wrong');
    const renewed = await post<RecoveryCodes>(
      '/auth/second-factor/recovery-codes',
      { password: PASSWORD, code: freshCodeOf(setup) },
      token,
    );
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect((await off(String(recoveryCodes[0]))).body.code).toBe('auth.code_wrong');
    expect((await off(String(renewed.body.recoveryCodes[0]))).status).toBe(204);
    expect((await login(email)).body.accessToken).toEqual(expect.any(String));
  });

  it('can be asked for by an account: set up during the sign-in, and not to be turned off', async () => {
    const { email, token } = await newUser();
    const settings = `/accounts/${admin.accountId}/settings`;
    const require = (secondFactorRequired: boolean, by: string) =>
      server.call('PATCH', settings, { signIn: { secondFactorRequired } }, by);
    expect((await require(true, admin.accessToken)).status).toBe(200);
    const asked = await login(email);
    expect(asked.body.secondFactor).toMatchObject({ kind: 'setup' });
    const { challenge } = asked.body.secondFactor;
    expect((await finish(challenge, '123456')).body.code).toBe('conflict');
    const { body: setup } = await post<TotpSetup>('/auth/second-factor/setup-at-sign-in', { challenge });
    const done = await finish(challenge, codeOf(setup));
    expect(done.body.recoveryCodes).toHaveLength(10);
    const off = { password: PASSWORD, code: freshCodeOf(setup) };
    expect(await post('/auth/second-factor/off', off, token)).toMatchObject({
      status: 409,
      body: { code: 'auth.second_factor_mandatory' },
    });
    expect((await require(false, admin.accessToken)).status).toBe(200);
  });

  it('ends its challenge after five minutes and with a new password', async () => {
    const { email, id, setup } = await enrolled();
    const late = (await login(email)).body.secondFactor.challenge;
    clock.shift(6 * MINUTE_MS);
    expect((await finish(late, freshCodeOf(setup))).body.code).toBe('auth.challenge_expired');
    const { challenge } = (await login(email)).body.secondFactor;
    const path = `/accounts/${admin.accountId}/users/${id}`;
    admin = await server.signIn();
    await server.call('PATCH', path, { password: 'another long password' }, admin.accessToken);
    expect((await finish(challenge, freshCodeOf(setup))).body.code).toBe('auth.challenge_expired');
    expect((await finish('made-up', '123456')).body.code).toBe('auth.challenge_expired');
  });

  it('is taken off by an administrator, which ends the sign-ins and is in the audit log', async () => {
    const { email, id, token } = await enrolled();
    const users = `/accounts/${admin.accountId}/users`;
    const remove = () => server.call('DELETE', `${users}/${id}/second-factor`, undefined, admin.accessToken);
    const standing = async () =>
      (
        await server.call<SecondFactorStatus>(
          'GET',
          `${users}/${id}/second-factor`,
          undefined,
          admin.accessToken,
        )
      ).body;
    expect(await standing()).toMatchObject({ enabled: true, required: false, recoveryCodesLeft: 10 });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect(await standing()).toEqual({ enabled: false, required: false, recoveryCodesLeft: 0 });
    expect((await server.call('GET', '/auth/me', undefined, token)).status).toBe(401);
    expect((await login(email)).body.accessToken).toEqual(expect.any(String));
    const { body } = await server.call<{ items: WireAuditEntry[] }>(
      'GET',
      `/accounts/${admin.accountId}/audit-log`,
      undefined,
      admin.accessToken,
    );
    const actions = body.items.filter(({ target }) => target?.id === id).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['user.second_factor_on', 'user.second_factor_removed']));
  });

  it('goes with its person, as does a way to a new password that was not used', async () => {
    const { id } = await enrolled();
    const user = `/accounts/${admin.accountId}/users/${id}`;
    const { secondFactors, passwordResets } = server.server.stores.entities;
    const resets = async () => (await passwordResets.list({ where: { userId: id }, limit: 5 })).items.length;
    await server.call('POST', `${user}/password-reset`, undefined, admin.accessToken);
    expect([(await secondFactors.get(id))?.id, await resets()]).toEqual([id, 1]);
    expect((await server.call('DELETE', user, undefined, admin.accessToken)).status).toBe(204);
    expect([await secondFactors.get(id), await resets()]).toEqual([undefined, 0]);
  });

  it('keeps neither secret nor code where a copy of the store or the log shows it', async () => {
    const { setup, recoveryCodes } = await enrolled();
    const { items } = await server.server.stores.entities.secondFactors.list({ limit: 200 });
    const kept = JSON.stringify([items, server.logger.lines]);
    for (const secret of [
      setup.secret,
      ...recoveryCodes,
      ...recoveryCodes.map((code) => code.replaceAll('-', '')),
    ]) {
      expect(kept).not.toContain(secret);
    }
  });

  describe('and the password', () => {
    it('is changed by its owner with the old one; other sign-ins end, this one stays', async () => {
      const { email, token } = await newUser();
      const other = await server.signIn({ email, password: PASSWORD });
      const change = (currentPassword: string, newPassword: string) =>
        post('/auth/password', { currentPassword, newPassword }, token);
      expect((await change('wrong', 'tre gula cyklar')).body.code).toBe('auth.password_wrong');
      expect(await change(PASSWORD, 'password12345')).toMatchObject({
        status: 422,
        body: { code: 'auth.password_weak', errors: [{ path: 'password' }] },
      });
      expect((await change(PASSWORD, 'tre gula cyklar')).status).toBe(204);
      expect((await server.call('GET', '/auth/me', undefined, token)).status).toBe(200);
      expect((await server.call('GET', '/auth/me', undefined, other.accessToken)).status).toBe(401);
      expect((await login(email)).status).toBe(401);
      expect((await login(email, 'tre gula cyklar')).status).toBe(200);
    });

    it('is set anew by a one-time token of an administrator; the second factor stays', async () => {
      const { email, id, token } = await enrolled();
      const path = `/accounts/${admin.accountId}/users/${id}/password-reset`;
      const create = async () =>
        (await server.call<{ token: string }>('POST', path, undefined, admin.accessToken)).body.token;
      const use = (reset: string, newPassword = 'fyra gula cyklar') =>
        post('/auth/password-reset', { token: reset, newPassword });
      const [first, second] = [await create(), await create()];
      expect((await use(first)).body.code).toBe('auth.challenge_expired');
      expect((await use(second, 'second123456')).body.code).toBe('auth.password_weak');
      const answers = await Promise.all([use(second), use(second, 'fem gula cyklar')]);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect((await use(second)).body.code).toBe('auth.challenge_expired');
      expect((await server.call('GET', '/auth/me', undefined, token)).status).toBe(401);
      expect((await login(email)).status).toBe(401);
      const late = await create();
      clock.shift(24 * 60 * MINUTE_MS);
      expect((await use(late)).body.code).toBe('auth.challenge_expired');
    });
  });
});
