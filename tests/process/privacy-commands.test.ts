import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { loadConfig } from '../../config/index.ts';
import { openStores } from '../../server/compose/stores.ts';
import type { RawStores } from '../../server/ports/index.ts';
import type {
  WireDataRequest,
  WireErasureCertificate,
  WireKeyRotation,
} from '../../shared/protocol/index.ts';
import { runScript } from './command-process.ts';
import { filesBelow, placesWith } from './planted.ts';
import { callRest, openVisitorSession, type StaffSession, signIn } from './rest-client.ts';
import type { ServerProcess } from './server-process.ts';
import { ADMIN, describeOnStoredData, SITE_KEY, type StoredData } from './stored-server.ts';

/** More than one step of an erasure. */
const CHATS = 12;
const LOOK_EVERY_MS = 20;
const TEST_TIMEOUT_MS = 240_000;
const MASTER_KEY = randomBytes(32).toString('base64');
const SECRET = `planted-${randomBytes(9).toString('hex')}`;

describeOnStoredData('commands of whoever answers for the data', (newData) => {
  let data: StoredData;
  let folder: string;
  let server: ServerProcess;
  let staff: StaffSession;

  beforeAll(() => {
    data = newData();
    folder = mkdtempSync(join(tmpdir(), 'process-backup-'));
  });
  afterAll(async () => {
    await data.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    server = await data.start({ ENCRYPTION_MASTER_KEY: MASTER_KEY });
    staff = await signIn(server.url, ADMIN);
  };
  const kill = () => server.stop('SIGKILL');
  const call = <Body>(path: string, body?: unknown) =>
    callRest<Body>(server.url, {
      path: path.startsWith('~') ? path.slice(1) : `/accounts/${staff.accountId}${path}`,
      token: staff.token,
      ...(body !== undefined && { body }),
    });
  /** One of `npm run` beside the server or after it; `killAt` ends it when its output has that. */
  const command = (script: string, args: readonly string[], more: { killAt?: RegExp; key?: string } = {}) =>
    runScript(script, args, {
      env: { ...data.env, ENCRYPTION_MASTER_KEY: more.key ?? MASTER_KEY },
      killAt: more.killAt,
    });
  const run = (...args: string[]) => command('dist/server/commands.js', args);
  const verifyAudit = (...args: string[]) => command('scripts/audit-verify.mjs', args);
  /** Asks until the answer is good. */
  const until = async <Body>(path: string, good: (body: Body) => boolean): Promise<Body> => {
    for (;;) {
      const body = await call<Body>(path);
      if (good(body)) return body;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  /** The stores as somebody has them who can write to the database. */
  const behindItsBack = async (work: (stores: RawStores) => Promise<void>): Promise<void> => {
    const { DATA_DIR, MONGODB_URI } = data.env;
    const stores = await openStores(
      loadConfig({ DATA_DIR, ...(MONGODB_URI !== undefined && { MONGODB_URI }) }),
      'beside',
    );
    try {
      await work(stores);
    } finally {
      await stores.close();
    }
  };

  /** One visitor and their chats, one after the other. */
  const chats = async (count: number): Promise<string> => {
    const session = await openVisitorSession(server.url, SITE_KEY);
    const socket = io(`${server.url}/visitor`, {
      ...{ auth: { token: session.token }, transports: ['websocket'], forceNew: true, reconnection: false },
    });
    const emit = async (name: string, payload: unknown) => {
      const ack = await socket.timeout(20_000).emitWithAck(name, payload);
      if (!ack.ok) throw new Error(ack.error.code);
      return ack.data as { conversationId: string };
    };
    for (let index = 0; index < count; index += 1) {
      const { conversationId } = await emit('chat:start', {});
      await emit('message:send', { conversationId, clientId: '1', text: `${SECRET} ${index}` });
      await emit('chat:end', { conversationId });
    }
    socket.disconnect();
    return session.sessionId;
  };

  it(
    'finishes an erasure after kill -9 in the middle of it, and certifies it',
    async () => {
      await start();
      const sessionId = await chats(CHATS);
      const { id } = await call<WireDataRequest>('/erasures', { sessionId });
      await until<WireDataRequest>(`/erasures/${id}`, ({ counts }) => Object.keys(counts).length > 0);
      await kill();
      await start();
      const done = await until<WireDataRequest>(`/erasures/${id}`, ({ status }) => status === 'done');
      expect(done.found).toBe(CHATS);
      const list = await call<{ items: unknown[] }>('/conversations?limit=200');
      expect(list.items).toEqual([]);
      const file = join(folder, 'certificate.json');
      const key = join(folder, 'key.json');
      const certificate = await call<WireErasureCertificate>(`/erasure-certificates/${done.certificateId}`);
      writeFileSync(file, JSON.stringify(certificate));
      writeFileSync(key, JSON.stringify(await call('~/certificate-key')));
      expect(await command('scripts/verify-certificate.mjs', [file, '--public-key', key])).toMatchObject({
        code: 0,
        out: expect.stringContaining('valid: visitor erased'),
      });
      const counts = { ...certificate.statement.counts, messages: 999 };
      const forged = { ...certificate, statement: { ...certificate.statement, counts } };
      writeFileSync(file, JSON.stringify(forged));
      expect(await command('scripts/verify-certificate.mjs', [file, '--public-key', key])).toMatchObject({
        code: 1,
        err: expect.stringContaining('NOT VALID'),
      });
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'finishes a rotation of keys after kill -9 in the middle of it',
    async () => {
      await chats(CHATS);
      const { id } = await callRest<WireKeyRotation>(server.url, {
        method: 'POST',
        path: `/accounts/${staff.accountId}/key-rotations`,
        token: staff.token,
      });
      await kill();
      await start();
      const done = await until<WireKeyRotation>(`/key-rotations/${id}`, ({ status }) => status === 'done');
      expect(done).toMatchObject({ failed: 0 });
      const list = await call<{ items: { id: string }[] }>('/conversations?limit=200');
      expect(list.items).toHaveLength(CHATS);
      for (const { id: chat } of list.items) {
        const { messages } = await call<{ messages: unknown[] }>(`/conversations/${chat}?include=messages`);
        expect(messages.length).toBeGreaterThan(0);
      }
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'goes on with a backup after kill -9, shows how far it is, and finds one flipped byte',
    async () => {
      const backups = join(folder, 'backups');
      const cut = await command('dist/server/commands.js', ['backup', '--to', backups], { killAt: /backup/ });
      expect(cut.code).not.toBe(0);
      const whole = await run('backup', '--to', backups);
      expect([whole.code, whole.err]).toEqual([0, expect.stringContaining('100')]);
      expect((await run('backup:verify', backups)).code).toBe(0);
      const other = { key: randomBytes(32).toString('base64') };
      const refused = await command('dist/server/commands.js', ['backup:verify', backups], other);
      expect([refused.code, refused.err + refused.out]).toEqual([1, expect.stringMatching(/key/)]);
      for (const { name, bytes } of filesBelow(backups)) {
        expect([name, placesWith(SECRET, [{ name, bytes }])]).toEqual([name, []]);
      }
      const flipped = join(folder, 'flipped');
      cpSync(backups, flipped, { recursive: true });
      const [chunk = ''] = readdirSync(flipped, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.startsWith('data-'))
        .map((name) => join(flipped, name))
        .filter((path) => statSync(path).isFile())
        .sort((one, other) => statSync(other).size - statSync(one).size);
      const bytes = readFileSync(chunk);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(chunk, bytes);
      const found = await run('backup:verify', flipped);
      expect(found.code).toBe(1);
      const restore = await run('restore', '--from', flipped, '--force');
      expect(restore.code).toBe(1);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'restores with the real command, and every record and the audit log are whole after it',
    async () => {
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      const backups = join(folder, 'backups');
      const restored = await run('restore', '--from', backups, '--force');
      expect([restored.code, restored.err]).toEqual([0, expect.stringContaining('100')]);
      expect(await run('records', 'verify')).toMatchObject({
        code: 0,
        out: 'every record is what was written\n',
      });
      expect(await verifyAudit()).toMatchObject({ code: 0, out: expect.stringContaining(' whole, ') });
      await start();
      const list = await call<{ items: { id: string }[] }>('/conversations?limit=200');
      expect(list.items).toHaveLength(CHATS);
      await server.stop();
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'finds with exit code 1 an audit log that was cut or made to end earlier',
    async () => {
      const before = await verifyAudit();
      const [, accountId = '', head = ''] = /^(\S+) whole, .*head (\S+)$/m.exec(before.out) ?? [];
      expect(await verifyAudit('--account', accountId, '--head', head)).toMatchObject({ code: 0 });
      const otherHead = head.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
      expect(await verifyAudit('--account', accountId, '--head', otherHead)).toMatchObject({ code: 1 });
      expect((await verifyAudit('--head', head)).code).toBe(2);
      await behindItsBack(async ({ audit }) => {
        const [first, second] = await audit.read({ accountId, afterSeq: 0, limit: 2 });
        if (first === undefined || second === undefined) throw new Error('there are entries');
        await audit.purge({
          accountId,
          base: { seq: second.seq, hash: second.hash, mac: 'forged' },
          before: 0,
        });
      });
      const cut = await verifyAudit();
      expect([cut.code, cut.out]).toEqual([1, expect.stringContaining('NOT WHOLE: anchor_forged')]);
      await behindItsBack(async ({ audit }) => {
        await audit.deleteAccount(accountId);
      });
      expect(await verifyAudit()).toMatchObject({
        code: 1,
        out: expect.stringContaining('NOT WHOLE: head_missing'),
      });
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'finds with exit code 1 a user who was given a role in the database, and takes a record that was looked at',
    async () => {
      let userId = '';
      await behindItsBack(async ({ entities }) => {
        const user = (await entities.users.list({ limit: 1 })).items[0];
        if (user === undefined) throw new Error('there is one');
        userId = user.id;
        await entities.users.replace({ ...user, name: 'Somebody Else', version: user.version + 1 });
      });
      // The end of the audit log was taken away before.
      const found = await run('records', 'verify');
      expect(found.code).toBe(1);
      const [user, audit] = found.out.split('\n');
      expect([user, audit]).toEqual([
        `users ${userId}: altered`,
        expect.stringMatching(/^auditLog .*: altered$/),
      ]);
      expect(await run('records', 'accept', 'users', userId)).toMatchObject({ code: 0 });
      expect((await run('records', 'verify')).out).toBe(`${audit}\n`);
      expect((await run('records', 'accept', 'users', 'nobody')).code).toBe(1);
      expect((await run('records')).code).toBe(1);
    },
    TEST_TIMEOUT_MS,
  );
});
