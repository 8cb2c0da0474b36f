import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive, ArchivePart } from '../../ports/index.ts';
import { BackupFault } from './format.ts';
import { type OpenBackup, verifyBackup } from './read-backup.ts';
import { writeWhole } from './write-backup.ts';

const PROGRESS = 'restore.state';

/** How far a restore has come; it stands in `DATA_DIR` until the restore is whole. */
interface RestoreState {
  readonly data: string;
  readonly keys: string;
  readonly part: ArchivePart;
  /** The next chunk of that part. */
  readonly chunk: number;
}

export interface RestoreRequest {
  readonly archive: Archive;
  readonly dataDir: string;
  readonly data: OpenBackup;
  readonly keys: OpenBackup;
  /** Deletes what is in the store. */
  readonly force: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/** Whether a restore was begun and not finished: what is there is part of a store, and nobody may start on it. */
export function restoreIsUnfinished(dataDir: string): boolean {
  return existsSync(join(dataDir, PROGRESS));
}

/**
 * Puts a backup back into an empty store, after all of it has been checked; goes on with a restore of the same backup
 * that was broken off. What was erased or has expired since is dropped afterwards: see `settleRestored`.
 * @throws BackupFault when the backup is not good or of another technology, or the store is not empty
 */
export async function restoreRows(request: RestoreRequest): Promise<void> {
  const { archive, dataDir, data, keys } = request;
  for (const { manifest } of [data, keys]) {
    if (manifest.technology !== archive.technology) {
      throw new BackupFault(
        `the backup is of ${manifest.technology}, and the store is ${archive.technology}`,
      );
    }
  }
  await verifyBackup(keys);
  await verifyBackup(data);
  const begun = await begin(request);
  const total = keys.manifest.rows + data.manifest.rows;
  let done = 0;
  for (const { backup, part } of [
    { backup: keys, part: 'keys' as const },
    { backup: data, part: 'data' as const },
  ]) {
    await verifyBackup(backup, async ({ header, rows }, index) => {
      const behind = part === begun.part ? index < begun.chunk : part === 'keys';
      if (!behind && rows.length > 0) {
        await archive.write(part, header.collection, rows);
        await note(dataDir, { ...begun, part, chunk: index + 1 });
      }
      done += rows.length;
      request.onProgress(done, total);
    });
  }
}

/** The restore is whole. */
export async function endRestore(dataDir: string): Promise<void> {
  await rm(join(dataDir, PROGRESS), { force: true });
}

async function begin({ archive, dataDir, data, keys, force }: RestoreRequest): Promise<RestoreState> {
  const start = { data: data.manifest.id, keys: keys.manifest.id, part: 'keys' as const, chunk: 0 };
  const before = stateIn(dataDir);
  if (before?.data === start.data && before.keys === start.keys) return before;
  const untouched = before === undefined && (await archive.isEmpty());
  if (!untouched && !force) {
    throw new BackupFault('the store is not empty; --force deletes what is in it and restores');
  }
  await note(dataDir, start);
  if (!untouched) await archive.clear();
  return start;
}

function stateIn(dataDir: string): RestoreState | undefined {
  if (!restoreIsUnfinished(dataDir)) return undefined;
  return JSON.parse(readFileSync(join(dataDir, PROGRESS), 'utf8')) as RestoreState;
}

function note(dataDir: string, state: RestoreState): Promise<void> {
  return writeWhole(join(dataDir, PROGRESS), JSON.stringify(state));
}
