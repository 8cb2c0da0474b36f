import type { VisitorSession, WireSite } from '../../shared/protocol/index.ts';
import { visitorSessionSchema } from '../../shared/schemas/rest/index.ts';
import { aConversation, aPresence } from '../support/builders.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient, ShiftedClock } from './rest-support.ts';

const HOUR_MS = 3_600_000;

describeOnEveryStore('visitor sessions', (start) => {
  let server: TestServer;
  let client: AccountClient;
  const clock = new ShiftedClock();

  beforeAll(async () => {
    server = await start({ clock, env: { NEW_SESSIONS_PER_HOUR: '5', RATE_LIMIT_FACTOR: '10' } });
  });
  // The clock moves by hours, so each test signs in anew.
  beforeEach(async () => {
    client = accountClient(server, await server.signIn());
  });
  afterAll(() => server.close());

  async function open(body: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/api/v1/visitor/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as VisitorSession & { code?: string };
    return { status: response.status, headers: response.headers, body: answer };
  }

  const sessionOf = async (id: string) => server.server.stores.entities.visitorSessions.get(id);

  it('begin with a token, an opaque visitor token and what the widget shows', async () => {
    const { status, body } = await open({ siteKey: 'demo' });
    expect(status).toBe(201);
    expect(visitorSessionSchema.parse(body)).toEqual(body);
    expect(body.site).toMatchObject({ name: 'demo', locale: 'en', online: false });
    expect(body.visitorToken.length).toBeGreaterThanOrEqual(43);
    expect(JSON.stringify(await sessionOf(body.sessionId))).not.toContain(body.visitorToken);
  });

  it('go on with the visitor token, and count another visit after half an hour', async () => {
    const first = await open({ siteKey: 'demo' });
    const again = () => open({ siteKey: 'demo', visitorToken: first.body.visitorToken });
    const second = await again();
    expect(second.body).toMatchObject({
      sessionId: first.body.sessionId,
      visitorToken: first.body.visitorToken,
    });
    expect((await sessionOf(first.body.sessionId))?.visits).toBe(1);
    clock.shift(HOUR_MS);
    await again();
    const session = await sessionOf(first.body.sessionId);
    expect(session?.visits).toBe(2);
    expect(session?.expiresAt).toBeGreaterThan(clock.now() + 23 * HOUR_MS);
  });

  it('end after a day without a visit; then the session is new and the visitor known, for as long as transcripts are kept', async () => {
    const first = await open({ siteKey: 'demo' });
    clock.shift(25 * HOUR_MS);
    const later = await open({ siteKey: 'demo', visitorToken: first.body.visitorToken });
    expect(later.body.sessionId).not.toBe(first.body.sessionId);
    expect(later.body.visitorToken).toBe(first.body.visitorToken);
    expect((await sessionOf(later.body.sessionId))?.visits).toBe(2);
    const { visitorSessions } = server.server.features.useCases;
    expect(() => visitorSessions.verify(first.body.token)).toThrow(
      expect.objectContaining({ code: 'auth.token_expired' }),
    );
  });

  it('never take over a visitor token that this server did not give out', async () => {
    const { body } = await open({ siteKey: 'demo', visitorToken: 'chosen-by-someone' });
    expect(body.visitorToken).not.toBe('chosen-by-someone');
  });

  it('P6: do not go on across sites', async () => {
    const { body: site } = await client.call<WireSite>('POST', '/sites', { name: 'Second' });
    const first = await open({ siteKey: 'demo' });
    const other = await open({ siteKey: site.siteKey, visitorToken: first.body.visitorToken });
    expect(other.status).toBe(201);
    expect(other.body.sessionId).not.toBe(first.body.sessionId);
    expect(other.body.visitorToken).not.toBe(first.body.visitorToken);
  });

  it('name the chat that is still open', async () => {
    const first = await open({ siteKey: 'demo' });
    const { id } = await server.server.stores.conversations.create(
      aConversation({ accountId: client.accountId, sessionId: first.body.sessionId }),
    );
    const again = await open({ siteKey: 'demo', visitorToken: first.body.visitorToken });
    expect(again.body.openConversationId).toBe(id);
  });

  it('say whether someone is there: office hours in the time zone of the account, and an agent with a live lease', async () => {
    const online = async () => (await open({ siteKey: 'demo' })).body.site.online;
    const { presence } = server.server.stores;
    const { active: _active, ...agent } = aPresence({
      accountId: client.accountId,
      leaseUntil: clock.now() + HOUR_MS,
    });
    await presence.put({ ...agent, status: 'away' });
    expect(await online()).toBe(false);
    await presence.put(agent);
    expect(await online()).toBe(true);
    const closed = { businessHours: { alwaysOpen: false, intervals: [] } };
    await client.call('PATCH', '/settings', closed);
    expect(await online()).toBe(false);
    await client.call('PATCH', '/settings', { businessHours: { alwaysOpen: true } });
    expect(await online()).toBe(true);
    clock.shift(2 * HOUR_MS);
    expect(await online()).toBe(false);
  });

  it('are refused for an unknown site, an identity and odd values', async () => {
    expect(await open({ siteKey: 'nobody' })).toMatchObject({
      status: 401,
      body: { code: 'auth.site_unknown' },
    });
    for (const body of [{}, { siteKey: 1 }, { siteKey: 'demo', visitorToken: '' }]) {
      expect(await open(body)).toMatchObject({ status: 422, body: { code: 'invalid_value' } });
    }
  });

  it('are open to pages of the origins that the site lists, and to no other', async () => {
    const listed = { name: 'Listed', allowedOrigins: ['https://shop.example'] };
    const { body: site } = await client.call<WireSite>('POST', '/sites', listed);
    const from = (origin: string, siteKey = site.siteKey) => open({ siteKey }, { origin });
    const good = await from('https://shop.example');
    expect(good.status).toBe(201);
    expect(good.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(good.headers.get('vary')).toContain('Origin');
    expect(good.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of [
      'https://evil.example',
      'http://shop.example',
      'https://shop.example.evil',
      'null',
    ]) {
      const refused = await from(origin);
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await from(server.url)).status).toBe(201);
    expect((await from('https://any.example', 'demo')).status).toBe(201);
  });

  it('have a preflight; no call of staff has one', async () => {
    const preflight = (path: string) =>
      fetch(`${server.url}/api/v1${path}`, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example' },
      });
    const visitors = await preflight('/visitor/sessions');
    expect(visitors.status).toBe(204);
    expect(visitors.headers.get('access-control-allow-headers')).toBe('content-type');
    const staff = await preflight('/auth/login');
    expect(staff.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('are limited on each site', async () => {
    const { body: site } = await client.call<WireSite>('POST', '/sites', { name: 'Small' });
    const answers = await Promise.all(Array.from({ length: 55 }, () => open({ siteKey: site.siteKey })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0]?.body.code).toBe('session.limit');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
