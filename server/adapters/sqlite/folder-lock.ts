import { join } from 'node:path';
import { openReader } from './driver.ts';

const LOCK_DB = 'server.lock';

/**
 * Holds a data folder for one process. The lock is SQLite's own on a file that holds nothing: the system lets go of it
 * when the process ends, however it ends.
 * @throws Error when another process has the folder
 */
export function lockFolder(dataDir: string): { release(): void } {
  const database = openReader(join(dataDir, LOCK_DB));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Error('another server runs on this DATA_DIR');
  }
  return {
    release: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
