import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivePart } from '../../ports/index.ts';
import { BackupFault, MANIFEST, STATE } from './format.ts';

const ZEROS = Buffer.alloc(64 * 1024);

/** A name that sorts by time; the tail keeps two of one second apart. */
export function backupId(now: number, tail: string): string {
  return `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z-${tail}`;
}

/** `data-20260102T030405Z-a1b2c3d4`. */
export function folderOf(dir: string, part: ArchivePart, id: string): string {
  return join(dir, `${part}-${id}`);
}

/** Ids of the backups of a part in a folder, oldest first: finished ones, or ones that were broken off. */
export async function backupsIn(
  dir: string,
  part: ArchivePart,
  which: 'finished' | 'unfinished',
): Promise<readonly string[]> {
  const names = await readdir(dir).catch(() => []);
  const ids = names.filter((name) => name.startsWith(`${part}-`)).map((name) => name.slice(part.length + 1));
  const found: string[] = [];
  for (const id of ids.sort()) {
    const finished = await isThere(join(folderOf(dir, part, id), MANIFEST));
    const begun = !finished && (await isThere(join(folderOf(dir, part, id), STATE)));
    if (which === 'finished' ? finished : begun) found.push(id);
  }
  return found;
}

/** @throws BackupFault when there is none */
export async function newestBackup(dir: string, part: ArchivePart): Promise<string> {
  const id = (await backupsIn(dir, part, 'finished')).at(-1);
  if (id === undefined) throw new BackupFault(`there is no finished backup of ${part} in the folder`);
  return folderOf(dir, part, id);
}

/** Overwrites and deletes every backup of the keys but one: an older one has the keys of what was erased since. */
export async function destroyKeyBackupsBut(dir: string, keep: string): Promise<number> {
  const names = (await readdir(dir)).filter((name) => name.startsWith('keys-') && name !== `keys-${keep}`);
  for (const name of names) {
    const folder = join(dir, name);
    for (const file of await readdir(folder)) await overwrite(join(folder, file));
    await rm(folder, { recursive: true });
  }
  return names.length;
}

/** On a disk that writes in place the bytes are gone; the copies that a snapshot or a flash disk keeps are not reached. */
async function overwrite(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; at += ZEROS.byteLength) {
      await file.write(ZEROS, 0, Math.min(ZEROS.byteLength, size - at), at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
