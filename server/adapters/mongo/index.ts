import type { Connection } from 'mongoose';
import { ENTITY_SPECS, type EntityStores } from '../../ports/entity-stores.ts';
import type { RawStores } from '../../ports/stores.ts';
import { createActivityStore } from './activity-store.ts';
import { createAttachmentStore } from './attachment-store.ts';
import { createAuditStore } from './audit-store.ts';
import { connect, type MongoOptions } from './connection.ts';
import { createConversationStore } from './conversation-store.ts';
import { createEntityStore } from './entity-store.ts';
import { createErasureList } from './erasure-list.ts';
import { shielded, toStoreError } from './errors.ts';
import { createAccountKeyStore, createDataKeyStore, createNamedKeyStore } from './key-stores.ts';
import { createMessageStore } from './message-store.ts';
import { createModels, type EntityModels, ensureIndexes, type Models, mapEntityKinds } from './models.ts';
import { createPresenceStore } from './presence-store.ts';
import { createProfileStore } from './profile-store.ts';
import { createRecordFloors } from './record-floors.ts';
import { readRestoreState } from './restore-state.ts';
import { createRetentionStore } from './retention-store.ts';

export type { MongoOptions } from './connection.ts';

/**
 * Everything the server keeps, on MongoDB: connects, makes the indexes that are missing, and answers the
 * stores. Concerns, pool and times are those of the address where it names them.
 * @throws StoreError when no primary answers within five seconds or an index cannot be made; its `code` says which
 */
export async function openMongoStores(options: MongoOptions): Promise<RawStores> {
  const connections: Connection[] = [];
  try {
    const main = await connect(options);
    connections.push(main);
    const keys = options.keysUri === undefined ? main : await connect({ uri: options.keysUri });
    if (keys !== main) connections.push(keys);
    const models = createModels({ main, keys });
    await ensureIndexes(models);
    return assemble(connections, models);
  } catch (error) {
    await closeAll(connections);
    throw toStoreError(error);
  }
}

async function closeAll(connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}

function assemble(connections: readonly Connection[], models: Models): RawStores {
  return {
    technology: 'mongodb',
    entities: entityStores(models.entities),
    conversations: shielded(createConversationStore(models.conversations)),
    messages: shielded(createMessageStore(models.messages)),
    attachments: shielded(createAttachmentStore(models.attachments)),
    dataKeys: shielded(createDataKeyStore(models.dataKeys)),
    accountKeys: shielded(createAccountKeyStore(models.accountKeys)),
    namedKeys: shielded(createNamedKeyStore(models.namedKeys)),
    erasureList: shielded(createErasureList(models.erasureList)),
    floors: shielded(createRecordFloors(models.floors, models.dataKeys)),
    profiles: shielded(createProfileStore(models.profiles)),
    activity: shielded(createActivityStore(models.activity)),
    audit: shielded(createAuditStore(models.audit, models.auditChains)),
    presence: shielded(createPresenceStore(models.presence)),
    retention: shielded(createRetentionStore(models)),
    ...shielded(lifeOf(connections)),
  };
}

/** The kinds share one shape of store; which entity a kind holds is known to the type alone. */
function entityStores(models: EntityModels): EntityStores {
  const stores = mapEntityKinds((kind) => shielded(createEntityStore(models[kind], ENTITY_SPECS[kind])));
  return stores as unknown as EntityStores;
}

function lifeOf(
  connections: readonly Connection[],
): Pick<RawStores, 'ping' | 'close' | 'isHalfRestored' | 'brokenIndexes'> {
  const [main] = connections;
  return {
    brokenIndexes: async () => [],
    isHalfRestored: async () => main !== undefined && (await readRestoreState(main)) !== undefined,
    ping: async () => {
      for (const connection of connections) await connection.getClient().db('admin').command({ ping: 1 });
    },
    close: () => closeAll(connections),
  };
}
