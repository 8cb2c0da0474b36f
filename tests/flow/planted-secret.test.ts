import { describeCause } from '../../server/adapters/logging/describe-cause.ts';
import { type SentMessage, UPLOAD_HEADERS, WEBHOOK_EVENTS } from '../../shared/protocol/index.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectVisitor,
  TestClient,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { type PlantedByTable, plantInEvents, plantInRoutes } from './planted-by-table.ts';
import { type RedactionAdmin, redactionAdmin, until } from './redaction-support.ts';

const ZERO_WIDTH = '\u200b';
/** What nobody may find: valid by their check digits, plain and in disguise. */
const SECRETS = [
  '19811218-9876',
  '8112189876',
  '811218 98 76',
  '８１１２１８－９８７６',
  `811218${ZERO_WIDTH}-98${ZERO_WIDTH}76`,
  '4242 4242 4242 4242',
  '4242424242424242',
  '4242.4242.4242.4242',
  '4242–4242–4242–4242',
  'my password is Tr0ub4dor',
];
/** One of each kind, plain and in disguise, where many places are tried. */
const SOME = ['811218 98 76', '８１１２１８－９８７６', '4242.4242.4242.4242', 'my password is Tr0ub4dor'];
/** Parts that give one away, also when only some of it was taken out. */
const TRACES = [...SECRETS, 'Tr0ub4dor', '9876', '９８７６', '4242', '811218', '８１１２１８'];
const ALL = SECRETS.join(' and ');

