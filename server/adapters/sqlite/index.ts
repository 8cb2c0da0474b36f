import { mkdir } from 'node:fs/promises';
import type { RawStores } from '../../ports/index.ts';
import { SqliteActivityStore } from './activity-store.ts';
import { SqliteAttachmentStore } from './attachment-store.ts';
import { SqliteAuditStore } from './audit-store.ts';
import { SqliteConversationStore } from './conversation-store.ts';
import { DatabaseFile } from './database-file.ts';
import { entityStores } from './entity-store.ts';
import { SqliteErasureList } from './erasure-list.ts';
import { lockFolder } from './folder-lock.ts';
import { SqliteAccountKeyStore, SqliteDataKeyStore, SqliteNamedKeyStore } from './key-stores.ts';
import { SqliteMessageStore } from './message-store.ts';
import { SqlitePresenceStore } from './presence-store.ts';
import { SqliteProfileStore } from './profile-store.ts';
import { SqliteRecordFloors } from './record-floors.ts';
import { brokenIndexes } from './repeating-tables.ts';
import { readRestoreState } from './restore-state.ts';
import { type RetentionFiles, SqliteRetentionStore } from './retention-store.ts';
import {
  ACTIVITY_DB,
  ACTIVITY_SCHEMA,
  ATTACHMENTS_DB,
  ATTACHMENTS_SCHEMA,
  ENGAGEMENT_DB,
  ENGAGEMENT_SCHEMA,
  KEYS_DB,
  KEYS_SCHEMA,
} from './schema.ts';

export { openSqliteArchive } from './archive.ts';

/** The files that the stores keep in their folder; each has a `-wal` and a `-shm` beside it while it is open. */
export const SQLITE_FILES: readonly string[] = [ENGAGEMENT_DB, KEYS_DB, ACTIVITY_DB, ATTACHMENTS_DB];

/**
 * Opens the embedded stores in a folder, which is made for the server's user alone when it is not there.
 * One process at a time, but for commands `beside` it; `close` waits for what is under way.
 * @throws Error when another process has the folder, or one that names the file that cannot be opened and says why
 */
export async function openSqliteStores(options: { dataDir: string; beside?: boolean }): Promise<RawStores> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const lock = options.beside === true ? { release: () => {} } : lockFolder(options.dataDir);
  const files = await openFiles(options.dataDir).catch((error) => {
    lock.release();
    throw error;
  });
  const { engagement, keys, activity, attachments } = files;
  const all = [keys, engagement, activity, attachments];
  let closing: Promise<void> | undefined;
  return {
    technology: 'sqlite',
    isHalfRestored: async () => (await readRestoreState(options.dataDir)) !== undefined,
    entities: entityStores(engagement),
    conversations: new SqliteConversationStore(engagement),
    messages: new SqliteMessageStore(engagement),
    attachments: new SqliteAttachmentStore(attachments),
    dataKeys: new SqliteDataKeyStore(keys),
    accountKeys: new SqliteAccountKeyStore(keys),
    namedKeys: new SqliteNamedKeyStore(keys),
    erasureList: new SqliteErasureList(keys),
    floors: new SqliteRecordFloors(keys),
    profiles: new SqliteProfileStore(engagement),
    activity: new SqliteActivityStore(activity),
    audit: new SqliteAuditStore(engagement),
    presence: new SqlitePresenceStore(engagement),
    retention: new SqliteRetentionStore(files),
    brokenIndexes: async () => brokenIndexes(engagement),
    ping: async () => {
      for (const file of all) file.get('SELECT 1 AS one', []);
    },
    close: () => {
      closing ??= Promise.all(all.map((file) => file.close())).then(() => lock.release());
      return closing;
    },
  };
}

/** All files or none: what is open already is closed when a later one fails. */
async function openFiles(dataDir: string): Promise<RetentionFiles> {
  const opened: DatabaseFile[] = [];
  const open = async (name: string, schema: string): Promise<DatabaseFile> => {
    const file = await DatabaseFile.open({ dataDir, name, schema });
    opened.push(file);
    return file;
  };
  try {
    const engagement = await open(ENGAGEMENT_DB, ENGAGEMENT_SCHEMA);
    const keys = await open(KEYS_DB, KEYS_SCHEMA);
    const activity = await open(ACTIVITY_DB, ACTIVITY_SCHEMA);
    return { engagement, keys, activity, attachments: await open(ATTACHMENTS_DB, ATTACHMENTS_SCHEMA) };
  } catch (error) {
    await Promise.all(opened.map((file) => file.close()));
    throw error;
  }
}
