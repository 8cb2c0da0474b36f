import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { HALF_RESTORED } from '../ops/backup/format.ts';
import type { Archive, RawStores } from '../ports/index.ts';

/** Beside `server`, which serves alone: a `restore` in place of it, or a command `beside` one that may be running. */
export type StoreUse = 'server' | 'restore' | 'beside';

/**
 * Opens the configured store. Each technology is loaded only where it is used.
 * @throws Error when a restore into it was broken off, unless it is opened to go on with that
 */
export async function openStores(config: Config, use: StoreUse = 'server'): Promise<RawStores> {
  const stores = await openAny(config, use);
  if (use === 'restore' || !(await stores.isHalfRestored())) return stores;
  await stores.close();
  throw new Error(HALF_RESTORED);
}

async function openAny(config: Config, use: StoreUse): Promise<RawStores> {
  const { dataDir, mongodbUri, mongodbKeysUri } = config.store;
  if (mongodbUri !== undefined) {
    const { openMongoStores } = await import('../adapters/mongo/index.ts');
    return openMongoStores(mongoOptions(mongodbUri.reveal(), mongodbKeysUri?.reveal()));
  }
  const { openSqliteStores } = await import('../adapters/sqlite/index.ts');
  return openSqliteStores({ dataDir, beside: use === 'beside' });
}

/** The store as rows, for a backup beside a running server or for a restore. */
export async function openArchive(config: Config): Promise<Archive> {
  const { dataDir, mongodbUri, mongodbKeysUri } = config.store;
  if (mongodbUri !== undefined) {
    const { openMongoArchive } = await import('../adapters/mongo/archive.ts');
    return openMongoArchive(mongoOptions(mongodbUri.reveal(), mongodbKeysUri?.reveal()));
  }
  const { openSqliteArchive, SQLITE_FILES } = await import('../adapters/sqlite/index.ts');
  if (!SQLITE_FILES.every((file) => existsSync(join(dataDir, file))))
    throw new Error('there is no store in DATA_DIR');
  return openSqliteArchive({ dataDir });
}

function mongoOptions(uri: string, keysUri: string | undefined) {
  return { uri, ...(keysUri !== undefined && { keysUri }) };
}
