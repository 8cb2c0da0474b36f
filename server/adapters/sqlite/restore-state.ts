import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'restore.state';

/** What a restore noted of how far it has come, in a file beside those that it fills. */
export async function readRestoreState(dataDir: string): Promise<string | undefined> {
  return readFile(join(dataDir, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Durable and whole when it resolves; `undefined` takes the file away. */
export async function writeRestoreState(dataDir: string, state: string | undefined): Promise<void> {
  const path = join(dataDir, FILE);
  if (state === undefined) return rm(path, { force: true });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(state);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
