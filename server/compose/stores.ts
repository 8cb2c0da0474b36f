import type { Config } from '../../config/index.ts';
import type { Stores } from '../ports/index.ts';

/** Opens the configured store. Each technology is loaded only where it is used. */
export async function openStores(config: Config): Promise<Stores> {
  const uri = config.store.mongodbUri?.reveal();
  if (uri !== undefined) {
    const { openMongoStores } = await import('../adapters/mongo/index.ts');
    const keysUri = config.store.mongodbKeysUri?.reveal();
    return openMongoStores({ uri, ...(keysUri !== undefined && { keysUri }) });
  }
  const { openSqliteStores } = await import('../adapters/sqlite/index.ts');
  return openSqliteStores({ dataDir: config.store.dataDir });
}
