import type { AccountSettings, Page, SignIn, WireSite, WireUser } from '../../shared/protocol/index.ts';
import { aConversation, anActivityRecord } from '../support/builders.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const DAY_MS = 86_400_000;
const PASSWORD = 'a long enough password';

describeOnEveryStore('administration', (start) => {
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

  async function addUser(roles: readonly string[], to = client) {
    const email = `user${++serial}@example.com`;
    const { status, body } = await to.call<WireUser>('POST', '/users', {
      email,
      name: 'Mia',
      password: PASSWORD,
      roles,
    });
    expect(status).toBe(201);
    return { ...body, signIn: () => server.signIn({ email, password: PASSWORD }) };
  }

  async function addAccount() {
    const email = `owner${++serial}@example.com`;
    const request = { name: `Account ${serial}`, admin: { email, name: 'Owner', password: PASSWORD } };
    const made = await server.call<{ id: string; name: string }>(
      'POST',
      '/accounts',
      request,
      admin.accessToken,
    );
    expect(made).toMatchObject({ status: 201, body: { name: request.name } });
    const signIn = await server.signIn({ email, password: PASSWORD });
    return { id: made.body.id, signIn, client: accountClient(server, signIn), email };
  }

  describe('accounts', () => {
    it('are made whole: administrator, one site, built-in redaction rules, default settings', async () => {
      const { id, signIn, client: owner } = await addAccount();
      expect(signIn.user.accounts).toMatchObject([{ id, roles: ['account-administrator'] }]);
      expect((await owner.call<Page<WireSite>>('GET', '/sites')).body.items).toHaveLength(1);
      const rules = await owner.call<Page<{ builtin: string; enabled: boolean }>>('GET', '/redaction-rules');
      const enabled = rules.body.items.filter((rule) => rule.enabled).map((rule) => rule.builtin);
      expect(enabled.sort()).toEqual(['payment-card', 'se-personnummer']);
      expect((await owner.call('GET', '/settings')).body).toMatchObject({
        transcriptRetentionDays: 14,
        logRetentionDays: 7,
        region: 'eu',
      });
    });

    it('are refused in another region, with a taken e-mail and with a taken site key, and leave nothing behind', async () => {
      const owner = { email: `fresh${++serial}@example.com`, name: 'Owner', password: PASSWORD };
      const make = (more: object) =>
        server.call('POST', '/accounts', { name: 'New', admin: owner, ...more }, admin.accessToken);
      expect(await make({ region: 'us' })).toMatchObject({
        status: 422,
        body: { code: 'account.region_mismatch' },
      });
      const taken = { ...owner, email: server.admin.email };
      expect(await make({ admin: taken })).toMatchObject({ status: 409, body: { code: 'already_exists' } });
      expect(await make({ siteKey: 'demo' })).toMatchObject({
        status: 409,
        body: { code: 'already_exists' },
      });
      expect((await make({ siteKey: `site-${serial}` })).status).toBe(201);
    });

    it('are made by operators alone', async () => {
      const { signIn } = await addAccount();
      const body = { name: 'New', admin: { email: 'x@example.com', name: 'X', password: PASSWORD } };
      expect(await server.call('POST', '/accounts', body, signIn.accessToken)).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    });
  });

  describe('settings', () => {
    it('change in the parts that are named', async () => {
      const { client: owner } = await addAccount();
      const before = (await owner.call<AccountSettings>('GET', '/settings')).body;
      const intervals = [{ weekday: 1, from: '09:00', to: '17:00' }];
      const change = {
        timeZone: 'Asia/Tokyo',
        businessHours: { alwaysOpen: false, intervals },
        routing: { defaultCapacity: 2 },
      };
      expect((await owner.call('PATCH', '/settings', change)).status).toBe(200);
      expect((await owner.call('GET', '/settings')).body).toEqual({
        ...before,
        timeZone: 'Asia/Tokyo',
        businessHours: { alwaysOpen: false, intervals },
        routing: { ...before.routing, defaultCapacity: 2 },
      });
    });

    it.each([
      ['transcriptRetentionDays', { transcriptRetentionDays: 0 }],
      ['transcriptRetentionDays', { transcriptRetentionDays: 3_651 }],
      ['transcriptRetentionDays', { transcriptRetentionDays: 1.5 }],
      ['logRetentionDays', { logRetentionDays: 8 }],
      ['timeZone', { timeZone: 'Mars/Olympus' }],
      ['name', { name: '' }],
      ['name', { name: 'a\u0000b' }],
      [
        'businessHours.intervals.0.from',
        { businessHours: { intervals: [{ weekday: 1, from: '09:61', to: '17:00' }] } },
      ],
      [
        'businessHours.intervals.0.to',
        { businessHours: { intervals: [{ weekday: 1, from: '17:00', to: '09:00' }] } },
      ],
      [
        'businessHours.intervals.0.weekday',
        { businessHours: { intervals: [{ weekday: 8, from: '01:00', to: '02:00' }] } },
      ],
      ['dpa.customFields', { dpa: { customFields: [field('email'), field('email')] } }],
      ['dpa.customFields.0.key', { dpa: { customFields: [field('__proto__')] } }],
      ['redaction.applyTo', { redaction: { applyTo: 'never' } }],
      ['routing.colour', { routing: { colour: 1 } }],
    ])('refuse a bad value at %s', async (path, change) => {
      const { status, body } = await client.call('PATCH', '/settings', change);
      expect([status, body.code]).toEqual([422, 'invalid_value']);
      expect(body.errors).toEqual([{ path, message: expect.any(String) }]);
    });

    it('keep their region', async () => {
      expect((await client.call('PATCH', '/settings', { region: 'eu' })).status).toBe(200);
      expect(await client.call('PATCH', '/settings', { region: 'us' })).toMatchObject({
        status: 422,
        body: { code: 'account.region_mismatch' },
      });
    });

    it('lose no part when two change at once', async () => {
      const { client: owner } = await addAccount();
      await Promise.all([
        owner.call('PATCH', '/settings', { name: 'Renamed' }),
        owner.call('PATCH', '/settings', { timeZone: 'UTC' }),
        owner.call('PATCH', '/settings', { routing: { assignment: 'manual' } }),
      ]);
      expect((await owner.call('GET', '/settings')).body).toMatchObject({
        name: 'Renamed',
        timeZone: 'UTC',
        routing: { assignment: 'manual' },
      });
    });

    it('apply a retention change to what is kept, in this account alone', async () => {
      const [{ client: owner, id }, other] = [await addAccount(), await addAccount()];
      const { conversations, activity } = server.server.stores;
      const mine = await conversations.create(aConversation({ accountId: id }));
      const theirs = await conversations.create(aConversation({ accountId: other.id }));
      const log = anActivityRecord({ accountId: id });
      await activity.append([log]);
      await owner.call('PATCH', '/settings', { transcriptRetentionDays: 1, logRetentionDays: 2 });
      expect((await conversations.get(id, mine.id))?.expiresAt).toBe(mine.startedAt + DAY_MS);
      expect((await conversations.get(other.id, theirs.id))?.expiresAt).toBe(theirs.expiresAt);
      const kept = await activity.find({ accountId: id, ip: log.ip, limit: 1 });
      expect(kept.items[0]?.expiresAt).toBe(log.retainFrom + 2 * DAY_MS);
    });
  });

  describe('sites', () => {
    it('are made, read, changed and removed', async () => {
      const made = await client.call<WireSite>('POST', '/sites', {
        name: 'Shop',
        theme: { position: 'left' },
        locale: 'sv',
      });
      expect(made.body).toMatchObject({ name: 'Shop', locale: 'sv', allowedOrigins: [], prechat: [] });
      expect(made.body.theme).toMatchObject({ position: 'left', title: 'Chat with us' });
      const path = `/sites/${made.body.id}`;
      const change = { allowedOrigins: ['https://shop.example'], theme: { title: 'Hi' } };
      expect((await client.call('PATCH', path, change)).body).toEqual({
        ...made.body,
        allowedOrigins: ['https://shop.example'],
        theme: { ...made.body.theme, title: 'Hi' },
      });
      expect((await client.call('DELETE', path)).status).toBe(204);
      expect((await client.call('GET', path)).status).toBe(404);
      expect((await client.call('DELETE', path)).status).toBe(404);
    });

    it('have site keys that are unique in the deployment and never change', async () => {
      const { client: owner } = await addAccount();
      expect(await owner.call('POST', '/sites', { name: 'Copy', siteKey: 'demo' })).toMatchObject({
        status: 409,
        body: { code: 'already_exists' },
      });
      const { body } = await owner.call<WireSite>('POST', '/sites', { name: 'Mine' });
      expect((await owner.call('PATCH', `/sites/${body.id}`, { siteKey: 'other' })).status).toBe(422);
    });

    it.each([
      { name: 'S', allowedOrigins: ['https://shop.example/path'] },
      { name: 'S', allowedOrigins: ['javascript:alert(1)'] },
      { name: 'S', theme: { primaryColor: 'red;background:url(x)' } },
      { name: 'S', locale: '../..' },
      {
        name: 'S',
        prechat: [
          { key: 'a', label: 'A', required: true },
          { key: 'a', label: 'B', required: true },
        ],
      },
      { name: 'S', siteKey: 'white space' },
    ])('refuse %j', async (body) => {
      expect((await client.call('POST', '/sites', body)).status).toBe(422);
    });

    it('are listed in pages without a gap or a double', async () => {
      const { client: owner } = await addAccount();
      for (const name of ['A', 'B', 'C', 'D']) await owner.call('POST', '/sites', { name });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const query = `?limit=2${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
        const { body } = await owner.call<Page<WireSite>>('GET', `/sites${query}`);
        seen.push(...body.items.map(({ id }) => id));
        cursor = body.nextCursor;
      } while (cursor !== undefined);
      expect(new Set(seen).size).toBe(5);
      expect(seen).toHaveLength(5);
    });
  });

  describe('users', () => {
    it('are made with roles, and can sign in', async () => {
      const user = await addUser(['agent', 'analyst']);
      const signIn = await user.signIn();
      expect(signIn.user.accounts).toMatchObject([{ id: admin.accountId, roles: ['agent', 'analyst'] }]);
    });

    it('have an e-mail that nobody else has, in any account, in any case', async () => {
      const { client: owner } = await addAccount();
      const twin = { email: 'ADMIN@example.com', name: 'Twin', password: PASSWORD, roles: ['agent'] };
      const here = await client.call('POST', '/users', twin);
      const elsewhere = await owner.call('POST', '/users', twin);
      expect(here.status).toBe(409);
      expect(elsewhere).toEqual(here);
    });

    it.each([
      { roles: [] },
      { roles: ['agent', 'agent'] },
      { roles: ['emperor'] },
      { password: 'short' },
      { email: 'no address' },
      { email: 'a@b.se\r\nBcc: x@y.se' },
    ])('are refused with %j', async (part) => {
      const user = { email: 'fine@example.com', name: 'Fine', password: PASSWORD, roles: ['agent'], ...part };
      expect((await client.call('POST', '/users', user)).status).toBe(422);
    });

    it('feel a change of roles at their next call', async () => {
      const user = await addUser(['agent']);
      const me = accountClient(server, await user.signIn());
      expect((await me.call('GET', '/settings')).status).toBe(403);
      await client.call('PATCH', `/users/${user.id}`, { roles: ['agent', 'analyst'] });
      expect((await me.call('GET', '/settings')).status).toBe(200);
    });

    it('are out at once when disabled, given a new password, or removed', async () => {
      for (const end of [
        (path: string) => client.call('PATCH', path, { disabled: true }),
        (path: string) => client.call('PATCH', path, { password: 'another long password' }),
        (path: string) => client.call('DELETE', path),
      ]) {
        const user = await addUser(['agent']);
        const signIn = await user.signIn();
        expect((await end(`/users/${user.id}`)).status).toBeLessThan(300);
        expect((await server.call('GET', '/auth/me', undefined, signIn.accessToken)).status).toBe(401);
        const refreshed = await server.call('POST', '/auth/refresh', { refreshToken: signIn.refreshToken });
        expect(refreshed.status).toBe(401);
        await expect(user.signIn()).rejects.toThrow('401');
      }
    });

    it('never show a password hash', async () => {
      expect(JSON.stringify((await client.call('GET', '/users')).body)).not.toMatch(/argon2|password/i);
    });

    it('cannot lift themselves or others above the one who acts', async () => {
      const { client: owner, signIn } = await addAccount();
      const operator = {
        email: `op${++serial}@example.com`,
        name: 'Op',
        password: PASSWORD,
        roles: ['operator'],
      };
      expect((await owner.call('POST', '/users', operator)).status).toBe(403);
      expect(
        (
          await owner.call('PATCH', `/users/${signIn.user.id}`, {
            roles: ['account-administrator', 'operator'],
          })
        ).status,
      ).toBe(403);
    });

    it('that are operators cannot be taken over by an administrator who is none', async () => {
      const operator = await addUser(['account-administrator', 'operator']);
      const plain = await addUser(['account-administrator']);
      const me = accountClient(server, await plain.signIn());
      for (const change of [{ password: 'a stolen password' }, { roles: ['agent'] }, { disabled: true }]) {
        expect((await me.call('PATCH', `/users/${operator.id}`, change)).status).toBe(403);
      }
      expect((await me.call('DELETE', `/users/${operator.id}`)).status).toBe(403);
      expect((await operator.signIn()).user.id).toBe(operator.id);
    });

    it('include one administrator at least, also when two remove each other at once', async () => {
      const { client: owner, signIn } = await addAccount();
      const first = signIn.user.id;
      for (const change of [{ roles: ['agent'] }, { disabled: true }]) {
        const refused = await owner.call('PATCH', `/users/${first}`, change);
        expect(refused).toMatchObject({ status: 409, body: { code: 'user.last_administrator' } });
      }
      expect((await owner.call('DELETE', `/users/${first}`)).status).toBe(409);
      const second = await addUser(['account-administrator'], owner);
      const other = accountClient(server, await second.signIn());
      await Promise.all([
        owner.call('PATCH', `/users/${second.id}`, { roles: ['agent'] }),
        other.call('PATCH', `/users/${first}`, { roles: ['agent'] }),
      ]);
      const { items } = await server.server.stores.entities.users.list({
        where: { 'memberships.accountId': owner.accountId },
        limit: 10,
      });
      const roles = items.flatMap(({ memberships }) => memberships.flatMap((membership) => membership.roles));
      expect(roles).toContain('account-administrator');
    });

    it('can be given the roles that there are', async () => {
      const { body } = await client.call<Page<{ id: string }>>('GET', '/roles');
      expect(body.items.map(({ id }) => id)).toContain('privacy-officer');
    });
  });

  describe('logs', () => {
    it('tell by session, conversation or address who connected, and the audit log who asked', async () => {
      const { client: owner, id, signIn } = await addAccount();
      const { conversations, activity } = server.server.stores;
      const conversation = await conversations.create(aConversation({ accountId: id }));
      const record = anActivityRecord({
        accountId: id,
        sessionId: conversation.sessionId,
        ip: '2001:db8::1',
      });
      await activity.append([record]);
      const found = { sessionId: conversation.sessionId, ip: '2001:db8::1', userAgent: 'test-agent' };
      for (const query of [
        `sessionId=${conversation.sessionId}`,
        `conversationId=${conversation.id}`,
        'ip=2001:DB8:0::1',
      ]) {
        const { body } = await owner.call<Page<object>>('GET', `/activity-logs?${query}`);
        expect(body.items).toMatchObject([found]);
      }
      const audit = await owner.call<Page<object>>('GET', '/audit-log?action=activity-log.read');
      expect(audit.body.items).toHaveLength(3);
      expect(audit.body.items[1]).toMatchObject({
        actor: { kind: 'user', id: signIn.user.id },
        target: { kind: 'conversation', id: conversation.id },
        details: { by: 'conversationId', found: 1, reasonGiven: false },
      });
      expect(JSON.stringify(audit.body)).not.toContain('2001');
    });

    it('are looked up with a reason, and the audit log says so when there was none', async () => {
      const { client: owner } = await addAccount();
      const path = '/activity-logs?ip=192.0.2.77';
      expect((await owner.call('GET', path)).status).toBe(200);
      const why = encodeURIComponent('Abuse, said by 4242 4242 4242 4242');
      expect((await owner.call('GET', `${path}&reason=${why}`)).status).toBe(200);
      await owner.call('PATCH', '/settings', { activityLog: { reasonRequired: true } });
      expect((await owner.call('GET', path)).status).toBe(422);
      expect((await owner.call('GET', `${path}&reason=Abuse%20again`)).status).toBe(200);
      const { body } = await owner.call<Page<{ details: object }>>(
        'GET',
        '/audit-log?action=activity-log.read',
      );
      const none = { by: 'ip', found: 0, reasonGiven: false };
      expect(body.items.map(({ details }) => details)).toEqual([
        { ...none, reasonGiven: true, reason: 'Abuse again' },
        { ...none, reasonGiven: true, reason: expect.stringMatching(/^Abuse, said by [█ ]+$/) },
        none,
      ]);
    });

    it('forget an address', async () => {
      const { client: owner, id } = await addAccount();
      const other = await addAccount();
      const { activity } = server.server.stores;
      await activity.append([
        anActivityRecord({ accountId: id, ip: '192.0.2.9' }),
        anActivityRecord({ accountId: id, ip: '192.0.2.9' }),
        anActivityRecord({ accountId: other.id, ip: '192.0.2.9' }),
      ]);
      expect((await owner.call('DELETE', '/activity-logs?ip=::ffff:192.0.2.9')).body).toEqual({
        deleted: 2,
        certificateId: expect.any(String),
      });
      expect((await owner.call('GET', '/activity-logs?ip=192.0.2.9')).body).toEqual({ items: [] });
      expect(
        (await other.client.call<Page<object>>('GET', '/activity-logs?ip=192.0.2.9')).body.items,
      ).toHaveLength(1);
    });

    it('refuse a question for nothing, for two things, or for no address', async () => {
      for (const query of ['', 'sessionId=a&ip=192.0.2.1', 'ip=nonsense', 'ip=']) {
        expect((await client.call('GET', `/activity-logs?${query}`)).status).toBe(422);
      }
      expect((await client.call('DELETE', '/activity-logs')).status).toBe(422);
    });

    it('note every change that an administrator makes, without a word of its content', async () => {
      const { client: owner } = await addAccount();
      await owner.call('PATCH', '/settings', { name: 'Secret name' });
      const site = await owner.call<WireSite>('POST', '/sites', { name: 'Secret site' });
      await owner.call('DELETE', `/sites/${site.body.id}`);
      const user = await addUser(['agent'], owner);
      await owner.call('PATCH', `/users/${user.id}`, { name: 'Secret person' });
      const { body } = await owner.call<Page<{ action: string }>>('GET', '/audit-log');
      expect(body.items.map(({ action }) => action)).toEqual([
        'user.changed',
        'user.created',
        'site.removed',
        'site.created',
        'settings.changed',
        'sign-in.succeeded',
        'account.created',
      ]);
      expect(JSON.stringify(body)).not.toMatch(/Secret|example\.com/);
    });
  });
});

function field(key: string) {
  return { key, label: 'Label', category: 'contact', searchable: false };
}
