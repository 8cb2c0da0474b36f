import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseFile } from '../../server/adapters/sqlite/database-file.ts';
import { openSqliteStores, SQLITE_FILES } from '../../server/adapters/sqlite/index.ts';
import { DAY_MS } from '../../server/domain/index.ts';
import type { RawStores } from '../../server/ports/index.ts';
import {
  aConversation,
  aDataKey,
  aMessageRecord,
  anActivityRecord,
  aProfileRecord,
  aSealed,
  freshBytes,
  sealedOf,
  sealedRun,
  T0,
} from '../support/builders.ts';
import { plain } from '../support/plain.ts';

const BATCHES = 30;
const PER_BATCH = 40;

describe('SQLite files', () => {
  let dataDir: string;
  let stores: RawStores;

  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'engagement-files-')), 'data');
    stores = await openSqliteStores({ dataDir });
  });
  afterEach(async () => {
    await stores.close();
    await rm(join(dataDir, '..'), { recursive: true, force: true });
  });

  /** The names of the files in which the bytes stand, log and all. */
  const filesWith = async (needle: Uint8Array): Promise<string[]> => {
    const names = (await readdir(dataDir)).sort();
    const contents = await Promise.all(names.map((name) => readFile(join(dataDir, name))));
    return names.filter((_, index) => contents[index]?.includes(Buffer.from(needle)));
  };

  it('makes its folder for the server alone', async () => {
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect(await readdir(dataDir)).toEqual(expect.arrayContaining([...SQLITE_FILES]));
  });

  it('P1: holds everything that was answered for when the process ends without a word', async () => {
    const batch = sealedRun({ conversationId: 'conversation-1', count: 100 });
    const [conversation, key] = [aConversation(), aDataKey()];
    await Promise.all([
      stores.messages.append(batch),
      stores.conversations.create(conversation),
      stores.dataKeys.create(key),
    ]);
    const asFound = join(dataDir, '..', 'as-found');
    await cp(dataDir, asFound, { recursive: true });
    const after = await openSqliteStores({ dataDir: asFound });
    const read = await after.messages.read({ conversationId: 'conversation-1', afterSeq: 0, limit: 1_000 });
    expect(plain(read)).toEqual(batch.map(({ record }) => record));
    expect(await after.conversations.get(conversation.accountId, conversation.id)).toEqual(conversation);
    expect(plain(await after.dataKeys.get(key.conversationId))).toEqual(key);
    await after.close();
  });

  it('waits on close for what is under way, and keeps it', async () => {
    const appends = Array.from({ length: 20 }, (_, index) =>
      stores.messages.append(sealedRun({ conversationId: `conversation-${index}`, count: 5 })),
    );
    await stores.close();
    await Promise.all(appends);
    await expect(stores.messages.append([aSealed()])).rejects.toThrow('the store failed');
    stores = await openSqliteStores({ dataDir });
    expect(await stores.messages.last('conversation-19')).toMatchObject({ seq: 5 });
  });

  describe('P8: erased bytes are in no file', () => {
    /** Many conversations, so that rows and pages are moved about; the last one is the one to go. */
    const fill = async (expiresAt: number): Promise<readonly Uint8Array[]> => {
      const secrets: Uint8Array[] = [];
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const records = Array.from({ length: PER_BATCH }, (_, index) => {
          const goes = index % 4 === 0;
          const sealed = freshBytes(40 + ((batch * index) % 900));
          if (goes) secrets.push(sealed);
          const conversationId = goes ? 'goes' : `stays-${index}`;
          const seq = goes ? batch * 10 + index / 4 + 1 : batch + 1;
          const retainFrom = expiresAt - DAY_MS;
          return aMessageRecord({
            conversationId,
            seq,
            sealed,
            retainFrom,
            expiresAt: goes ? expiresAt : T0 + DAY_MS,
          });
        });
        await stores.messages.append(records.map(sealedOf));
      }
      return secrets;
    };
    const expectGone = async (secrets: readonly Uint8Array[]) => {
      expect(secrets.length).toBe((BATCHES * PER_BATCH) / 4);
      for (const secret of secrets) expect(await filesWith(secret.subarray(0, 24))).toEqual([]);
    };

    it('after the erasure of a conversation', async () => {
      const secrets = await fill(T0);
      expect(await filesWith(secrets[0]?.subarray(0, 24) ?? freshBytes(8))).not.toEqual([]);
      expect(await stores.messages.deleteConversation('goes')).toBe(secrets.length);
      await expectGone(secrets);
    });

    it('after a purge', async () => {
      const secrets = await fill(T0);
      const counts = await stores.retention.purge(T0, 10_000);
      expect(counts.messages).toBe(secrets.length);
      await expectGone(secrets);
    });

    it('after a reseal', async () => {
      const secrets = await fill(T0);
      const read = await stores.messages.read({ conversationId: 'goes', afterSeq: 0, limit: 1_000 });
      const changes = read.map((record) => ({
        record: { ...record, sealed: freshBytes(record.sealed.length), hash: freshBytes(32) },
        replaces: record.hash,
      }));
      expect(await stores.messages.reseal(changes)).toBe(true);
      await expectGone(secrets);
    });

    it('after a key was destroyed and a profile deleted', async () => {
      const [key, profile] = [aDataKey(), aProfileRecord()];
      await stores.dataKeys.create(key);
      await stores.profiles.put(profile);
      await stores.dataKeys.destroy(key.conversationId);
      await stores.profiles.delete(profile.conversationId);
      expect(await filesWith(key.wrapped)).toEqual([]);
      expect(await filesWith(profile.sealed)).toEqual([]);
    });
  });

  it('reseals all records or none', async () => {
    const batch = sealedRun({ conversationId: 'conversation-1', count: 5 });
    await stores.messages.append(batch);
    const before = await stores.messages.read({ conversationId: 'conversation-1', afterSeq: 0, limit: 10 });
    for (const spoiled of [0, 2, 4]) {
      const changes = batch.map(({ record }, index) => ({
        record: { ...record, sealed: freshBytes(50), hash: freshBytes(32) },
        replaces: index === spoiled ? freshBytes(32) : record.hash,
      }));
      expect(await stores.messages.reseal(changes)).toBe(false);
    }
    expect(await stores.messages.read({ conversationId: 'conversation-1', afterSeq: 0, limit: 10 })).toEqual(
      before,
    );
  });

  it('P8: has the keys purged on the disk before it touches what they open', async () => {
    const life = { retainFrom: T0 - DAY_MS, expiresAt: T0 };
    await stores.dataKeys.create(aDataKey(life));
    await stores.messages.append([aSealed(life)]);
    await stores.profiles.put(aProfileRecord(life));
    const steps: string[] = [];
    const note = (step: string) => steps.push(step);
    const write = jest.spyOn(DatabaseFile.prototype, 'write').mockImplementation(async (sql) => {
      note(/(?:FROM|INTO) (\w+)/.exec(sql)?.[1] ?? '');
      return 1;
    });
    const forget = jest.spyOn(DatabaseFile.prototype, 'forget').mockImplementation(async () => {
      note('forget');
    });
    await stores.retention.purge(T0, 10);
    write.mockRestore();
    forget.mockRestore();
    expect(steps.slice(0, 3)).toEqual(['data_keys', 'forget', 'messages']);
  });

  it('P7: holds an address in the activity file alone, and nowhere once it is deleted', async () => {
    const ip = '2001:db8:5ec4::e7';
    await stores.activity.append([anActivityRecord({ ip })]);
    const found = await filesWith(Buffer.from(ip));
    expect(found.length).toBeGreaterThan(0);
    for (const name of found) expect(name).toMatch(/^activity\.db/);
    await stores.activity.deleteByIp('account-1', ip);
    expect(await filesWith(Buffer.from(ip))).toEqual([]);
  });

  it('keeps keys out of the file that holds what they open', async () => {
    const key = aDataKey();
    await stores.dataKeys.create(key);
    for (const name of await filesWith(key.wrapped)) expect(name).toMatch(/^keys\.db/);
  });

  describe('a file that cannot be used', () => {
    const reopened = async (): Promise<unknown> => {
      try {
        stores = await openSqliteStores({ dataDir });
        return undefined;
      } catch (error) {
        return error;
      }
    };

    it.each(SQLITE_FILES)('is named by its base name alone: %s', async (name) => {
      await stores.close();
      const secret = randomBytes(16).toString('hex');
      await writeFile(join(dataDir, name), secret.repeat(1_000));
      const error = await reopened();
      expect(error).toBeInstanceOf(Error);
      const message = (error as Error).message;
      expect(message).toContain(name);
      expect(message).toContain('SQLITE_NOTADB');
      expect(message).not.toContain(secret.slice(0, 8));
      expect(message).not.toContain(dataDir);
    });

    it('may be from a newer release', async () => {
      await stores.close();
      const file = await readFile(join(dataDir, 'keys.db'));
      file.writeUInt32BE(1_000, USER_VERSION_OFFSET);
      await writeFile(join(dataDir, 'keys.db'), file);
      expect(await reopened()).toMatchObject({
        message: 'cannot open the database keys.db: it was written by a newer release',
      });
    });
  });
});

/** Where a database file keeps its user version: section 1.3 of https://www.sqlite.org/fileformat2.html. */
const USER_VERSION_OFFSET = 60;
