import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores } from '../../server/adapters/sqlite/index.ts';
import { describeStores } from './suites/index.ts';

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describeStores('SQLite', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'engagement-sqlite-'));
  folders.push(dataDir);
  return await openSqliteStores({ dataDir });
});
