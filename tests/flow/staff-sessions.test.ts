import type { Socket } from 'socket.io-client';
import type { SignIn, WireStaffSession } from '../../shared/protocol/index.ts';
import { connect } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

const ended = (socket: Socket) => new Promise((resolve) => socket.once('disconnect', resolve));

type StaffSignIn = SignIn & { readonly accountId: string };

describeOnEveryStore('sessions of staff', (start) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  const list = async ({ accessToken }: SignIn) => {
    const path = '/auth/sessions';
    const { body } = await server.call<{ items: WireStaffSession[] }>('GET', path, undefined, accessToken);
    return body.items;
  };
  const end = (method: string, path: string, { accessToken }: SignIn) =>
    server.call(method, path, undefined, accessToken);
  const socketOf = ({ accessToken, accountId }: StaffSignIn) =>
    connect(`${server.url}/agent`, { token: accessToken, accountId });

  async function newAgent(email: string) {
    const admin = await server.signIn();
    const password = 'long password of an agent';
    const user = { email, password, name: 'Agent', roles: ['agent'] };
    await server.call('POST', `/accounts/${admin.accountId}/users`, user, admin.accessToken);
    return { admin, signIn: () => server.signIn({ email, password }) };
  }

  it('are listed with the kind of browser, times and which one asks; no address is kept', async () => {
    const { signIn } = await newAgent('list@example.com');
    const first = await signIn();
    const second = await signIn();
    const items = await list(second);
    expect(items).toHaveLength(2);
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    expect(items[0]).toMatchObject({ client: 'Another program', createdAt: expect.any(String) });
    const { items: kept } = await server.server.stores.entities.refreshFamilies.list({ limit: 200 });
    expect(JSON.stringify(kept)).not.toMatch(/127\.0\.0\.1|::1|node/i);
    expect((await list(first)).find(({ current }) => current)?.id).not.toBe(
      items.find(({ current }) => current)?.id,
    );
  });

  it('cut their sockets at once when they end: sign-out, by id, all others, by an administrator', async () => {
    const { admin, signIn } = await newAgent('cut@example.com');
    const ways: ((ending: StaffSignIn, other: StaffSignIn) => Promise<{ status: number }>)[] = [
      ({ refreshToken }) => server.call('POST', '/auth/logout', { refreshToken }),
      async (ending, other) => {
        const id = (await list(ending)).find(({ current }) => current)?.id;
        return end('DELETE', `/auth/sessions/${id}`, other);
      },
      (_ending, other) => end('DELETE', '/auth/sessions', other),
    ];
    for (const way of ways) {
      const [ending, other] = [await signIn(), await signIn()];
      const [cut, kept] = [await socketOf(ending), await socketOf(other)];
      const gone = ended(cut);
      expect((await way(ending, other)).status).toBeLessThan(300);
      await gone;
      expect(kept.connected).toBe(true);
      expect((await end('GET', '/auth/me', ending)).status).toBe(401);
      expect((await end('GET', '/auth/me', other)).status).toBe(200);
      kept.disconnect();
    }
    const last = await signIn();
    const socket = await socketOf(last);
    const gone = ended(socket);
    const path = `/accounts/${admin.accountId}/users/${last.user.id}/sessions`;
    const { body } = await end('DELETE', path, admin);
    expect(body.ended).toBeGreaterThan(0);
    await gone;
    expect((await end('GET', '/auth/me', last)).status).toBe(401);
  });

  it('are shown to an administrator of the account, and to nobody else', async () => {
    const { admin, signIn } = await newAgent('shown@example.com');
    const [one, other] = [await signIn(), await signIn()];
    const path = `/accounts/${admin.accountId}/users/${one.user.id}/sessions`;
    const { status, body } = await server.call<{ items: WireStaffSession[] }>(
      'GET',
      path,
      undefined,
      admin.accessToken,
    );
    expect(status).toBe(200);
    expect(body.items.map(({ id }) => id)).toEqual((await list(one)).map(({ id }) => id));
    expect(body.items.some(({ current }) => current)).toBe(false);
    expect((await end('GET', path, other)).status).toBe(403);
  });

  it('are nobody else to end', async () => {
    const { admin, signIn } = await newAgent('mine@example.com');
    const mine = await signIn();
    const id = (await list(mine))[0]?.id;
    expect(await end('DELETE', `/auth/sessions/${id}`, admin)).toMatchObject({ status: 404 });
    expect((await end('GET', '/auth/me', mine)).status).toBe(200);
  });
});
