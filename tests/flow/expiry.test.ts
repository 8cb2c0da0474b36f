import { randomBytes } from 'node:crypto';
import mongoose, { type mongo } from 'mongoose';
import { createModels } from '../../server/adapters/mongo/models.ts';
import { tableOf } from '../../server/adapters/sqlite/entity-schema.ts';
import {
  ACTIVITY_SCHEMA,
  ATTACHMENTS_SCHEMA,
  ENGAGEMENT_SCHEMA,
  KEYS_SCHEMA,
} from '../../server/adapters/sqlite/schema.ts';
import { DAY_MS } from '../../server/domain/index.ts';
import { ENTITY_SPECS, type EntityStore, type EntityStores } from '../../server/ports/index.ts';
import { UPLOAD_HEADERS } from '../../shared/protocol/index.ts';
import { connect, connectAgent, connectVisitor, TestClient, type VisitorClient } from '../support/clients.ts';
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
/** Ids alone, without an end of their own: the lowest version of a record, and who took part. They go with the record. */
const WITH_THE_RECORD = ['conversation_participants', 'key_floors', 'record_floors'];

/** Tables with an end, as the schema has them; those of entity kinds, as their specifications say. */
function expiringTables(): readonly string[] {
  const schema = [ENGAGEMENT_SCHEMA, KEYS_SCHEMA, ACTIVITY_SCHEMA, ATTACHMENTS_SCHEMA].join('\n');
  const tables = [...schema.matchAll(/CREATE TABLE IF NOT EXISTS (\w+) \(([^;]*)/g)];
  const own = tables.filter(([, , columns]) => columns?.includes('expires_at')).map(([, name = '']) => name);
  return [...own, ...EXPIRING_KINDS.map(tableOf)];
}

/** Collections with an end and the seconds after it, as the models have them. */
function expiringCollections(): ReadonlyMap<string, number> {
  const main = mongoose.createConnection();
  const { entities, ...others } = createModels({ main, keys: main });
  const all = [...Object.values(others), ...Object.values(entities)].flatMap(({ collection, schema }) =>
    schema
      .indexes()
      .flatMap(([, options]) =>
        options?.expireAfterSeconds === undefined
          ? []
          : [[collection.name, options.expireAfterSeconds] as const],
      ),
  );
  return new Map(all);
}

const EXPIRING_KINDS = (Object.keys(ENTITY_SPECS) as (keyof EntityStores)[]).filter(
  (kind) => ENTITY_SPECS[kind].expires,
);
/** Words that stand nowhere else, each where it is kept in clear. */
const WORDS = ['tag', 'case', 'page', 'agent'].map((word) => `${word}x${randomBytes(9).toString('hex')}`);
const [TAG = '', CASE = '', PAGE = '', AGENT = ''] = WORDS;

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
    const socket = await connect(`${test.url}/visitor`, { token: session.token }, { userAgent: AGENT });
    visitor = Object.assign(new TestClient(socket), { sessionId: session.sessionId }) as VisitorClient;
    await visitor.emit('page:view', { url: `https://shop.example/${PAGE}` });
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
    const agent = await connectAgent(test);
    await agent.emit('chat:accept', { conversationId });
    await agent.emit('chat:tag', { conversationId, tags: [TAG] });
    await agent.emit('chat:case', { conversationId, caseId: CASE });
    agent.close();
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
    ids = [conversationId, visitor.sessionId, guest.sessionId, ...(await oneOfEachKind())];
  }

  /** A record of each kind of entity that has an end, for those that this visitor makes none of. Answers their ids. */
  async function oneOfEachKind(): Promise<readonly string[]> {
    const made: string[] = [];
    for (const kind of EXPIRING_KINDS) {
      const id = `one-of-${kind}-${randomBytes(9).toString('hex')}`;
      const times = { createdAt: begunAt, updatedAt: begunAt, retainFrom: begunAt };
      const unique = Object.fromEntries(ENTITY_SPECS[kind].unique.map((field) => [field, id]));
      const end = ENTITY_SPECS[kind].retained === true ? 14 * DAY_MS : DAY_MS;
      const store = test.server.stores.entities[kind] as unknown as EntityStore<never>;
      const whose = { accountId: admin.accountId, retentionMs: 30 * DAY_MS };
      await store.insert({
        id,
        version: 1,
        ...times,
        ...unique,
        ...whose,
        expiresAt: begunAt + end,
      } as never);
      made.push(id);
    }
    return made;
  }

  /** Where something names the visitor, as far as the tables and collections say; files repeat them. */
  async function kept(): Promise<readonly string[]> {
    const parts = await keptParts(test);
    const named = parts.filter(({ content }) => ids.some((id) => content.includes(id)));
    const places = named.filter(({ where }) => !MAY_NAME.test(where)).map(({ where }) => where);
    return places.map((where) => where.replace(/^.*[: ]/, '')).sort();
  }

  /** Words in any file, table or collection, byte by byte. */
  async function words(): Promise<readonly string[]> {
    const parts = await keptParts(test);
    return WORDS.filter((word) => parts.some(({ content }) => content.includes(word)));
  }

  /** What has an end in the store at hand. */
  const expiring = (): readonly string[] =>
    test.mongodbUri === undefined ? expiringTables() : [...expiringCollections().keys()];

  async function inDatabase<Answer>(work: (database: mongo.Db) => Promise<Answer>): Promise<Answer> {
    const connection = await mongoose.createConnection(test.mongodbUri ?? '').asPromise();
    try {
      return await work(connection.getClient().db(connection.name));
    } finally {
      await connection.close();
    }
  }

  it('has a record in everything that has an end, to begin with', async () => {
    expect(expiring().length).toBeGreaterThan(20);
    const there = new Set(await kept());
    expect(expiring().filter((name) => !there.has(name))).toEqual([]);
    expect([...there].filter((name) => ![...WITH_THE_RECORD, ...expiring()].includes(name))).toEqual([]);
    expect(await words()).toEqual(WORDS);
  });

  it('P8 follows a retention that was changed from 14 days to one, in every record', async () => {
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 1, logRetentionDays: 1 });
    if (test.mongodbUri === undefined) return;
    const listed = await inDatabase((database) =>
      Promise.all(expiring().map((name) => endsIn(database, name))),
    );
    for (const { name, ttl, ends } of listed) {
      // The database's own defence: what it deletes by, and how many seconds after.
      expect([name, ttl]).toEqual([name, [[{ expiresAt: 1 }, expiringCollections().get(name)]]]);
      expect(ends.length).toBeGreaterThan(0);
      for (const end of ends) {
        expect([name, end instanceof Date]).toEqual([name, true]);
        expect((end as Date).getTime()).toBeLessThanOrEqual(clock.now() + DAY_MS);
      }
    }
    expect([...new Set(expiringCollections().values())]).toEqual([0]);
  });

  /** The TTL indexes of a collection as the database has them, and the ends of the documents that name the visitor. */
  async function endsIn(database: mongo.Db, name: string) {
    const collection = database.collection(name);
    const ttl = (await collection.indexes()).filter((index) => 'expireAfterSeconds' in index);
    const documents = await collection.find({}).toArray();
    const naming = documents.filter((one) => ids.some((id) => JSON.stringify(one).includes(id)));
    return {
      name,
      ttl: ttl.map(({ key, expireAfterSeconds }) => [key, expireAfterSeconds]),
      ends: naming.map(({ expiresAt }) => expiresAt as unknown),
    };
  }

  it('P8 is there to the last second, and is shown to nobody after it, however late the purge', async () => {
    await clock.leap(begunAt + DAY_MS - 1_000 - clock.now());
    await test.server.features.retention.purge();
    expect(await kept()).toEqual(expect.arrayContaining(['conversations', 'data_keys']));
    await clock.leap(1_000 + MARGIN_MS);
    admin = accountClient(test, await test.signIn());
    const [conversationId, sessionId] = ids;
    expect((await admin.call('GET', `/conversations/${conversationId}?include=messages`)).status).toBe(404);
    for (const path of [
      '/conversations',
      '/conversations?field.customer=4711',
      `/conversations?tag=${TAG}`,
    ]) {
      expect((await admin.call('GET', path)).body).toEqual({ items: [] });
    }
    const log = await admin.call('GET', `/activity-logs?sessionId=${sessionId}`);
    expect(log.body).toMatchObject({ items: [] });
  });

  /** Collections that still name the visitor once the database alone has deleted what its TTL indexes say. */
  async function leftByTtl(): Promise<readonly string[]> {
    const now = new Date(clock.now());
    return inDatabase(async (database) => {
      const found: string[] = [];
      for (const { name } of await database.listCollections({}, { nameOnly: true }).toArray()) {
        const collection = database.collection(name);
        const documents = await collection.find({}).toArray();
        const ttl = (await collection.indexes()).filter((index) => index.expireAfterSeconds !== undefined);
        // What its monitor does by each of them, once a minute.
        const goes = (one: mongo.Document) =>
          ttl.some(({ key, expireAfterSeconds = 0 }) => {
            const end = one[Object.keys(key)[0] ?? ''];
            return end instanceof Date && end.getTime() + expireAfterSeconds * 1_000 <= now.getTime();
          });
        const text = JSON.stringify(documents.filter((one) => !goes(one)));
        if ([...ids, ...WORDS].some((one) => text.includes(one))) found.push(name);
      }
      return found.filter((name) => !MAY_NAME.test(name));
    });
  }

  it('P8 is deleted within two minutes of its time by MongoDB alone, and by the server alone', async () => {
    if (test.mongodbUri !== undefined) expect(await leftByTtl()).toEqual(['record_floors']);
    await test.server.features.retention.purge();
    expect(await kept()).toEqual([]);
    expect(await words()).toEqual([]);
  });
});
