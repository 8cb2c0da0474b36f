import mongoose from 'mongoose';
import { DAY_MS } from '../../server/domain/index.ts';
import { UPLOAD_HEADERS } from '../../shared/protocol/index.ts';
import { connect, connectVisitor, TestClient, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

/** No promise of time is wider. */
const MARGIN_MS = 2 * 60_000;
const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
/** Who did what stays for its own time, and names things by their ids. */
const MAY_NAME = /audit_log|-wal$|\.db$/;

jest.setTimeout(60_000);

describeOnEveryStore('the end of everything that is kept', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let admin: AccountClient;
  let visitor: VisitorClient;
  let begunAt: number;
  /** Ids that stand in every record of the visitor. */
  let ids: readonly string[];

  beforeAll(async () => {
    clock = new FakeClock(Date.now());
    begunAt = clock.now();
    const env = { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true', WEBHOOK_ALLOW_HTTP: 'true' };
    test = await start({ clock, env });
    admin = accountClient(test, await test.signIn());
    const engagement = { recordings: { samplePercent: 100, retentionDays: 7 } };
    await admin.call('PATCH', '/settings', { dpa: { customFields: [FIELD] }, engagement });
    // Nobody listens there, so what is to be told stays.
    const hook = { name: 'CRM', url: 'http://127.0.0.1:9/', events: ['conversation.started'] };
    expect((await admin.call('POST', '/webhooks', hook)).status).toBe(201);
    await keepEverything();
  });
  afterAll(() => test.close());

  /** Something of every kind that has an end. */
  async function keepEverything(): Promise<void> {
    const session = await test.openVisitorSession();
    const socket = await connect(`${test.url}/visitor`, { token: session.token });
    visitor = Object.assign(new TestClient(socket), { sessionId: session.sessionId }) as VisitorClient;
    await visitor.emit('page:view', { url: 'https://shop.example/boots' });
    await visitor.emit('profile:update', { fields: { customer: '4711' } });
    const { conversationId } = await visitor.emit('chat:start', { prechat: { name: 'Ada' } });
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'hello' });
    const uploaded = await fetch(`${test.url}/api/v1/visitor/conversations/${conversationId}/files`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session.token}`,
        'content-type': 'text/plain',
        [UPLOAD_HEADERS.fileName]: 'order.txt',
        [UPLOAD_HEADERS.clientId]: 'file',
      },
      body: 'two pairs',
    });
    expect(uploaded.status).toBeLessThan(300);
    const guest = await connectVisitor(test);
    const left = await guest.emit('offline:submit', { email: 'ada@example.com', text: 'call me' });
    expect(left).toBeTruthy();
    guest.close();
    visitor.close();
    const { features, pipeline } = test.server;
    await features.visitors.keepChanged();
    await features.keeper.flush();
    await features.engagement.flush();
    await features.activity.flush();
    await pipeline.drain();
    ids = [conversationId, visitor.sessionId, guest.sessionId];
  }

  /** Where something names the visitor, as far as the tables and collections say; files repeat them. */
  async function kept(): Promise<readonly string[]> {
    const parts = await keptParts(test);
    const named = parts.filter(({ content }) => ids.some((id) => content.includes(id)));
    const places = named.filter(({ where }) => !MAY_NAME.test(where)).map(({ where }) => where);
    return places.map((where) => where.replace(/^.*[: ]/, '')).sort();
  }

  it('has a record of every kind to begin with', async () => {
    expect(await kept()).toEqual(
      expect.arrayContaining([
        ...['attachments', 'conversations', 'data_keys', 'profile_index', 'profiles', 'visitor_records'],
        ...['visitor_recordings', 'visitor_sessions', 'webhook_deliveries'],
      ]),
    );
    expect(
      (await kept()).filter((where) => /^(activity_logs?|messages|transcripts)$/.test(where)),
    ).not.toEqual([]);
  });

  it('P8 follows a retention that was changed from 14 days to one, in every record', async () => {
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 1, logRetentionDays: 1 });
    const uri = test.mongodbUri;
    if (uri === undefined) return;
    // The database's own defence alone: what it deletes by, and when.
    const connection = await mongoose.createConnection(uri).asPromise();
    try {
      const database = connection.getClient().db(connection.name);
      for (const name of (await kept()).filter((one) => one !== 'record_floors')) {
        const collection = database.collection(name);
        const ttl = (await collection.indexes()).filter((index) => 'expireAfterSeconds' in index);
        expect([name, ttl.map(({ key, expireAfterSeconds }) => [key, expireAfterSeconds])]).toEqual([
          name,
          [[{ expiresAt: 1 }, 0]],
        ]);
        const documents = await collection.find({}).toArray();
        const naming = documents.filter((one) => ids.some((id) => JSON.stringify(one).includes(id)));
        for (const { expiresAt } of naming) {
          expect([name, expiresAt instanceof Date]).toEqual([name, true]);
          expect(expiresAt.getTime()).toBeLessThanOrEqual(clock.now() + DAY_MS);
        }
      }
    } finally {
      await connection.close();
    }
  });

  it('P8 is deleted by the server alone within two minutes of its time, and nothing before', async () => {
    await clock.leap(begunAt + DAY_MS - 1_000 - clock.now());
    await test.server.features.retention.purge();
    expect(await kept()).toEqual(expect.arrayContaining(['conversations', 'data_keys']));
    await clock.leap(1_000 + MARGIN_MS);
    await test.server.features.retention.purge();
    expect(await kept()).toEqual([]);
  });
});
