import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores } from '../../server/adapters/sqlite/index.ts';

describe('a data folder (SQLite)', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('is held by one server at a time, and free again when that one has closed', async () => {
    const first = await openSqliteStores({ dataDir });
    await expect(openSqliteStores({ dataDir })).rejects.toThrow('another server runs on this DATA_DIR');
    await first.close();
    const second = await openSqliteStores({ dataDir });
    await second.close();
  });

  it('is refused while another process holds it, and free as soon as that one is killed', async () => {
    const script = `
      const Database = require('libsql');
      const db = new Database(process.argv[1]);
      db.exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => db.open, 1000);`;
    const holder = spawn(process.execPath, ['-e', script, join(dataDir, 'server.lock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    await expect(openSqliteStores({ dataDir })).rejects.toThrow('another server runs on this DATA_DIR');
    const gone = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    const stores = await openSqliteStores({ dataDir });
    await stores.close();
  });
});
