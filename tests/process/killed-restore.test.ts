import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import type { SentMessage, WireTranscript } from '../../shared/protocol/index.ts';
import { runScript, type Said } from './command-process.ts';
import { callRest, openVisitorSession, type StaffSession, signIn } from './rest-client.ts';
import { runToEnd, type ServerProcess } from './server-process.ts';
import { ADMIN, describeOnStoredData, SITE_KEY, type StoredData } from './stored-server.ts';

const CHATS = 5;
const TEST_TIMEOUT_MS = 240_000;
const MASTER_KEY = randomBytes(32).toString('base64');
const KEY = { ENCRYPTION_MASTER_KEY: MASTER_KEY };
const DIE_AT = ['--import', new URL('./die-at.mjs', `file://${join(process.cwd(), 'tests/process/')}`).href];
const SETTLING = 'while it settles';
const HALF = 'a restore into this store is not finished: run the same `npm run restore` again';

describeOnStoredData('a backup and a restore that are killed', (newData) => {
  let source: StoredData;
  let target: StoredData;
  let folder: string;
  let server: ServerProcess;
  let texts: ReadonlyMap<string, string>;
  let erased: string;

  beforeAll(async () => {
    [source, target] = [newData(), newData()];
    folder = mkdtempSync(join(tmpdir(), 'process-killed-'));
    server = await source.start(KEY);
    const chats = await Promise.all(Array.from({ length: CHATS }, (_, index) => chat(server, `of ${index}`)));
    texts = new Map(chats);
    erased = chats[0]?.[0] ?? '';
    // Something that the restore has to take away.
    const other = await target.start(KEY);
    await chat(other, 'of before');
    await other.stop();
  }, TEST_TIMEOUT_MS);
  afterAll(async () => {
    await source.remove();
    await target.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (data: StoredData, args: readonly string[], die?: Record<string, string>): Promise<Said> =>
    runScript('dist/server/commands.js', args, {
      env: { ...data.env, ...KEY, ...die },
      ...(die !== undefined && { nodeArguments: DIE_AT }),
    });
  const unfinished = (part: string) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(part))
      .filter((name) => !readdirSync(join(folder, name)).includes('manifest.json'));

  it(
    'goes on with the backup, whatever it was at, and ends with one whole copy of the keys',
    async () => {
      const backup = ['backup', '--to', folder];
      for (const line of [1, 4, 9]) {
        const { out } = await command(source, backup, { DIE_AT_LINE: String(line) });
        expect([line, out]).toEqual([line, '']);
      }
      expect(unfinished('data-')).toHaveLength(1);
      // The data are through, and the keys not yet.
      await command(source, backup, { DIE_AFTER_MS: '0' });
      const { code } = await command(source, backup);
      expect([code, unfinished('')]).toEqual([0, []]);
      expect(readdirSync(folder).filter((name) => name.startsWith('keys-'))).toHaveLength(1);
      expect(await command(source, ['backup:verify', folder])).toMatchObject({ code: 0 });
      await eraseFirst();
      expect(await command(source, ['backup', '--to', folder, '--keys-only'])).toMatchObject({ code: 0 });
    },
    TEST_TIMEOUT_MS,
  );

  /** Between the two backups: the second one has the end of its key. */
  async function eraseFirst(): Promise<void> {
    const staff = await signIn(server.url, ADMIN);
    const path = `/accounts/${staff.accountId}/conversations/${erased}`;
    await callRest(server.url, { method: 'DELETE', path, token: staff.token });
    await server.stop();
  }

  it.each([
    ['among the keys', { DIE_AT_LINE: '1' }],
    ['among the data', { DIE_AT_LINE: '14' }],
    ['with all rows there and nothing settled', { DIE_AFTER_MS: '0' }],
    [SETTLING, { DIE_AFTER_MS: '12' }],
  ])(
    'starts no server and takes no backup on half a store, and goes on with the restore: killed %s',
    async (where, die) => {
      const restore = ['restore', '--from', folder];
      const killed = await command(target, [...restore, '--force'], die);
      // The last one may have been through already.
      if (killed.code === 0 && where === SETTLING) return expectWhole();
      expect([where, killed.code, killed.out]).toEqual([where, null, '']);
      const env = { ...target.env, ...KEY };
      const refused = await runToEnd({ env });
      expect([refused.code, refused.stdout + refused.stderr]).toEqual([1, expect.stringContaining(HALF)]);
      if (target.mongodbUri !== undefined) {
        // A node on another machine has a folder of its own.
        const elsewhere = await runToEnd({ env: { ...env, DATA_DIR: join(folder, 'elsewhere') } });
        expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining(HALF)]);
        rmSync(join(folder, 'elsewhere'), { recursive: true, force: true });
      }
      for (const args of [
        ['backup', '--to', join(folder, 'half')],
        ['records', 'verify'],
      ]) {
        const { code, err } = await command(target, args);
        expect([args, code, err]).toEqual([args, 1, expect.stringContaining(HALF)]);
      }
      expect(await command(target, restore)).toMatchObject({ code: 0 });
      await expectWhole();
    },
    TEST_TIMEOUT_MS,
  );

  async function expectWhole(): Promise<void> {
    const verified = await command(target, ['records', 'verify']);
    expect(verified).toMatchObject({ code: 0, out: 'every record is what was written\n' });
    const env = { ...target.env, ...KEY };
    expect(await runScript('scripts/audit-verify.mjs', [], { env })).toMatchObject({ code: 0 });
    const server = await target.start(KEY);
    const staff = await signIn(server.url, ADMIN);
    const ask = <Body>(path: string) => conversation<Body>(server, staff, path);
    const { items } = await ask<{ items: { id: string }[] }>('?limit=200');
    const ids = items.map(({ id }) => id).sort();
    expect(ids).toEqual([...texts.keys()].filter((id) => id !== erased).sort());
    for (const id of ids) {
      const { messages = [] } = await ask<WireTranscript>(`/${id}?include=messages`);
      expect(messages.map(({ text }) => text)).toEqual([texts.get(id)]);
    }
    await expect(ask(`/${erased}`)).rejects.toThrow('404');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  }
});

const conversation = <Body>(server: ServerProcess, staff: StaffSession, path: string) =>
  callRest<Body>(server.url, {
    path: `/accounts/${staff.accountId}/conversations${path}`,
    token: staff.token,
  });

/** One chat of one message; answers its id and the message. */
async function chat(server: ServerProcess, text: string): Promise<[string, string]> {
  const { token } = await openVisitorSession(server.url, SITE_KEY);
  const socket = io(`${server.url}/visitor`, {
    ...{ auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false },
  });
  const emit = async <Data>(name: string, payload: unknown): Promise<Data> => {
    const ack = await socket.timeout(20_000).emitWithAck(name, payload);
    if (!ack.ok) throw new Error(`${name} was refused: ${ack.error.code}`);
    return ack.data as Data;
  };
  const { conversationId } = await emit<{ conversationId: string }>('chat:start', {});
  await emit<SentMessage>('message:send', { conversationId, clientId: '1', text });
  socket.disconnect();
  return [conversationId, text];
}
