import type { Archive, ArchivePart } from '../../ports/index.ts';
import { BackupFault } from './format.ts';
import { type OpenBackup, verifyBackup } from './read-backup.ts';

/** How far a restore has come; it stands in the store until the restore is whole. */
interface RestoreState {
  readonly data: string;
  readonly keys: string;
  /** What was there before is still to be deleted. */
  readonly clearing?: true;
  readonly part: ArchivePart;
  /** The next chunk of that part. */
  readonly chunk: number;
}

export interface RestoreRequest {
  readonly archive: Archive;
  readonly data: OpenBackup;
  readonly keys: OpenBackup;
  /** Deletes what is in the store. */
  readonly force: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Puts a backup back into an empty store, after all of it has been checked; goes on with a restore of the same backup
 * that was broken off. What was erased or has expired since is dropped afterwards: see `settleRestored`.
 * @throws BackupFault when the backup is not good or of another technology, or the store is not empty
 */
export async function restoreRows(request: RestoreRequest): Promise<void> {
  const { archive, data, keys } = request;
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
        await note(archive, { ...begun, part, chunk: index + 1 });
      }
      done += rows.length;
      request.onProgress(done, total);
    });
  }
}

/** Where to begin; an earlier try of the same backup goes on, and what it found there is gone first. */
async function begin({ archive, data, keys, force }: RestoreRequest): Promise<RestoreState> {
  const start = { data: data.manifest.id, keys: keys.manifest.id, part: 'keys' as const, chunk: 0 };
  const before = await stateOf(archive);
  const isSame = before?.data === start.data && before.keys === start.keys;
  if (isSame && before.clearing === undefined) return before;
  const untouched = before === undefined && (await archive.isEmpty());
  if (!untouched && !isSame && !force) {
    throw new BackupFault('the store is not empty; --force deletes what is in it and restores');
  }
  if (!untouched) {
    await note(archive, { ...start, clearing: true });
    await archive.clear();
  }
  await note(archive, start);
  return start;
}

async function stateOf(archive: Archive): Promise<RestoreState | undefined> {
  const state = await archive.restoreState();
  return state === undefined ? undefined : (JSON.parse(state) as RestoreState);
}

function note(archive: Archive, state: RestoreState): Promise<void> {
  return archive.noteRestore(JSON.stringify(state));
}
