import { createHttp } from '../../../console/api/http.ts';
import { ApiError } from '../../../console/api/problem.ts';
import { createSession, type TokenStorage } from '../../../console/api/session.ts';

const USER = { id: 'u1', email: 'ada@example.test', name: 'Ada', accounts: [] };

/** Answers by path; counts calls. Access tokens are numbered: a1, a2... */
function backend() {
  const calls: string[] = [];
  let issued = 0;
  let refuseRefresh = false;
  let down = false;
  const good = new Set<string>();
  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const issue = () => {
    issued += 1;
    good.add(`a${issued}`);
    return json(200, { accessToken: `a${issued}`, refreshToken: `r${issued}`, expiresIn: 900, user: USER });
  };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push(url.replace('/api/v1', ''));
    await Promise.resolve();
    if (down) throw new TypeError('fetch failed');
    if (url.endsWith('/auth/login')) return issue();
    if (url.endsWith('/auth/logout')) return new Response(null, { status: 204 });
    if (url.endsWith('/auth/refresh')) {
      return refuseRefresh ? json(401, { code: 'auth.refresh_reused', detail: 'no', status: 401 }) : issue();
    }
    const token = String((init.headers as Record<string, string>).authorization).replace('Bearer ', '');
    return good.has(token)
      ? json(200, { token })
      : json(401, { code: 'auth.token_expired', detail: 'expired', status: 401 });
  };
  return {
    calls,
    fetch,
    expire: () => good.clear(),
    refuse: () => {
      refuseRefresh = true;
    },
    goDown: () => {
      down = true;
    },
  };
}

function memory(initial?: string): TokenStorage & { value: string | undefined } {
  return {
    value: initial,
    load() {
      return this.value;
    },
    save(token) {
      this.value = token;
    },
    clear() {
      this.value = undefined;
    },
  };
}

function setUp(kept?: string) {
  const server = backend();
  const storage = memory(kept);
  let now = 0;
  const session = createSession({ fetch: server.fetch, storage, now: () => now });
  const http = createHttp({ fetch: server.fetch, accessToken: (rejected) => session.accessToken(rejected) });
  return { server, storage, session, http, pass: (ms: number) => (now += ms) };
}

const CREDENTIALS = { email: 'ada@example.test', password: 'correct horse' };

describe('the session of a tab', () => {
  it('signs in and keeps the refresh token only', async () => {
    const { session, storage } = setUp();
    await session.signIn(CREDENTIALS);
    expect(session.state.get()).toEqual({ kind: 'signed-in', user: USER });
    expect(storage.value).toBe('r1');
  });

  it('continues after a reload', async () => {
    const { session, storage } = setUp('r0');
    await session.restore();
    expect(session.state.get().kind).toBe('signed-in');
    expect(storage.value).toBe('r1');
  });

  it('asks for a sign-in where nothing is kept, without a notice', async () => {
    const { session, server } = setUp();
    await session.restore();
    expect(session.state.get()).toEqual({ kind: 'signed-out' });
    expect(server.calls).toEqual([]);
  });

  it('renews a token that is about to end, once for all who wait', async () => {
    const { session, http, server, pass } = setUp();
    await session.signIn(CREDENTIALS);
    pass(880_000);
    await Promise.all([http.get('/x'), http.get('/y'), http.get('/z')]);
    expect(server.calls.filter((path) => path === '/auth/refresh')).toHaveLength(1);
  });

  it('renews a token that the server refuses, and repeats the call unseen', async () => {
    const { session, http, server } = setUp();
    await session.signIn(CREDENTIALS);
    server.expire();
    await expect(Promise.all([http.get('/x'), http.get('/y')])).resolves.toEqual([
      { token: 'a2' },
      { token: 'a2' },
    ]);
    expect(server.calls.filter((path) => path === '/auth/refresh')).toHaveLength(1);
  });

  it('ends with a notice when the renewal is refused', async () => {
    const { session, http, server, storage } = setUp();
    await session.signIn(CREDENTIALS);
    server.expire();
    server.refuse();
    await expect(http.get('/x')).rejects.toBeInstanceOf(ApiError);
    expect(session.state.get()).toMatchObject({
      kind: 'signed-out',
      notice: expect.stringContaining('ended'),
    });
    expect(storage.value).toBeUndefined();
  });

  it('stays signed in while the server is away', async () => {
    const { session, http, server, storage, pass } = setUp();
    await session.signIn(CREDENTIALS);
    pass(880_000);
    server.goDown();
    await expect(http.get('/x')).rejects.toMatchObject({ code: 'network' });
    expect(session.state.get().kind).toBe('signed-in');
    expect(storage.value).toBe('r1');
  });

  it('signs out at once, and a renewal under way does not bring the session back', async () => {
    const { session, server, pass } = setUp();
    await session.signIn(CREDENTIALS);
    pass(880_000);
    const renewal = session.accessToken();
    const out = session.signOut();
    await expect(renewal).rejects.toBeInstanceOf(ApiError);
    await out;
    expect(session.state.get()).toEqual({ kind: 'signed-out' });
    expect(server.calls).toContain('/auth/logout');
  });
});
