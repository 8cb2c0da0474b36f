import { randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import mongoose from 'mongoose';
import { loadConfig, resolveSecrets } from '../../config/index.ts';
import { createMasterKeyRing } from '../../server/adapters/crypto/master-key-ring.ts';
import { createNodeCipher } from '../../server/adapters/crypto/node-cipher.ts';
import { KEYS_DB } from '../../server/adapters/sqlite/schema.ts';
import { backupCommand, type CommandContext, restoreCommand } from '../../server/compose/commands.ts';
import { openBackup, verifyBackup } from '../../server/ops/backup/read-backup.ts';
import { UPLOAD_HEADERS, type WireDataRequest, type WireTranscript } from '../../shared/protocol/index.ts';
import { connect, connectAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
/** Words that stand nowhere else; each is planted in one way. */
const PLANTED = {
  message: 'zebrafishquarterback',
  note: 'yellowhammerparliament',
  field: 'walnutobservatory',
  page: 'velvetlighthouse',
  comment: 'umbrellametropolis',
  tag: 'turquoiselocomotive',
  agentName: 'saffronwheelbarrow',
  file: 'vermilionsaxophone',
} as const;

const erasing = async (test: TestServer, admin: AccountClient, subject: object): Promise<WireDataRequest> => {
  const { body } = await admin.call<WireDataRequest>('POST', '/erasures', subject);
  await test.server.features.dataRequests.whenIdle();
  return (await admin.call<WireDataRequest>('GET', `/erasures/${body.id}`)).body;
};

/** A start makes every index of a fresh database, and the attack reads everything that is kept. */
const TIMEOUT_MS = 90_000;

/** Where each planted word stands, in all files, tables, collections and lines of the log, as an attacker finds it. */
async function findings(test: TestServer): Promise<Record<string, string[]>> {
  const log = { where: 'log', content: JSON.stringify(test.logger.lines) };
  const parts = [...(await keptParts(test)), log];
  const found = Object.values(PLANTED).map((word): [string, string[]] => [
    word,
    parts.filter(({ content }) => content.includes(word)).map(({ where }) => basename(where)),
  ]);
  return Object.fromEntries(found.filter(([, places]) => places.length > 0));
}

async function sendFile(test: TestServer, { token, id }: { token: string; id: string }): Promise<void> {
  const sent = await fetch(`${test.url}/api/v1/visitor/conversations/${id}/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'text/plain',
      [UPLOAD_HEADERS.fileName]: `${PLANTED.file}.txt`,
      [UPLOAD_HEADERS.clientId]: 'file',
    },
    body: `about the ${PLANTED.file}`,
  });
  expect(sent.status).toBeLessThan(300);
}

async function plant(test: TestServer, admin: AccountClient): Promise<{ sessionId: string; id: string }> {
  await admin.call('PATCH', '/settings', { dpa: { customFields: [FIELD] } });
  const agent = await connectAgent(test);
  await agent.emit('presence:set', { status: 'online', capacity: 5 });
  const visitor = await connectVisitor(test);
  await visitor.emit('page:view', { url: `https://shop.example/${PLANTED.page}`, title: PLANTED.page });
  await visitor.emit('profile:update', { fields: { customer: PLANTED.field } });
  const { conversationId: id } = await visitor.emit('chat:start', {});
  await visitor.emit('message:send', { conversationId: id, clientId: '1', text: `it is ${PLANTED.message}` });
  await agent.next('message:new', ({ conversationId }) => conversationId === id);
  await agent.emit('note:add', { conversationId: id, clientId: '2', text: PLANTED.note });
  await agent.emit('chat:tag', { conversationId: id, tags: [PLANTED.tag] });
  const { token } = { token: (visitor.socket.auth as { token: string }).token };
  const named = await connect(`${test.url}/visitor`, { token }, { userAgent: PLANTED.agentName });
  await visitor.emit('chat:rate', { conversationId: id, score: 2, comment: PLANTED.comment });
  await sendFile(test, { token, id });
  named.disconnect();
  visitor.close();
  agent.close();
  const { features, pipeline } = test.server;
  await features.visitors.keepChanged();
  await features.activity.flush();
  await pipeline.drain();
  return { sessionId: visitor.sessionId, id };
}

describeOnEveryStore('an attacker with a copy of disk, database and logs', (start) => {
  it(
    'P4 P8 finds planted words only where they may stand, and none when the visitor is erased',
    async () => {
      const test = await start();
      try {
        const admin = accountClient(test, await test.signIn());
        const { sessionId } = await plant(test, admin);
        const before = await findings(test);
        expect(Object.keys(before).sort()).toEqual([PLANTED.agentName, PLANTED.tag]);
        for (const place of before[PLANTED.agentName] ?? []) expect(place).toMatch(/activity/);
        for (const place of before[PLANTED.tag] ?? [])
          expect(place).toMatch(/^(engagement\.db|collection conversations)/);
        expect(await erasing(test, admin, { sessionId })).toMatchObject({ status: 'done', found: 1 });
        expect(await findings(test)).toEqual({});
      } finally {
        await test.close();
      }
    },
    TIMEOUT_MS,
  );
});

describe('an attacker with an older copy of the data and the newest copy of the keys', () => {
  it(
    'P8 reads nothing that was erased, and the rest still',
    async () => {
      let test = await startTestServer();
      let admin = accountClient(test, await test.signIn());
      const { id } = await plant(test, admin);
      const kept = await connectVisitor(test);
      const { conversationId: other } = await kept.emit('chat:start', {});
      await kept.emit('message:send', { conversationId: other, clientId: '1', text: 'not erased' });
      kept.close();
      await test.close({ keepData: true });

      const copy = mkdtempSync(join(tmpdir(), 'engagement-copy-'));
      cpSync(test.dataDir, copy, { recursive: true });
      test = await startTestServer({ dataDir: test.dataDir });
      admin = accountClient(test, await test.signIn());
      const found = await erasing(test, admin, { field: 'customer', value: PLANTED.field });
      expect(found).toMatchObject({ status: 'done', found: 1 });
      await test.close({ keepData: true });
      copyFileSync(join(test.dataDir, KEYS_DB), join(copy, KEYS_DB));
      await (await startTestServer({ dataDir: test.dataDir })).close();

      const restored = await startTestServer({ dataDir: copy });
      try {
        admin = accountClient(restored, await restored.signIn());
        const read = (one: string) =>
          admin.call<WireTranscript>('GET', `/conversations/${one}?include=messages,profile`);
        expect((await read(id)).status).toBe(404);
        expect((await read(other)).body.messages?.map(({ text }) => text)).toEqual(['not erased']);
        expect(JSON.stringify(await findings(restored))).not.toMatch(new RegExp(PLANTED.message));
      } finally {
        await restored.close();
      }
    },
    TIMEOUT_MS,
  );
});

const MASTER_KEY = randomBytes(32).toString('base64');

describeOnEveryStore('an attacker with all backups, the database and even the master key', (start) => {
  let dir: string;
  let keysUri: string | undefined;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'engagement-backup-'));
    // On MongoDB the keys lie in a database of their own.
    const spare = await start();
    await spare.close({ keepData: true });
    if (spare.mongodbUri !== undefined) {
      const uri = new URL(spare.mongodbUri);
      uri.pathname = `${uri.pathname}_keys`;
      keysUri = uri.toString();
    }
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true, force: true });
    if (keysUri === undefined) return;
    const connection = await mongoose.createConnection(keysUri).asPromise();
    await connection.dropDatabase();
    await connection.close();
  });

  const env = () => ({
    ENCRYPTION_MASTER_KEY: MASTER_KEY,
    ...(keysUri !== undefined && { MONGODB_KEYS_URI: keysUri }),
  });
  const contextOf = (test: TestServer): CommandContext => {
    const { dataDir: DATA_DIR, mongodbUri } = test;
    const more = mongodbUri === undefined ? {} : { MONGODB_URI: mongodbUri };
    const config = loadConfig({ DATA_DIR, ...more, ...env() });
    const silent = { write: () => true };
    return { config, secrets: resolveSecrets(config), now: Date.now, out: silent, progress: silent };
  };
  /** Where words stand in the files of the backups as they lie there. */
  const inFiles = (): string[] => {
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
    const files = names.map((name) => join(dir, name)).filter((path) => statSync(path).isFile());
    const words = Object.values(PLANTED);
    return files.filter((path) => words.some((word) => readFileSync(path).includes(word)));
  };
  /** Words that stand in the rows of all backups of data, opened with the master key. */
  async function inOpenedRows({ secrets }: CommandContext): Promise<string[]> {
    const cipher = createNodeCipher();
    const keyRings = [createMasterKeyRing({ current: secrets.masterKey, previous: [] }, cipher)];
    const found = new Set<string>();
    for (const name of readdirSync(dir).filter((one) => one.startsWith('data-'))) {
      const backup = await openBackup(join(dir, name), { cipher, keyRings });
      await verifyBackup(backup, async ({ rows }) => {
        const content = rows.join();
        for (const word of Object.values(PLANTED)) if (content.includes(word)) found.add(word);
      });
    }
    return [...found];
  }

  it(
    'P8 finds nothing in their files, labels alone with the key to them, and nothing after a restore',
    async () => {
      let test = await start({ env: env() });
      let admin = accountClient(test, await test.signIn());
      const { sessionId, id } = await plant(test, admin);
      await backupCommand(['--to', dir], contextOf(test));
      expect(inFiles()).toEqual([]);
      expect(await inOpenedRows(contextOf(test))).toEqual([PLANTED.tag]);
      expect(await erasing(test, admin, { sessionId })).toMatchObject({ status: 'done', found: 1 });
      await backupCommand(['--to', dir, '--keys-only'], contextOf(test));
      expect(inFiles()).toEqual([]);
      await test.close({ keepData: true });

      await restoreCommand(['--from', dir, '--force'], contextOf(test));
      test = await start({ dataDir: test.dataDir, env: env() });
      try {
        admin = accountClient(test, await test.signIn());
        expect((await admin.call('GET', `/conversations/${id}`)).status).toBe(404);
        expect(await findings(test)).toEqual({});
        expect((await admin.call<{ ok: boolean }>('GET', '/audit-log/verify')).body.ok).toBe(true);
      } finally {
        await test.close();
      }
    },
    TIMEOUT_MS,
  );
});
