import { loadConfig, resolveSecrets } from '../../config/index.ts';
import { recordsCommand } from '../../server/compose/records-command.ts';
import { openArchive, openStores } from '../../server/compose/stores.ts';
import { INSTANCE } from '../../server/domain/index.ts';
import { type Archive, ENTITY_SPECS, type RawStores } from '../../server/ports/index.ts';
import { connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

jest.setTimeout(60_000);

const COLLECTIONS = Object.keys(ENTITY_SPECS).map((kind) => {
  return { kind, collection: kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) };
});
const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };

describeOnEveryStore('records that somebody altered behind the server’s back', (start) => {
  let test: TestServer;
  let admin: AccountClient;
  let archive: Archive;
  /** The stores as somebody has them who can write to the database. */
  let raw: RawStores;
  let conversationId: string;
  let roleId: string;
  let said: string;

  const config = () =>
    loadConfig({
      DATA_DIR: test.dataDir,
      ...(test.mongodbUri !== undefined && { MONGODB_URI: test.mongodbUri }),
    });
  beforeAll(async () => {
    test = await start();
    admin = accountClient(test, await test.signIn());
    await admin.call('PATCH', '/settings', { dpa: { customFields: [FIELD] } });
    const role = { name: 'Readers', authorizations: ['conversation:read'] };
    roleId = (await admin.call<{ id: string }>('POST', '/roles', role)).body.id;
    await admin.call('POST', '/departments', { name: 'Sales' });
    await admin.call('POST', '/canned-responses', { shortcut: 'hi', text: 'Hello' });
    const visitor = await connectVisitor(test);
    await visitor.emit('profile:update', { fields: { customer: '4711' } });
    ({ conversationId } = await visitor.emit('chat:start', { prechat: { name: 'Ada' } }));
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'first' });
    await admin.call('POST', '/legal-holds', { scope: { conversationId }, reason: 'a claim' });
    visitor.close();
    await test.server.features.visitors.keepChanged();
    await test.server.features.visitorKeeper.flush();
    await test.server.pipeline.drain();
    archive = await openArchive(config());
    raw = await openStores(config(), 'beside');
  });
  afterAll(async () => {
    await archive.close();
    await raw.close();
    await test.close();
  });

  const command = async (...args: readonly string[]): Promise<string> => {
    said = '';
    const out = {
      write: (text: string) => {
        said += text;
      },
    };
    const context = {
      config: config(),
      secrets: resolveSecrets(config()),
      now: Date.now,
      out,
      progress: out,
    };
    await recordsCommand(args, context).catch(() => undefined);
    return said;
  };
  const alarms = () =>
    test.logger.lines.filter(({ message }) => message === 'a stored record failed its integrity check')
      .length;
  /** What the command says of the store; nothing is remembered of what the server had read. */
  const faults = async (): Promise<readonly string[]> => {
    const answer = await command('verify');
    return answer === 'every record is what was written\n' ? [] : answer.trim().split('\n');
  };
  const rowsOf = async (collection: string) =>
    (await archive.read({ part: 'data', collection, limit: 200 })).rows;
  const put = (collection: string, rows: readonly string[]) => archive.write('data', collection, rows);
  /** The row with something in it that was not there. */
  const altered = (row: string): string => {
    const value = JSON.parse(row) as { body?: string };
    if (value.body === undefined) return JSON.stringify({ ...value, forged: true });
    return JSON.stringify({ ...value, body: JSON.stringify({ ...JSON.parse(value.body), forged: true }) });
  };

  it('finds nothing where nobody did', async () => {
    expect(await faults()).toEqual([]);
  });

  it('finds an altered record of every kind that there is', async () => {
    const tried: string[] = [];
    const expected: string[] = [];
    const before = new Map<string, string>();
    const conversations = { kind: 'conversations', collection: 'conversations' };
    for (const { kind, collection } of [...COLLECTIONS, conversations]) {
      // Sign-ins stand in no archive.
      if (kind === 'refreshFamilies') continue;
      const [row] = await rowsOf(collection);
      if (row === undefined) continue;
      before.set(collection, row);
      await put(collection, [altered(row)]);
      tried.push(kind);
      expected.push(kind);
    }
    const found = (await faults()).map((line) => line.replace(/ \S+: altered$/, ''));
    for (const [collection, row] of before) await put(collection, [row]);
    expect(found.sort()).toEqual(expected.sort());
    expect(tried).toEqual(
      expect.arrayContaining([
        ...['accounts', 'users', 'roles', 'sites', 'departments', 'redactionRules', 'conversations'],
        ...['cannedResponses', 'legalHolds', 'heldConversations', 'visitorRecords', 'visitorSessions'],
        'profileIndex',
      ]),
    );
    expect(await faults()).toEqual([]);
  });

  it('refuses a role that was given more rights in the database, and tells of it', async () => {
    const rows = await rowsOf('roles');
    await put(
      'roles',
      rows.map((row) => row.replace('conversation:read', 'activity-log:read')),
    );
    const answer = await admin.call('GET', `/roles/${roleId}`);
    expect(answer).toMatchObject({ status: 500, body: { code: 'record.tampered' } });
    expect(test.logger.lines.map(({ message }) => message)).toContain(
      'a stored record failed its integrity check',
    );
    await put('roles', rows);
    expect((await admin.call('GET', `/roles/${roleId}`)).status).toBe(200);
  });

  it('refuses an older copy of a role, of a user, of the settings and of a conversation', async () => {
    const collections = ['roles', 'users', 'accounts', 'conversations'];
    const older = new Map<string, readonly string[]>();
    for (const collection of collections) older.set(collection, await rowsOf(collection));
    await admin.call('PATCH', `/roles/${roleId}`, { authorizations: [] });
    const me = (await admin.call<{ items: { id: string }[] }>('GET', '/users')).body.items[0]?.id ?? '';
    await admin.call('PATCH', `/users/${me}`, { name: 'Somebody Else' });
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 10 });
    const conversation = await test.server.stores.conversations.get(admin.accountId, conversationId);
    if (conversation === undefined) throw new Error('it is there');
    const next = { ...conversation, tags: ['seen'], version: conversation.version + 1 };
    await test.server.stores.conversations.replace(next);
    await test.server.pipeline.drain();
    const newer = new Map<string, readonly string[]>();
    for (const collection of collections) newer.set(collection, await rowsOf(collection));
    expect(await faults()).toEqual([]);
    for (const collection of collections) {
      await put(collection, older.get(collection) ?? []);
      const found = await faults();
      expect([collection, found.map((line) => line.replace(/ \S+:/, ''))]).toEqual([
        collection,
        [`${collection} older`],
      ]);
      await put(collection, newer.get(collection) ?? []);
    }
    await put('conversations', older.get('conversations') ?? []);
    test.server.pipeline.lanes.drop(conversationId);
    const read = await admin.call('GET', `/conversations/${conversationId}?include=messages`);
    expect(read).toMatchObject({ status: 500, body: { code: 'record.tampered' } });
    await put('conversations', newer.get('conversations') ?? []);
    expect(await faults()).toEqual([]);
  });

  it('refuses an older copy of a profile, and of a transcript that was cut with its conversation', async () => {
    const visitor = await connectVisitor(test);
    const { conversationId: id } = await visitor.emit('chat:start', { prechat: { name: 'Ada' } });
    await visitor.emit('message:send', { conversationId: id, clientId: '1', text: 'one' });
    await test.server.pipeline.drain();
    const of = async (collection: string) => (await rowsOf(collection)).filter((row) => row.includes(id));
    const older = { profiles: await of('profiles'), conversations: await of('conversations') };
    await visitor.emit('message:send', { conversationId: id, clientId: '2', text: 'two' });
    await visitor.emit('chat:rate', { conversationId: id, score: 1, comment: 'slow' });
    await test.server.pipeline.drain();
    const newer = { profiles: await of('profiles'), conversations: await of('conversations') };
    const read = async () => {
      test.server.pipeline.lanes.drop(id);
      return (await admin.call('GET', `/conversations/${id}?include=messages,profile`)).status;
    };
    expect(await read()).toBe(200);
    await put('profiles', older.profiles);
    expect(await read()).toBe(500);
    await put('profiles', newer.profiles);
    expect(await read()).toBe(200);
    const [, second] = await raw.messages.read({ conversationId: id, afterSeq: 0, limit: 10 });
    const all = await raw.messages.read({ conversationId: id, afterSeq: 0, limit: 1 });
    await raw.messages.deleteConversation(id);
    await raw.messages.append(all.map((record) => ({ record, content: {} })) as never);
    await put('conversations', older.conversations);
    expect(await read()).toBe(500);
    await put('conversations', newer.conversations);
    await raw.messages.append([{ record: second, content: {} }] as never);
    expect(await read()).toBe(200);
    visitor.close();
  });

  it('finds a record that was taken away, and one that was deleted and put back', async () => {
    const role = { name: 'Writers', authorizations: [] };
    const { id } = (await admin.call<{ id: string }>('POST', '/roles', role)).body;
    const rows = (await rowsOf('roles')).filter((row) => row.includes(id));
    await raw.entities.roles.delete(id);
    expect(await faults()).toEqual([`roles ${id}: missing`]);
    const before = alarms();
    await test.server.checkRecords();
    expect(alarms()).toBe(before + 1);
    expect((await admin.call('GET', '/roles')).body).toMatchObject({ code: 'record.tampered' });
    await put('roles', rows);
    expect(await faults()).toEqual([]);
    expect((await admin.call('DELETE', `/roles/${id}`)).status).toBeLessThan(300);
    await put('roles', rows);
    expect(await faults()).toEqual([`roles ${id}: older`]);
    expect((await admin.call('GET', `/roles/${id}`)).body).toMatchObject({ code: 'record.tampered' });
    await raw.entities.roles.delete(id);
    expect(await faults()).toEqual([]);
  });

  it('finds what was taken off the list of erasures or altered on it', async () => {
    const visitor = await connectVisitor(test);
    const { conversationId: id } = await visitor.emit('chat:start', {});
    visitor.close();
    await admin.call('DELETE', `/conversations/${id}`);
    expect(await faults()).toEqual([]);
    const { rows } = await archive.read({ part: 'keys', collection: 'erasure_list', limit: 100 });
    const row = rows.find((one) => one.includes(id)) ?? '';
    await archive.write('keys', 'erasure_list', [row.replaceAll('conversation', 'account')]);
    expect(await faults()).toEqual([`erasureList ${id}: altered`]);
    await archive.write('keys', 'erasure_list', [row]);
    expect(await faults()).toEqual([]);
  });

  it('refuses an entry of the activity log that names another address', async () => {
    const visitor = await connectVisitor(test);
    visitor.close();
    await test.server.features.activity.flush();
    const { accountId } = admin;
    const { sessionId } = visitor;
    const look = () =>
      admin.call<{ items: { ip: string; disconnectedAt?: string }[] }>(
        'GET',
        `/activity-logs?sessionId=${sessionId}`,
      );
    expect((await look()).body.items).toMatchObject([{ ip: '127.0.0.1' }]);
    const [entry] = (await raw.activity.find({ accountId, sessionId, limit: 1 })).items;
    if (entry === undefined) throw new Error('there is one');
    await raw.activity.deleteOf({ accountId, sessionId });
    await raw.activity.append([{ ...entry, ip: '192.0.2.66' }]);
    expect(await look()).toMatchObject({ status: 500, body: { code: 'record.tampered' } });
    await raw.activity.deleteOf({ accountId, sessionId });
    await raw.activity.append([entry]);
    expect((await look()).body.items).toMatchObject([{ ip: '127.0.0.1' }]);
  });

  it('notes outside the audit log how long it is', async () => {
    await admin.call('GET', '/audit-log/verify');
    await test.server.pipeline.drain();
    const links = await raw.audit.read({ accountId: admin.accountId, afterSeq: 0, limit: 1_000 });
    expect(await raw.floors.get('auditChains', admin.accountId)).toMatchObject({
      version: links.at(-1)?.seq,
    });
  });

  it('does not start on records without seals, and seals them when it is told that this is right', async () => {
    const bare = (row: string): string => {
      const { mac: _mac, body, ...value } = JSON.parse(row) as { mac?: unknown; body?: string };
      if (body === undefined) return JSON.stringify(value);
      const { mac: _sealed, ...content } = JSON.parse(body) as { mac?: unknown };
      return JSON.stringify({ ...value, body: JSON.stringify(content) });
    };
    const { dataDir } = test;
    await test.close({ keepData: true });
    // As a release before there were seals left it.
    const keys = await raw.namedKeys.list(INSTANCE);
    await raw.namedKeys.destroyAll(INSTANCE);
    for (const key of keys) if (key.purpose !== 'records') await raw.namedKeys.create(key);
    for (const collection of ['conversations', ...COLLECTIONS.map((one) => one.collection)]) {
      if (collection !== 'refresh_families') await put(collection, (await rowsOf(collection)).map(bare));
    }
    for (const { mac: _mac, ...entry } of (await raw.activity.list({ limit: 200 })).items) {
      await raw.activity.deleteOf({ accountId: entry.accountId, sessionId: entry.sessionId });
      await raw.activity.append([entry]);
    }
    await expect(start({ dataDir })).rejects.toThrow('carry no seal');
    expect(await command('adopt')).toMatch(/^sealed \d+ records\n$/);
    test = await start({ dataDir });
    admin = accountClient(test, await test.signIn());
    expect((await admin.call('GET', `/roles/${roleId}`)).status).toBe(200);
    const read = await admin.call('GET', `/conversations/${conversationId}?include=messages,profile`);
    expect(read.status).toBe(200);
    expect((await faults()).filter((line) => !line.startsWith('refreshFamilies'))).toEqual([]);
  });
});
