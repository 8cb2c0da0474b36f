import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, resolveSecrets } from '../../config/index.ts';
import { createMasterKeyRing } from '../../server/adapters/crypto/master-key-ring.ts';
import { createNodeCipher } from '../../server/adapters/crypto/node-cipher.ts';
import {
  backupCommand,
  type CommandContext,
  restoreCommand,
  verifyBackupCommand,
} from '../../server/compose/commands.ts';
import { openArchive } from '../../server/compose/stores.ts';
import { openBackup } from '../../server/ops/backup/read-backup.ts';
import { restoreRows } from '../../server/ops/backup/restore.ts';
import { writeBackup } from '../../server/ops/backup/write-backup.ts';
import type { Archive } from '../../server/ports/index.ts';
import type { WireTranscript } from '../../shared/protocol/index.ts';
import { connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';

/** Each test starts two or three servers. */
jest.setTimeout(60_000);

const MASTER_KEY = randomBytes(32).toString('base64');

describeOnEveryStore('backup and restore', (start) => {
  let dir: string;
  let test: TestServer;
  let said: string;
  beforeAll(async () => {
    test = await start({ env: { ENCRYPTION_MASTER_KEY: MASTER_KEY } });
  });
  afterAll(() => test.close());
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'engagement-backup-'));
    said = '';
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const context = (server: TestServer, env: Record<string, string> = {}): CommandContext => {
    const config = loadConfig({
      DATA_DIR: server.dataDir,
      ENCRYPTION_MASTER_KEY: MASTER_KEY,
      ...(server.mongodbUri !== undefined && { MONGODB_URI: server.mongodbUri }),
      ...env,
    });
    const output = {
      write: (text: string) => {
        said += text;
      },
    };
    return { config, secrets: resolveSecrets(config), now: Date.now, out: output, progress: output };
  };
  const backup = (...more: string[]) => backupCommand(['--to', dir, ...more], context(test));
  const restoreTo = (server: TestServer, ...more: string[]) =>
    restoreCommand(['--from', dir, ...more], context(server));
  const chat = async (text: string): Promise<string> => {
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', { prechat: { name: text } });
    await visitor.emit('message:send', { conversationId, clientId: '1', text });
    visitor.close();
    return conversationId;
  };
  const signIns = new WeakMap<TestServer, ReturnType<TestServer['signIn']>>();
  const signedIn = () => {
    const known = signIns.get(test) ?? test.signIn();
    signIns.set(test, known);
    return known;
  };
  const read = async (id: string) => {
    const { accessToken, accountId } = await signedIn();
    const path = `/accounts/${accountId}/conversations/${id}?include=messages,profile`;
    return test.call<WireTranscript>('GET', path, undefined, accessToken);
  };
  const erase = async (id: string): Promise<void> => {
    const { accessToken, accountId } = await signedIn();
    await test.call('DELETE', `/accounts/${accountId}/conversations/${id}`, undefined, accessToken);
  };
  const folders = (part: string) => readdirSync(dir).filter((name) => name.startsWith(`${part}-`));
  /** A store that a server has been on, and that nobody runs on. */
  const anotherStore = async (): Promise<TestServer> => {
    const other = await start({ env: { ENCRYPTION_MASTER_KEY: MASTER_KEY } });
    await other.close({ keepData: true });
    return other;
  };
  const goOn = async (on: TestServer): Promise<void> => {
    await test.close();
    test = await start({ dataDir: on.dataDir, env: { ENCRYPTION_MASTER_KEY: MASTER_KEY } });
  };

  it('puts back what a running server had, and refuses a store that is not empty', async () => {
    const [first, second] = [await chat('PLANTED-ONE'), await chat('PLANTED-TWO')];
    await backup();
    await verifyBackupCommand([dir], context(test));
    expect(said.match(/: good/g)).toHaveLength(2);
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
      expect(name).not.toContain('PLANTED');
    const target = await anotherStore();
    await expect(restoreTo(target)).rejects.toThrow('not empty');
    await restoreTo(target, '--force');
    await goOn(target);
    // Nobody is signed in again.
    expect(await test.server.stores.entities.refreshFamilies.list({ limit: 5 })).toEqual({ items: [] });
    for (const [id, text] of [
      [first, 'PLANTED-ONE'],
      [second, 'PLANTED-TWO'],
    ] as const) {
      const { status, body } = await read(id);
      expect([status, body.messages?.[0]?.text, body.profile?.prechat.name]).toEqual([200, text, text]);
    }
  });

  it('P8: leaves what was erased after the backup unreadable in it, and does not bring it back', async () => {
    const [gone, stays] = [await chat('PLANTED-GONE'), await chat('stays')];
    await backup();
    const before = folders('keys');
    await erase(gone);
    await backup('--keys-only');
    expect(folders('keys')).toHaveLength(1);
    expect(folders('keys')).not.toEqual(before);
    expect(said).toContain('older backups of the keys destroyed: 1');

    const target = await anotherStore();
    await restoreTo(target, '--force');
    await goOn(target);
    expect((await read(gone)).status).toBe(404);
    expect((await read(stays)).status).toBe(200);
    const { stores } = test.server;
    expect(await stores.dataKeys.get(gone)).toBeUndefined();
    expect(await stores.messages.last(gone)).toBeUndefined();
    expect(await stores.profiles.get(gone)).toBeUndefined();
    for (const { where, content } of await keptParts(test)) {
      expect([where, content.includes('PLANTED-GONE')]).toEqual([where, false]);
    }
  });

  it('P8: keeps erased what the list of the store names, also under an older backup of the keys', async () => {
    const gone = await chat('PLANTED-GONE');
    await backup();
    await erase(gone);
    await test.close({ keepData: true });
    await restoreTo(test, '--force');
    expect(said).toContain('erased again 1');
    test = await start({ dataDir: test.dataDir, env: { ENCRYPTION_MASTER_KEY: MASTER_KEY } });
    expect((await read(gone)).status).toBe(404);
    expect(await test.server.stores.dataKeys.get(gone)).toBeUndefined();
    expect(await test.server.stores.messages.last(gone)).toBeUndefined();
  });

  it('P8: drops what the store that it is restored over had erased, under another key', async () => {
    const gone = await chat('PLANTED-GONE');
    await backup();
    const target = await start({ env: { ENCRYPTION_MASTER_KEY: MASTER_KEY } });
    await target.server.stores.erasureList.append([
      { id: gone, kind: 'conversation', accountId: (await signedIn()).accountId, at: 1 },
    ]);
    await target.close({ keepData: true });
    await restoreTo(target, '--force');
    expect(said).toContain('under another key, and count: 1');
    await goOn(target);
    expect((await read(gone)).status).toBe(404);
    const { items } = await test.server.stores.erasureList.list({ limit: 50 });
    expect(items.map(({ id }) => id)).toContain(gone);
  });

  it('detects what was changed in a backup, and then touches nothing', async () => {
    await chat('one');
    await backup();
    await chat('two');
    await backup();
    const [older = '', newer = ''] = folders('data')
      .sort()
      .map((name) => join(dir, name));
    const file = (folder: string, name: string) => readFileSync(join(folder, name));
    const [bin, chunks, manifest] = ['data.bin', 'chunks', 'manifest.json'].map((name) => file(newer, name));
    if (bin === undefined || chunks === undefined || manifest === undefined) throw new Error('no backup');
    const lines = chunks.toString().split('\n').slice(0, -1);
    const firstLength = bin.readUInt32BE() + 4;
    const flipped = Buffer.from(bin);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    const secondLength = bin.readUInt32BE(firstLength) + 4;
    const swapped = Buffer.concat([
      bin.subarray(firstLength, firstLength + secondLength),
      bin.subarray(0, firstLength),
      bin.subarray(firstLength + secondLength),
    ]);
    const relisted = (order: readonly number[]) =>
      `${order.map((at, index) => (lines[at] ?? '').replace(/^\d+/, String(index))).join('\n')}\n`;
    const all = lines.map((_line, index) => index);
    const lastLength = Number(lines.at(-1)?.split(' ')[1]);
    const rowsOf = manifest.toString().replace(/"rows": \d+/, '"rows": 1');
    const damages: [string, Record<string, Buffer | string>][] = [
      ['a flipped bit', { 'data.bin': flipped }],
      ['a cut file', { 'data.bin': bin.subarray(0, -5) }],
      ['a missing end', { 'data.bin': bin.subarray(0, -lastLength), chunks: relisted(all.slice(0, -1)) }],
      ['chunks in another order', { 'data.bin': swapped, chunks: relisted([1, 0, ...all.slice(2)]) }],
      ['something at the end', { 'data.bin': Buffer.concat([bin, Buffer.alloc(9)]) }],
      [
        'the chunks of an older backup',
        { 'data.bin': file(older, 'data.bin'), chunks: file(older, 'chunks') },
      ],
      ['an altered manifest', { 'manifest.json': rowsOf }],
    ];
    const target = await anotherStore();
    for (const [what, files] of damages) {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(newer, name), content);
      const verified = await verifyBackupCommand([dir], context(test)).catch((error: Error) => error.message);
      expect([what, verified]).toEqual([what, '1 of 3 are not good']);
      const restored = await restoreTo(target, '--force').catch((error: Error) => error.name);
      expect([what, restored]).toEqual([what, 'BackupFault']);
      for (const [name, content] of [
        ['data.bin', bin],
        ['chunks', chunks],
        ['manifest.json', manifest],
      ] as const) {
        writeFileSync(join(newer, name), content);
      }
    }
    await goOn(target);
    expect((await test.signIn()).accountId).toBeTruthy();
    const wrong = { ENCRYPTION_MASTER_KEY: randomBytes(32).toString('base64') };
    await expect(verifyBackupCommand([dir], context(test, wrong))).rejects.toThrow('3 of 3');
  });

  it('goes on where a backup and a restore were broken off; no server starts in between', async () => {
    const id = await chat('kept');
    const cipher = createNodeCipher();
    const { config, secrets } = context(test);
    const keyRing = createMasterKeyRing({ current: secrets.masterKey, previous: [] }, cipher);
    const archive = await openArchive(config);
    const folder = join(dir, 'data-1');
    const breaking: Archive = breakingAfter(archive, { reads: 8 });
    const tools = { cipher, keyRing, onProgress: () => {}, now: Date.now };
    const part = { part: 'data', folder, id: '1' } as const;
    await expect(writeBackup({ ...part, archive: breaking }, tools)).rejects.toThrow('broken off');
    await archive.close();
    const before = readFileSync(join(folder, 'data.bin'));
    // The end of a write that a kill cut off.
    writeFileSync(join(folder, 'data.bin'), Buffer.concat([before, Buffer.from('half a chunk')]));
    await backup();
    expect(folders('data')).toEqual(['data-1']);
    expect(readFileSync(join(folder, 'data.bin')).subarray(0, before.length)).toEqual(before);
    await verifyBackupCommand([dir], context(test));

    const target = await anotherStore();
    const into = await openArchive(context(target).config);
    const keysFolder = join(dir, folders('keys')[0] ?? '');
    const [data, keys] = await Promise.all([
      openBackup(folder, { cipher, keyRings: [keyRing] }),
      openBackup(keysFolder, { cipher, keyRings: [keyRing] }),
    ]);
    const begun = { data, keys, force: true, onProgress: () => {} };
    await expect(restoreRows({ ...begun, archive: breakingAfter(into, { clears: 0 }) })).rejects.toThrow(
      'broken off',
    );
    // What was there before is deleted first, also by the try that goes on.
    begun.force = false;
    await expect(restoreRows({ ...begun, archive: breakingAfter(into, { writes: 6 }) })).rejects.toThrow(
      'broken off',
    );
    await into.close();
    const env = { ENCRYPTION_MASTER_KEY: MASTER_KEY };
    await expect(start({ dataDir: target.dataDir, env })).rejects.toThrow(
      'a restore into this store is not finished',
    );
    await restoreTo(target);
    await goOn(target);
    expect((await test.server.stores.entities.accounts.list({ limit: 10 })).items).toHaveLength(1);
    expect(await test.server.stores.messages.last(id)).toBeDefined();
  });
});

/** An archive that ends in an error after some pages, as a killed process does. */
function breakingAfter(archive: Archive, limit: { reads?: number; writes?: number; clears?: 0 }): Archive {
  let [reads, writes] = [limit.reads ?? Number.POSITIVE_INFINITY, limit.writes ?? Number.POSITIVE_INFINITY];
  return {
    technology: archive.technology,
    collections: (part) => archive.collections(part),
    count: (part, name) => archive.count(part, name),
    read: async (query) => {
      reads -= 1;
      if (reads < 0) throw new Error('broken off');
      return archive.read(query);
    },
    write: async (part, name, rows) => {
      writes -= 1;
      if (writes < 0) throw new Error('broken off');
      return archive.write(part, name, rows);
    },
    isEmpty: () => archive.isEmpty(),
    clear: () => (limit.clears === 0 ? Promise.reject(new Error('broken off')) : archive.clear()),
    restoreState: () => archive.restoreState(),
    noteRestore: (state) => archive.noteRestore(state),
    close: () => archive.close(),
  };
}
