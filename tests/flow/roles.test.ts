import type { Page, SignIn, WireRole, WireUser } from '../../shared/protocol/index.ts';
import { connectAgent, connectVisitor, EventRefused } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const PASSWORD = 'a long enough password';

describeOnEveryStore('roles', (start) => {
  let server: TestServer;
  let admin: SignIn & { accountId: string };
  let client: AccountClient;
  let serial = 0;

  beforeAll(async () => {
    server = await start();
    admin = await server.signIn();
    client = accountClient(server, admin);
  });
  afterAll(() => server.close());

  async function addRole(role: object): Promise<WireRole> {
    const made = await client.call<WireRole>('POST', '/roles', { name: `Role ${++serial}`, ...role });
    expect(made.status).toBe(201);
    return made.body;
  }

  async function addUser(roles: readonly string[], more: object = {}) {
    const credentials = { email: `someone${++serial}@example.com`, password: PASSWORD };
    const user = { ...credentials, name: 'Someone', roles, ...more };
    const made = await client.call<WireUser & { code?: string }>('POST', '/users', user);
    expect([made.status, made.body.code]).toEqual([201, undefined]);
    const me = accountClient(server, await server.signIn(credentials));
    return { id: made.body.id, me, credentials };
  }

  it('say what they allow themselves, what they inherit, and from where', async () => {
    const inner = await addRole({ authorizations: ['audit-log:read'] });
    const outer = await addRole({ authorizations: ['settings:read'], roles: [inner.id, 'agent'] });
    expect(outer.effective).toEqual(
      expect.arrayContaining([
        { authorization: 'settings:read', from: [outer.id] },
        { authorization: 'audit-log:read', from: [inner.id] },
        { authorization: 'conversation:handle', from: ['agent'] },
      ]),
    );
    const { body } = await client.call<Page<WireRole>>('GET', '/roles?limit=200');
    expect(body.items.map(({ id }) => id)).toEqual(expect.arrayContaining(['operator', inner.id, outer.id]));
    expect((await client.call('GET', `/roles/${outer.id}`)).body).toEqual(outer);
    const pages = await client.call<Page<WireRole>>('GET', '/roles?limit=5');
    const next = await client.call<Page<WireRole>>(
      'GET',
      `/roles?limit=1&cursor=${pages.body.nextCursor ?? ''}`,
    );
    expect(next.body.items.map(({ id }) => id)).toEqual(['operator']);
    const user = await addUser([outer.id]);
    expect((await user.me.call('GET', '/audit-log')).status).toBe(200);
    expect((await user.me.call('GET', '/users')).status).toBe(403);
  });

  it('lose what they are for when it is emptied, and keep it when it is not named', async () => {
    const { id } = await addRole({ about: 'For the night' });
    const change = async (body: object) =>
      (await client.call<WireRole>('PATCH', `/roles/${id}`, body)).body.about;
    expect(await change({ roles: ['agent'] })).toBe('For the night');
    expect(await change({ about: '' })).toBe('');
  });

  it('are refused when they contain one another in a circle, naming the way', async () => {
    const inner = await addRole({});
    const outer = await addRole({ roles: [inner.id] });
    const refused = await client.call('PATCH', `/roles/${inner.id}`, { roles: ['agent', outer.id] });
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'role.cycle',
        errors: [{ path: 'roles.1', message: `goes round: ${inner.id} > ${outer.id} > ${inner.id}` }],
      },
    });
    const itself = await client.call('PATCH', `/roles/${inner.id}`, { roles: [inner.id] });
    expect(itself.body.code).toBe('role.cycle');
  });

  it('are refused when two changes at once would close a circle', async () => {
    const [one, other] = [await addRole({}), await addRole({})];
    await Promise.all([
      client.call('PATCH', `/roles/${one.id}`, { roles: [other.id] }),
      client.call('PATCH', `/roles/${other.id}`, { roles: [one.id] }),
    ]);
    const contained = await Promise.all(
      [one, other].map(async ({ id }) => (await client.call<WireRole>('GET', `/roles/${id}`)).body.roles),
    );
    expect(contained.filter((roles) => roles.length > 0).length).toBeLessThan(2);
  });

  it('are refused when too many stand one inside another, also from within', async () => {
    let roles: string[] = [];
    const chain: WireRole[] = [];
    for (let depth = 0; depth < 8; depth += 1) {
      chain.push(await addRole({ roles }));
      roles = [chain.at(-1)?.id ?? ''];
    }
    const deeper = await client.call('POST', '/roles', { name: `Role ${++serial}`, roles });
    expect(deeper.body.code).toBe('role.too_deep');
    const within = await client.call('PATCH', `/roles/${chain[0]?.id}`, { roles: ['agent'] });
    expect(within.body.code).toBe('role.too_deep');
  });

  it.each([
    [{ authorizations: ['everything:do'] }, 'invalid_value', 'authorizations.0'],
    [{ roles: ['agent', 'emperor'] }, 'invalid_value', 'roles.1'],
    [{ name: 'SUPERVISOR' }, 'already_exists', undefined],
  ])('are refused with %j', async (part, code, path) => {
    const { body } = await client.call('POST', '/roles', { name: `Role ${++serial}`, ...part });
    expect(body).toMatchObject({ code, ...(path !== undefined && { errors: [{ path }] }) });
  });

  it('that come with the product stay as they are, and those in use are kept', async () => {
    expect((await client.call('PATCH', '/roles/agent', { name: 'X' })).body.code).toBe('role.builtin');
    expect((await client.call('DELETE', '/roles/agent')).body.code).toBe('role.builtin');
    const inner = await addRole({});
    const outer = await addRole({ roles: [inner.id] });
    const user = await addUser([outer.id]);
    for (const { id } of [inner, outer]) {
      expect((await client.call('DELETE', `/roles/${id}`)).body.code).toBe('role.in_use');
    }
    expect((await client.call('DELETE', `/users/${user.id}`)).status).toBe(204);
    for (const { id } of [outer, inner])
      expect((await client.call('DELETE', `/roles/${id}`)).status).toBe(204);
    expect((await client.call('GET', `/roles/${inner.id}`)).status).toBe(404);
  });

  describe('are no way to more than one has', () => {
    let weak: Awaited<ReturnType<typeof addUser>>;
    let weakRole: WireRole;
    let strongRole: WireRole;

    beforeAll(async () => {
      weakRole = await addRole({
        authorizations: ['role:read', 'role:write', 'user:read', 'user:write', 'conversation:read'],
      });
      strongRole = await addRole({ authorizations: ['audit-log:read'], roles: [weakRole.id] });
      weak = await addUser([weakRole.id]);
    });

    const forbidden = (answer: { status: number; body: Record<string, unknown> }) =>
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);

    it('by giving, making or widening a role', async () => {
      const someone = { email: 'x@example.com', name: 'X', password: PASSWORD };
      forbidden(await weak.me.call('POST', '/users', { ...someone, roles: ['account-administrator'] }));
      forbidden(await weak.me.call('POST', '/users', { ...someone, roles: [strongRole.id] }));
      forbidden(await weak.me.call('PATCH', `/users/${weak.id}`, { roles: [strongRole.id] }));
      forbidden(await weak.me.call('POST', '/roles', { name: 'Mine', authorizations: ['audit-log:read'] }));
      forbidden(await weak.me.call('POST', '/roles', { name: 'Mine', roles: ['privacy-officer'] }));
      forbidden(await weak.me.call('PATCH', `/roles/${weakRole.id}`, { roles: ['supervisor'] }));
    });

    it('by changing a role that a stronger one contains, or a stronger user', async () => {
      forbidden(await weak.me.call('PATCH', `/roles/${weakRole.id}`, { authorizations: ['role:read'] }));
      forbidden(await weak.me.call('DELETE', `/roles/${strongRole.id}`));
      const strong = await addUser([strongRole.id]);
      for (const change of [
        { password: 'a stolen password' },
        { roles: [weakRole.id] },
        { disabled: true },
      ]) {
        forbidden(await weak.me.call('PATCH', `/users/${strong.id}`, change));
      }
      forbidden(await weak.me.call('DELETE', `/users/${strong.id}`));
    });

    it('but all that one has may be given on', async () => {
      const mine = await weak.me.call<WireRole>('POST', '/roles', {
        name: 'A part of mine',
        authorizations: ['conversation:read'],
      });
      expect(mine.status).toBe(201);
      const someone = { email: 'y@example.com', name: 'Y', password: PASSWORD, roles: [mine.body.id] };
      expect((await weak.me.call('POST', '/users', someone)).status).toBe(201);
    });
  });

  it('leave the account an administrator, also when that is by a role of its own', async () => {
    const name = `Acme ${++serial}`;
    const founder = { email: `founder${serial}@example.com`, name: 'F', password: PASSWORD };
    await server.call('POST', '/accounts', { name, admin: founder }, admin.accessToken);
    const owner = await server.signIn({ email: founder.email, password: PASSWORD });
    const mine = accountClient(server, owner);
    const chief = await mine.call<WireRole>('POST', '/roles', {
      name: 'Chief',
      roles: ['account-administrator'],
    });
    expect((await mine.call('PATCH', `/users/${owner.user.id}`, { roles: [chief.body.id] })).status).toBe(
      200,
    );
    const narrowed = await mine.call('PATCH', `/roles/${chief.body.id}`, { roles: ['supervisor'] });
    expect([narrowed.status, narrowed.body.code]).toEqual([409, 'user.last_administrator']);
    expect((await mine.call('GET', '/users')).status).toBe(200);
    const left = await mine.call('PATCH', `/users/${owner.user.id}`, { roles: ['agent'] });
    expect(left.body.code).toBe('user.last_administrator');
  });

  it('P6: belong to their account', async () => {
    const founder = { email: `other${++serial}@example.com`, name: 'O', password: PASSWORD };
    await server.call('POST', '/accounts', { name: 'Other', admin: founder }, admin.accessToken);
    const other = accountClient(server, await server.signIn({ email: founder.email, password: PASSWORD }));
    const role = await addRole({ authorizations: ['settings:read'] });
    for (const [method, body] of [['GET'], ['PATCH', { name: 'X' }], ['DELETE']] as const) {
      expect((await other.call(method, `/roles/${role.id}`, body)).status).toBe(404);
    }
    const user = { email: 'z@example.com', name: 'Z', password: PASSWORD, roles: [role.id] };
    expect((await other.call('POST', '/users', user)).body.code).toBe('invalid_value');
    expect((await other.call('POST', '/roles', { name: 'X', roles: [role.id] })).body.code).toBe(
      'invalid_value',
    );
  });

  describe('E6: count at once on a socket that is open', () => {
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'ok',
        (error: unknown) => (error instanceof EventRefused ? error.code : String(error)),
      );

    it('when one is taken from its user', async () => {
      const user = await addUser(['agent', 'analyst']);
      const agent = await connectAgent(server, user.credentials);
      expect(await codeOf(agent.emit('queue:list', {}))).toBe('ok');
      await client.call('PATCH', `/users/${user.id}`, { roles: ['analyst'] });
      expect(await codeOf(agent.emit('queue:list', {}))).toBe('forbidden');
      const told = await agent.next('access:update');
      expect(told.authorizations).not.toContain('conversation:read');
      await client.call('PATCH', `/users/${user.id}`, { roles: ['agent'] });
      expect(await codeOf(agent.emit('queue:list', {}))).toBe('ok');
      agent.close();
    });

    it('when a role inside theirs is narrowed, and their chats go to others', async () => {
      const inner = await addRole({ roles: ['agent'] });
      const outer = await addRole({ roles: [inner.id] });
      const user = await addUser([outer.id]);
      const agent = await connectAgent(server, user.credentials);
      await agent.emit('presence:set', { status: 'online', capacity: 1 });
      const visitor = await connectVisitor(server);
      const { conversationId, status } = await visitor.emit('chat:start', {});
      expect(status).toBe('active');
      await client.call('PATCH', `/roles/${inner.id}`, { roles: [] });
      const message = { conversationId, clientId: 'm-1', text: 'still there?' };
      expect(await codeOf(agent.emit('message:send', message))).toBe('forbidden');
      await visitor.next('chat:update', (update) => update.status === 'queued');
      await visitor.emit('chat:end', { conversationId });
      visitor.close();
      agent.close();
    });

    it('when the user leaves the account: the socket ends', async () => {
      const user = await addUser(['agent']);
      const agent = await connectAgent(server, user.credentials);
      const ended = new Promise((resolve) => agent.socket.once('disconnect', resolve));
      await client.call('DELETE', `/users/${user.id}`);
      await ended;
    });
  });
});
