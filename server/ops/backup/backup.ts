import type { Archive } from '../../ports/index.ts';
import { BackupFault, HALF_RESTORED, type Manifest } from './format.ts';
import { backupId, backupsIn, destroyKeyBackupsBut, folderOf, makeFolder } from './places.ts';
import { type BackupTools, writeBackup } from './write-backup.ts';

export interface BackupRequest {
  readonly archive: Archive;
  /** Where backups of the data are collected. */
  readonly to: string;
  /** Where the one backup of the keys is. */
  readonly keysTo: string;
  /** Leaves the data out: enough after an erasure, to end the copies of the keys that it destroyed. */
  readonly keysOnly: boolean;
  /** A few random characters. */
  readonly tail: string;
}

/**
 * Backs up the data, going on with a backup that was broken off, and then the keys; when those are whole, older backups
 * of the keys are overwritten and deleted.
 * @throws BackupFault on half a store: the copy of its keys would take the place of a whole one
 */
export async function backUp(
  request: BackupRequest,
  tools: BackupTools,
): Promise<{ data: Manifest | undefined; keys: Manifest; destroyedKeyBackups: number }> {
  const { archive, to, keysTo, keysOnly, tail } = request;
  if ((await archive.restoreState()) !== undefined) throw new BackupFault(HALF_RESTORED);
  const id = backupId(tools.now(), tail);
  await makeFolder(to);
  await makeFolder(keysTo);
  let data: Manifest | undefined;
  if (!keysOnly) {
    const dataId = (await backupsIn(to, 'data', 'unfinished')).at(-1) ?? id;
    data = await writeBackup(
      { archive, part: 'data', folder: folderOf(to, 'data', dataId), id: dataId },
      tools,
    );
  }
  const keys = await writeBackup({ archive, part: 'keys', folder: folderOf(keysTo, 'keys', id), id }, tools);
  return { data, keys, destroyedKeyBackups: await destroyKeyBackupsBut(keysTo, id) };
}
