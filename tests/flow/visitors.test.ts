import jwt from 'jsonwebtoken';
import type { CreatedIdentityKey, WireVisitor, WireVisitorDetail } from '../../shared/protocol/index.ts';
import { MASKED_VALUE } from '../../shared/protocol/index.ts';
import { connectAgent, connectNewAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const FIELDS = [
  { key: 'customerId', label: 'Customer', category: 'identity', searchable: false },
  { key: 'plan', label: 'Plan', category: 'contract', searchable: false },
];

describeOnEveryStore('visitors', (start) => {
  let server: TestServer;
  let client: AccountClient;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    server = await start();
    client = accountClient(server, await server.signIn());
    await client.call('PATCH', '/settings', { dpa: { customFields: FIELDS } });
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });
  afterAll(() => server.close());

  async function visitor(token?: string): Promise<VisitorClient> {
    const one = await connectVisitor(server, token);
    open.push(one);
    return one;
  }

  const detailOf = async ({ sessionId }: { sessionId: string }, by: AccountClient = client) =>
    (await by.call<WireVisitorDetail>('GET', `/visitors/${sessionId}`)).body;

  it('V1: are shown with the page, the events, the campaign and what their client is, redacted', async () => {
    const one = await visitor();
    await one.emit('page:view', {
      url: 'https://shop.example/cart?utm_source=news&id=811218-9876',
      title: 'Cart of 811218-9876',
      referrer: 'https://search.example/?q=chair',
    });
    await one.emit('page:activity', { scrollDepth: 40 });
    await one.emit('page:activity', { event: { name: 'cart', value: 120 } });
    await one.emit('page:activity', { event: { name: 'cart', value: '4111 1111 1111 1111' } });
    await one.emit('page:activity', { event: { name: 'card', value: 4111111111111111 } });
    const seen = await detailOf(one);
    expect(seen).toMatchObject({
      online: true,
      pageViews: 1,
      visits: 1,
      utm: { source: 'news' },
      referrer: 'https://search.example/?q=chair',
      pages: [{ scrollDepth: 40 }],
    });
    expect(seen.events).toHaveLength(2);
    expect(seen.events[0]).toMatchObject({ name: 'cart', count: 2 });
    const all = JSON.stringify(seen);
    for (const secret of ['811218-9876', '4111']) expect(all).not.toContain(secret);
  });

  it('V1: keep what they did over reconnects and in all their tabs', async () => {
    const session = await server.openVisitorSession();
    const first = await visitor(session.visitorToken);
    const second = await visitor(session.visitorToken);
    expect(second.sessionId).toBe(first.sessionId);
    await first.emit('page:view', { url: 'https://shop.example/1' });
    await second.emit('page:view', { url: 'https://shop.example/2' });
    first.close();
    second.close();
    const third = await visitor(session.visitorToken);
    await third.emit('page:view', { url: 'https://shop.example/3' });
    const { pages, pageViews } = await detailOf(third);
    expect(pages.map(({ url }) => url.at(-1))).toEqual(['1', '2', '3']);
    expect(pageViews).toBe(3);
  });

  it('V2: are followed by staff who may, who hear of what changes', async () => {
    const agent = await connectNewAgent(server, 'Vera');
    open.push(agent);
    const before = await agent.emit('visitor:list', {});
    const one = await visitor();
    await one.emit('page:view', { url: 'https://shop.example/live' });
    const update = await agent.next('visitor:update', ({ items }) =>
      items.some(({ sessionId, page }) => sessionId === one.sessionId && page !== undefined),
    );
    expect(update.total).toBeGreaterThan(before.total);
    one.close();
    await agent.next('visitor:update', ({ gone }) => gone.includes(one.sessionId));
  });

  it('V3: are invited by hand once at a time; the answer closes it in every tab', async () => {
    const agent = await connectAgent(server);
    open.push(agent);
    const session = await server.openVisitorSession();
    const tab = await visitor(session.visitorToken);
    await tab.emit('page:view', { url: 'https://shop.example/' });
    const { sessionId } = tab;
    const { inviteId } = await agent.emit('visitor:invite', {
      sessionId,
      message: 'Card 4111 1111 1111 1111?',
    });
    const invite = await tab.next('engagement:invite');
    expect(invite).toMatchObject({
      inviteId,
      ruleId: 'manual',
      action: { type: 'invite', from: { id: agent.userId } },
    });
    expect(invite.message).not.toContain('4111');
    const late = await visitor(session.visitorToken);
    expect((await late.next('engagement:invite')).inviteId).toBe(inviteId);
    await expect(agent.emit('visitor:invite', { sessionId, message: 'Again' })).rejects.toMatchObject({
      code: 'visitor.not_invitable',
    });
    await late.emit('invite:answer', { inviteId, accepted: false });
    expect(await tab.next('engagement:withdraw')).toEqual({ inviteId });
    await tab.emit('invite:answer', { inviteId, accepted: true });
    expect((await detailOf(tab)).invite).toMatchObject({ inviteId, state: 'dismissed' });
  });

  it('V4: begin a chat with the invitation as its first message, once', async () => {
    const agent = await connectAgent(server);
    open.push(agent);
    const one = await visitor();
    await one.emit('page:view', { url: 'https://shop.example/' });
    const { inviteId } = await agent.emit('visitor:invite', {
      sessionId: one.sessionId,
      message: 'May I help?',
    });
    const { conversationId } = await one.emit('chat:start', { inviteId });
    await one.emit('chat:start', { inviteId });
    const { messages } = await one.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages).toMatchObject([
      { seq: 1, text: 'May I help?', from: { kind: 'agent', id: agent.userId } },
    ]);
    const { body } = await client.call<{ engagement?: object }>('GET', `/conversations/${conversationId}`);
    expect(body.engagement).toMatchObject({ inviteId, ruleId: 'manual' });
    expect((await detailOf(one)).conversationId).toBe(conversationId);
    await one.emit('chat:end', { conversationId });
    expect((await detailOf(one)).conversationId).toBeUndefined();
    await expect(one.emit('chat:start', { inviteId: 'nobody-made-this' })).rejects.toMatchObject({
      code: 'invalid_value',
    });
  });

  it('V5: are identified by what the account signs, in fields that the DPA lists, which a script cannot change', async () => {
    const { body: key } = await client.call<CreatedIdentityKey>('POST', '/identity-keys', {
      name: 'Shop',
      algorithm: 'HS256',
    });
    const secret = key.secret ?? '';
    const sign = (claims: object, options: jwt.SignOptions = { expiresIn: 60 }) =>
      jwt.sign(claims, secret, { algorithm: 'HS256', ...options });
    const one = await visitor();
    await one.emit('visitor:identify', { identity: sign({ customerId: 'C-1', sub: 'x' }) });
    await one.emit('profile:update', { fields: { customerId: 'forged', plan: 'gold' } });
    expect(await detailOf(one)).toMatchObject({
      fields: { customerId: 'C-1', plan: 'gold' },
      verifiedFields: ['customerId'],
    });
    const bad: [string, string][] = [
      [sign({ customerId: 'C-2' }, {}), 'identity.rejected'],
      [sign({ customerId: 'C-2' }, { expiresIn: -120 }), 'identity.rejected'],
      [sign({ customerId: 'C-2' }, { algorithm: 'HS512', expiresIn: 60 }), 'identity.rejected'],
      [
        jwt.sign({ customerId: 'C-2' }, 'another secret of 32 characters!', { expiresIn: 60 }),
        'identity.rejected',
      ],
      [jwt.sign({ customerId: 'C-2' }, '', { algorithm: 'none', expiresIn: 60 }), 'identity.rejected'],
      [sign({ customerId: 'C-2', shoeSize: 40 }), 'profile.field_not_allowed'],
    ];
    for (const [identity, code] of bad) {
      await expect(one.emit('visitor:identify', { identity })).rejects.toMatchObject({ code });
    }
    expect((await detailOf(one)).fields.customerId).toBe('C-1');
    const kept = await server.server.stores.entities.identityKeys.get(key.id);
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(JSON.stringify((await client.call('GET', '/identity-keys')).body)).not.toContain(secret);
    const opened = await server.call<{ sessionId: string }>('POST', '/visitor/sessions', {
      siteKey: 'demo',
      identity: sign({ plan: 'silver' }),
    });
    expect(opened.status).toBe(201);
    await client.call('DELETE', `/identity-keys/${key.id}`);
    await expect(
      one.emit('visitor:identify', { identity: sign({ customerId: 'C-3' }) }),
    ).rejects.toMatchObject({ code: 'identity.rejected' });
  });

  it('V5: get fields from the account’s own systems; values are masked for who may not read them', async () => {
    const one = await visitor();
    const path = `/visitors/${one.sessionId}/profile`;
    const changed = await client.call<WireVisitor>('PATCH', path, { fields: { plan: 'gold' } });
    expect(changed.body).toMatchObject({ fields: { plan: 'gold' }, verifiedFields: ['plan'] });
    const refused = await client.call('PATCH', path, { fields: { shoeSize: '40' } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'profile.field_not_allowed' } });
    const analyst = await connectNewAgent(server, 'Ana', ['analyst']);
    open.push(analyst);
    const asAnalyst = accountClient(
      server,
      await server.signIn({ email: analyst.email, password: analyst.password }),
    );
    expect((await detailOf(one, asAnalyst)).fields).toEqual({ plan: MASKED_VALUE });
    const audit = await client.call<{ items: object[] }>('GET', '/audit-log?action=visitor.read');
    expect(audit.body.items.length).toBeGreaterThan(0);
    const { items } = await analyst.emit('visitor:list', {});
    expect(items.find(({ sessionId }) => sessionId === one.sessionId)?.fields).toEqual({
      plan: MASKED_VALUE,
    });
    expect((await asAnalyst.call('PATCH', path, { fields: { plan: 'x' } })).status).toBe(403);
  });

  it('P6: of another account are not there', async () => {
    const one = await visitor();
    await one.emit('page:view', { url: 'https://shop.example/' });
    const other = { email: 'other@example.com', password: 'another long password' };
    await server.call(
      'POST',
      '/accounts',
      { name: 'Other', admin: { ...other, name: 'Olle' } },
      (await server.signIn()).accessToken,
    );
    const stranger = accountClient(server, await server.signIn(other));
    expect((await stranger.call('GET', `/visitors/${one.sessionId}`)).status).toBe(404);
    const agent = await connectAgent(server, other);
    open.push(agent);
    expect((await agent.emit('visitor:list', {})).total).toBe(0);
    await expect(
      agent.emit('visitor:invite', { sessionId: one.sessionId, message: 'Hello' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describeOnEveryStore('what is kept of visitors', (start) => {
  it('V1: outlives a restart, sealed, and is gone with its conversation', async () => {
    const first = await start();
    const session = await first.openVisitorSession();
    const before = await connectVisitor(first, session.visitorToken);
    await before.emit('page:view', { url: 'https://shop.example/remember-me' });
    await before.emit('page:activity', { event: { name: 'cart', value: 12 } });
    before.close();
    await first.close({ keepData: true });

    const second = await start({ dataDir: first.dataDir });
    const record = await second.server.stores.entities.visitorRecords.get(session.sessionId);
    expect(JSON.stringify(record)).not.toContain('remember-me');
    const again = await connectVisitor(second, session.visitorToken);
    await again.emit('page:view', { url: 'https://shop.example/later' });
    const client = accountClient(second, await second.signIn());
    const { body } = await client.call<WireVisitorDetail>('GET', `/visitors/${session.sessionId}`);
    expect(body.pages.map(({ url }) => url)).toEqual([
      'https://shop.example/remember-me',
      'https://shop.example/later',
    ]);
    expect(body.events).toEqual([{ name: 'cart', count: 1, last: 12 }]);

    const { conversationId } = await again.emit('chat:start', {});
    await client.call('DELETE', `/conversations/${conversationId}`);
    expect(await second.server.stores.entities.visitorRecords.get(session.sessionId)).toBeUndefined();
    expect(await second.server.stores.dataKeys.get(`visitor:${session.sessionId}`)).toBeUndefined();
    again.close();
    await second.close();
  });
});