describeOnEveryStore('planted secrets', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;
  let visitor: VisitorClient;
  let conversationId: string;
  let visitorToken: string;
  let receiver: WebhookReceiver;
  /** What came back of files and canned responses. */
  const files: string[] = [];
  let byTable: readonly PlantedByTable[];

  beforeAll(async () => {
    test = await start({
      env: { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true', WEBHOOK_ALLOW_HTTP: 'true' },
    });
    receiver = await startWebhookReceiver();
    admin = await redactionAdmin(test);
    await plantWebhook();
    await admin.builtin('password', { enabled: true });
    const field = { key: 'note', label: 'Note', category: 'other', searchable: false };
    // What visitors do is recorded too: of all that is kept of them, the one thing that is not encrypted.
    const engagement = { recordings: { samplePercent: 100 } };
    await admin.call('PATCH', '/settings', { dpa: { customFields: [field] }, engagement });
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    const session = await test.openVisitorSession();
    visitorToken = session.token;
    const socket = await connect(`${test.url}/visitor`, { token: visitorToken });
    visitor = Object.assign(new TestClient(socket), { sessionId: session.sessionId }) as VisitorClient;
    await plantBeforeChat();
    await plantInChat();
    await plantInFiles();
    await plantInCannedResponses();
    await plantInRest();
    await plantByTables();
    await plantAfterChat();
    await test.server.features.visitors.keepChanged();
    await test.server.features.activity.flush();
    await test.server.features.keeper.flush();
    await test.server.features.engagement.flush();
    await test.server.pipeline.redactionCounts.flush();
    await test.server.pipeline.drain();
  }, 60_000);
  afterAll(async () => {
    agent.close();
    visitor.close();
    await test.close();
    await receiver.close();
  });

  async function plantBeforeChat(): Promise<void> {
    for (const [index, secret] of SECRETS.entries()) {
      const url = `https://shop.example/${index}?q=`;
      await visitor.emit('page:view', { url: url + secret, title: secret, referrer: url + secret });
      await visitor.emit('page:view', { url: url + encodeURIComponent(secret) });
      await visitor.emit('page:view', { url: url + secret.replaceAll(' ', '+') });
      await visitor.emit('page:activity', { event: { name: secret, value: secret } });
      await visitor.emitRaw('profile:update', { fields: { note: secret } });
      await visitor.emitRaw('profile:update', { fields: { [secret]: secret } });
      await visitor.emitRaw('visitor:identify', { identity: secret });
      await visitor.emitRaw('invite:answer', { inviteId: secret, accepted: true });
      const invited = { sessionId: visitor.sessionId, message: `Hello ${secret}` };
      await agent.emitRaw('visitor:invite', invited);
    }
    const prechat = Object.fromEntries(SECRETS.map((secret) => [secret, secret]));
    await visitor.emitRaw('chat:start', { prechat, departmentId: SECRETS[0] });
    await visitor.emitRaw('chat:start', { prechat, inviteId: SECRETS[1] });
    const started = await visitor.emit('chat:start', { prechat });
    conversationId = started.conversationId;
    expect(started.status).toBe('active');
  }

  async function plantInChat(): Promise<void> {
    for (const secret of [...SECRETS, ALL]) {
      const clientId = secret.slice(0, 64);
      await visitor.emit('typing', { conversationId, active: true, text: secret });
      await visitor.emit('message:send', { conversationId, clientId, text: `I say ${secret}` });
      await agent.emit('message:send', { conversationId, clientId, text: `you said ${secret}` });
      await agent.emit('note:add', { conversationId, clientId: `n ${secret}`.slice(0, 64), text: secret });
    }
    await agent.emit('chat:tag', { conversationId, tags: SECRETS });
    await agent.emit('chat:case', { conversationId, caseId: SECRETS[0] ?? '' });
    for (const name of [...SECRETS, 'message:send', 'chat:resume', 'chat:start', 'chat:rate']) {
      await visitor.emitRaw(name, { conversationId: ALL, [ALL]: ALL });
      await agent.emitRaw(name, { conversationId: SECRETS[0], clientId: { [ALL]: ALL }, text: 5 });
    }
  }

  async function plantWebhook(): Promise<void> {
    const events = [...WEBHOOK_EVENTS];
    const hook = { name: 'All events', url: `${receiver.url}/in`, events, includeText: true };
    expect((await admin.call('POST', '/webhooks', hook)).status).toBe(201);
  }

  async function plantInFiles(): Promise<void> {
    for (const [index, secret] of [...SECRETS, ALL].entries()) {
      // A name takes so many characters, and one cut short would be no secret.
      const name = secret === ALL ? 'all.txt' : `${secret}.txt`;
      const rows = Array.from({ length: 400 }, (_, row) => `row ${row} of a list`);
      rows.splice(200, 0, secret);
      const answer = await fetch(`${test.url}/api/v1/visitor/conversations/${conversationId}/files`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${visitorToken}`,
          [UPLOAD_HEADERS.fileName]: encodeURIComponent(name),
          [UPLOAD_HEADERS.clientId]: `file-${index}`,
        },
        body: rows.join('\n'),
      });
      expect([secret, answer.status]).toEqual([secret, 201]);
      const { file } = (await answer.json()) as SentMessage;
      const path = `${test.url}/api/v1/visitor/conversations/${conversationId}/files/${file?.id}`;
      const kept = await fetch(path, { headers: { authorization: `Bearer ${visitorToken}` } });
      files.push(await kept.text());
    }
  }

  async function plantInCannedResponses(): Promise<void> {
    for (const [index, secret] of SECRETS.entries()) {
      const response = {
        shortcut: `s${index}`,
        text: `{{profile.x|${secret}}} or ${secret}`,
        tags: [secret],
      };
      const made = await admin.call<{ id: string }>('POST', '/canned-responses', response);
      expect(made.status).toBe(201);
      const filled = await admin.call('POST', `/canned-responses/${made.body.id}/fill`, { conversationId });
      files.push(JSON.stringify(filled.body));
    }
    files.push(JSON.stringify((await admin.call('GET', '/canned-responses')).body));
  }

  async function plantInRest(): Promise<void> {
    for (const secret of SOME) {
      const q = encodeURIComponent(secret);
      await admin.call('POST', '/redaction-rules/preview', { text: secret });
      for (const query of ['caseId', 'agentId', 'cursor', 'status', 'field.note', secret]) {
        await admin.call('GET', `/conversations?${encodeURIComponent(query)}=${q}`);
      }
      for (const path of [
        '/audit-log?action=',
        '/activity-logs?sessionId=',
        '/conversations/',
        '/nothing/',
      ]) {
        await admin.call('GET', path + q);
      }
      await test.call('POST', '/auth/login', { email: `${secret}@example.com`, password: secret });
      await test.call('POST', '/visitor/sessions', { siteKey: secret, visitorToken: secret });
      await test.call('POST', '/visitor/sessions', { siteKey: test.siteKey, visitorToken: secret });
      await test.call('POST', '/visitor/sessions', { siteKey: test.siteKey, identity: secret });
      const events = [{ at: 0, name: 'page:view', payload: { url: `https://shop.example/?q=${q}` } }];
      await admin.call('POST', '/engagement-rules/simulate', { events });
      await fetch(`${test.url}/api/v1/visitor/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-language': q, 'user-agent': q },
        body: JSON.stringify({ siteKey: test.siteKey }),
      });
      const { token } = await test.openVisitorSession();
      // A header holds bytes of Latin-1 alone.
      const agentName = secret.replace(/[^\x20-\xff]/g, ' ');
      const socket = await connect(`${test.url}/visitor`, { token }, { userAgent: agentName });
      socket.disconnect();
      await fetch(`${test.url}/${q}`, { method: 'POST', body: secret, headers: { 'user-agent': 'plain' } });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${test.url}/api/v1/auth/login`, { method: 'POST', headers, body: `{"${secret}` });
    }
    await admin.builtin('iban', { enabled: true });
  }

  /** Wherever the tables have a string, by the tables themselves. */
  async function plantByTables(): Promise<void> {
    const secrets = ['811218 98 76', '4242 4242 4242 4242'];
    const guest = await connectVisitor(test);
    await guest.emit('page:view', { url: 'https://shop.example/', title: 'Shop' });
    const { sessionId } = guest;
    const ids = { conversationId, sessionId };
    byTable = [
      await plantInEvents({ clients: { visitor, agent }, secrets, ids: { ...ids, toAgentId: agent.userId } }),
      await plantInRoutes({ admin, secrets, conversationId, sessionId }),
    ];
    guest.close();
  }

  async function plantAfterChat(): Promise<void> {
    const guest = await connectVisitor(test);
    await agent.emit('presence:set', { status: 'away' });
    for (const secret of SECRETS)
      await guest.emit('offline:submit', { email: 'a@example.com', text: secret });
    guest.close();
    await visitor.emit('chat:end', { conversationId });
    await visitor.emit('chat:rate', { conversationId, score: 1, comment: ALL });
  }

  const tracesIn = (content: string): string[] => TRACES.filter((trace) => content.includes(trace));

  it('were taken wherever an event or a staff call has a place for them, and are in no answer', () => {
    for (const { taken, wanted, answers } of byTable) {
      expect(wanted.length).toBeGreaterThan(10);
      expect(wanted.filter((place) => !taken.has(place))).toEqual([]);
      expect(answers.filter((answer) => SECRETS.some((secret) => answer.includes(secret)))).toEqual([]);
    }
  });

  it('P4 are in nothing that staff sees of the live visitor', async () => {
    for (const part of ['', '/decisions', '/why-not']) {
      const { status, body } = await admin.call('GET', `/visitors/${visitor.sessionId}${part}`);
      expect(status).toBe(200);
      expect(tracesIn(JSON.stringify(body))).toEqual([]);
    }
    const kept = await test.server.stores.entities.visitorRecordings.get(visitor.sessionId);
    expect(kept?.recording.events.length).toBeGreaterThan(SECRETS.length);
  });

  it('P4 are in no file, no table and no collection', async () => {
    const parts = await keptParts(test);
    expect(parts.length).toBeGreaterThan(3);
    // Four digits in a row come about by chance among random bytes: there only whole secrets count.
    const found = parts.map(({ where, content }) => [
      where,
      SECRETS.filter((secret) => content.includes(secret)),
    ]);
    expect(found.filter(([, secrets]) => secrets?.length !== 0)).toEqual([]);
  });

  it('P4 are in no file as it is read back, no canned response and nothing that a webhook was told', async () => {
    const told = await until(
      async () => receiver.received.map(({ body }) => body),
      (bodies) => bodies.some((body) => body.includes('conversation.rated')) && bodies.length > 40,
    );
    expect(told.some((body) => body.includes('████'))).toBe(true);
    for (const text of [...files, ...told]) {
      expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
      expect(text).not.toMatch(/Tr0ub4dor/);
    }
  });

  it('M5 put into client ids are shown to their sender alone', async () => {
    const { stores } = test.server;
    const records = await stores.messages.read({ conversationId, afterSeq: 0, limit: 200 });
    for (const { clientKey } of records) expect(clientKey).toMatch(/^[\w-]{43}$/);
    const own = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    const first = own.messages.find(({ from }) => from.kind === 'visitor');
    expect(first?.clientId).toBe(SECRETS[0]);
    const others = own.messages.filter(({ from }) => from.kind !== 'visitor');
    expect(others.filter(({ clientId }) => clientId !== undefined)).toEqual([]);
  });

  it('P4 are in no transcript, list, export or log that staff can read', async () => {
    const list = await admin.call<{ items: { id: string }[] }>('GET', '/conversations');
    expect(list.body.items).toHaveLength(2);
    const answers = [JSON.stringify(list.body)];
    for (const { id } of list.body.items) {
      const { messages, profile, tags, caseId } = await admin.transcript(id);
      answers.push(JSON.stringify([messages?.map(({ text }) => text), profile, tags, caseId]));
      for (const format of ['json', 'html', 'txt']) {
        const token = (await test.signIn()).accessToken;
        const path = `/api/v1/accounts/${admin.accountId}/conversations/${id}/export?format=${format}`;
        const file = await fetch(test.url + path, { headers: { authorization: `Bearer ${token}` } });
        expect(file.status).toBe(200);
        answers.push(await file.text());
      }
    }
    for (const path of ['/audit-log?limit=200', '/reports/redaction', '/redaction-rule-changes']) {
      answers.push(JSON.stringify((await admin.call('GET', path)).body));
    }
    for (const answer of answers) expect(SECRETS.filter((secret) => answer.includes(secret))).toEqual([]);
    for (const answer of answers) expect(answer).not.toMatch(/Tr0ub4dor|4242(%20|\+)4242/u);
  });

  it('P4 are in no metric and no line of the log', async () => {
    const metrics = await (await fetch(`${test.url}/metrics`)).text();
    expect(metrics).toContain('redactions_total');
    expect(SECRETS.filter((secret) => metrics.includes(secret))).toEqual([]);
    expect(metrics).not.toContain('Tr0ub4dor');
    const lines = test.logger.lines.map(({ cause, ...line }) =>
      JSON.stringify([line, cause === undefined ? '' : describeCause(cause, process.cwd())]),
    );
    expect(lines.filter((line) => SECRETS.some((secret) => line.includes(secret)))).toEqual([]);
    expect(lines.filter((line) => line.includes('Tr0ub4dor'))).toEqual([]);
  });

  it('P4 are in nothing that the other side was shown', () => {
    for (const client of [agent, visitor]) {
      expect(client.received.length).toBeGreaterThan(10);
      for (const { name, payload } of client.received) {
        const { text, preview, ...rest } = payload as Record<string, unknown>;
        expect([name, tracesIn(String(text ?? preview ?? ''))]).toEqual([name, []]);
        expect([name, SECRETS.filter((secret) => JSON.stringify(rest).includes(secret))]).toEqual([name, []]);
      }
    }
  });
});
