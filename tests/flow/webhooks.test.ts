import { createHmac } from 'node:crypto';
import type {
  Page,
  WebhookPing,
  WebhookWithSecret,
  WireWebhook,
  WireWebhookDelivery,
} from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { type RedactionAdmin, redactionAdmin, until } from './redaction-support.ts';
import { ShiftedClock } from './rest-support.ts';

const OPEN = { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true', WEBHOOK_ALLOW_HTTP: 'true' };
const CARD = '4242 4242 4242 4242';

interface Told {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

describeOnEveryStore('webhooks', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    test = await start({ env: OPEN });
    admin = await redactionAdmin(test);
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    receiver = await startWebhookReceiver();
  });
  afterAll(async () => {
    agent.close();
    await test.close();
    await receiver.close();
  });

  async function hook(more: Record<string, unknown> = {}): Promise<WebhookWithSecret> {
    const input = {
      name: 'CRM',
      url: `${receiver.url}/in?key=s3cr3t-path`,
      events: ['conversation.started'],
    };
    const { status, body } = await admin.call<WebhookWithSecret>('POST', '/webhooks', { ...input, ...more });
    expect(status).toBe(201);
    return body;
  }

  const toldOf = (conversationId: string): Told[] =>
    receiver.received
      .map(({ body }) => JSON.parse(body) as Told)
      .filter(({ data }) => data.conversationId === conversationId);

  const deliveriesOf = async (id: string) =>
    (await admin.call<Page<WireWebhookDelivery>>('GET', `/webhooks/${id}/deliveries`)).body.items;

  it('W1 W2: tell the events that they name, signed, and a message without its text', async () => {
    const names = ['conversation.started', 'conversation.assigned', 'conversation.closed'];
    const events = [...names, 'conversation.rated', 'message.created', 'transcript.erased'];
    const { id, secret } = await hook({ events });
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: 'a', text: `my card is ${CARD}` });
    await agent.emit('note:add', { conversationId, clientId: 'n', text: 'a note among us' });
    await visitor.emit('chat:end', { conversationId });
    await visitor.emit('chat:rate', { conversationId, score: 4, comment: 'comment of a visitor' });
    await admin.call('DELETE', `/conversations/${conversationId}`);
    const told = await until(
      async () => toldOf(conversationId),
      (all) => all.some(({ type }) => type === 'transcript.erased'),
    );
    expect(told.filter(({ type }) => type === 'message.created')).toHaveLength(1);
    const message = told.find(({ type }) => type === 'message.created');
    expect(message?.data).toMatchObject({ seq: 1, kind: 'text', redacted: 1, from: { kind: 'visitor' } });
    const everything = receiver.received.map(({ body }) => body).join('\n');
    for (const text of [CARD, 'my card', 'a note', 'comment of', visitor.sessionId]) {
      expect([text, everything.includes(text)]).toEqual([text, false]);
    }
    for (const { headers, body } of receiver.received) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = createHmac('sha256', key).update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    }
    // What was told of the conversation went with it.
    expect((await deliveriesOf(id)).filter((one) => one.conversationId === conversationId)).toEqual([]);
    await admin.call('DELETE', `/webhooks/${id}`);
    visitor.close();
  });

  it('W1 W2: tell that a visitor was invited, by whom or by which rule, and not who it was', async () => {
    const { id } = await hook({ events: ['visitor.invited'] });
    const made = await admin.call<{ id: string }>('POST', '/engagement-rules', {
      ...{ name: 'On the cart', kind: 'engage', when: { fact: 'page.path', op: 'eq', value: '/cart' } },
      action: { type: 'invite', message: 'May we help?' },
      variants: [{ key: 'only', message: 'May we help you?' }],
    });
    const [byRule, byHand] = [await connectVisitor(test), await connectVisitor(test)];
    await byRule.emit('page:view', { url: 'https://shop.example/cart' });
    const invite = await byRule.next('engagement:invite');
    await byHand.emit('page:view', { url: 'https://shop.example/' });
    const { sessionId } = byHand;
    const { inviteId } = await agent.emit('visitor:invite', { sessionId, message: 'A question?' });
    const told = await until(
      async () => receiver.received.map(({ body }) => JSON.parse(body) as Told),
      (all) => all.filter(({ type }) => type === 'visitor.invited').length === 2,
    );
    const dataOf = (wanted: string) => told.find(({ data }) => data.inviteId === wanted)?.data;
    expect(dataOf(invite.inviteId)).toMatchObject({ ruleId: made.body.id, variant: 'only', score: 0 });
    expect(dataOf(inviteId)).toMatchObject({ ruleId: 'manual', agentId: agent.userId });
    const everything = receiver.received.map(({ body }) => body).join('\n');
    for (const text of [byRule.sessionId, sessionId, 'May we help', 'A question', 'shop.example']) {
      expect([text, everything.includes(text)]).toEqual([text, false]);
    }
    await admin.call('DELETE', `/webhooks/${id}`);
    await admin.call('DELETE', `/engagement-rules/${made.body.id}`);
    byRule.close();
    byHand.close();
  });

  it('P4 W2: hold the redacted text where the account chose it, and never the raw one', async () => {
    const { id } = await hook({ events: ['message.created'], includeText: true });
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: 'a', text: `pay with ${CARD} please` });
    const [told] = await until(
      async () => toldOf(conversationId),
      (all) => all.length > 0,
    );
    expect(told?.data.text).toBe('pay with ████ please');
    await admin.call('DELETE', `/webhooks/${id}`);
    visitor.close();
  });

  it('W3: keep what did not arrive over a restart, and show it without content', async () => {
    receiver.answer(503);
    const { id } = await hook();
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    const [failed] = await until(
      () => deliveriesOf(id),
      (all) => all[0]?.attempts === 1,
    );
    expect(failed).toMatchObject({
      status: 'pending',
      lastStatus: 503,
      lastFault: 'refused',
      conversationId,
    });
    expect(Date.parse(failed?.nextAttemptAt ?? '')).toBeGreaterThan(Date.now());
    for (const { where, content } of await keptParts(test)) {
      for (const secret of ['s3cr3t-path', 'whsec_']) {
        expect([where, secret, content.includes(secret)]).toEqual([where, secret, false]);
      }
    }
    receiver.answer(200);
    visitor.close();
    agent.close();
    await test.close({ keepData: true });
    // The next try is due after five seconds, which are over when the server is there again.
    const clock = new ShiftedClock();
    clock.shift(10_000);
    test = await start({ env: OPEN, dataDir: test.dataDir, clock });
    admin = await redactionAdmin(test);
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    await until(
      () => deliveriesOf(id),
      (all) => all[0]?.status === 'delivered',
    );
    expect(toldOf(conversationId).at(-1)?.type).toBe('conversation.started');
    await admin.call('DELETE', `/webhooks/${id}`);
  });

  it('say what became of a test, and do not follow where they are sent on', async () => {
    const { id } = await hook();
    const ping = async () => (await admin.call<WebhookPing>('POST', `/webhooks/${id}/ping`, undefined)).body;
    expect(await ping()).toEqual({ delivered: true, status: 200 });
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toMatchObject({ type: 'ping' });
    const before = receiver.received.length;
    receiver.answer(302, { location: `${receiver.url}/elsewhere` });
    expect(await ping()).toEqual({ delivered: false, status: 302, fault: 'redirected' });
    expect(receiver.received).toHaveLength(before + 1);
    receiver.answer(200);
    await admin.call('PATCH', `/webhooks/${id}`, { url: 'http://127.0.0.1:9/' });
    expect(await ping()).toEqual({ delivered: false, fault: 'connection_failed' });
    const { body } = await admin.call<WireWebhook>('GET', `/webhooks/${id}`);
    expect(body.origin).toBe('http://127.0.0.1:9');
    expect(JSON.stringify(body)).not.toContain('whsec_');
    await admin.call('DELETE', `/webhooks/${id}`);
  });
});

describeOnEveryStore('webhooks of an account that one does not trust', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;

  beforeAll(async () => {
    test = await start();
    admin = await redactionAdmin(test);
  });
  afterAll(() => test.close());

  it('W4: reach public addresses alone, over TLS, by their name as by their number', async () => {
    const input = { name: 'In', events: ['message.created'] };
    const refused = ['http://example.com/', 'https://127.0.0.1/', 'https://169.254.169.254/latest']
      .concat(['https://10.0.0.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://0x7f.1/'])
      .concat(['https://user:secret@example.com/', 'ftp://example.com/', 'no address']);
    for (const url of refused) {
      const answer = await admin.call('POST', '/webhooks', { ...input, url });
      expect([url, answer.status]).toEqual([url, 422]);
    }
    const { body } = await admin.call<WebhookWithSecret>('POST', '/webhooks', {
      ...input,
      url: 'https://localhost/in',
    });
    const ping = await admin.call<WebhookPing>('POST', `/webhooks/${body.id}/ping`, undefined);
    expect(ping.body).toEqual({ delivered: false, fault: 'address_refused' });
  });
});
