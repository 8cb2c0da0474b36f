import type { Connection, Model, mongo, Schema } from 'mongoose';
import { ENTITY_SPECS, type EntityStores } from '../../ports/entity-stores.ts';
import { StoreError } from '../../ports/store-error.ts';
import { toStoreError } from './errors.ts';
import { type ActivityDocument, activitySchema } from './schemas/activity.ts';
import { type AttachmentDocument, attachmentSchema } from './schemas/attachment.ts';
import {
  type AuditChainDocument,
  type AuditDocument,
  auditChainSchema,
  auditSchema,
} from './schemas/audit.ts';
import { type ConversationDocument, conversationSchema } from './schemas/conversation.ts';
import { createEntitySchema, type EntityDocument } from './schemas/entity.ts';
import {
  type AccountKeyDocument,
  accountKeySchema,
  type DataKeyDocument,
  dataKeySchema,
  type ErasedDocument,
  erasedSchema,
  type FloorDocument,
  floorSchema,
  type NamedKeyDocument,
  namedKeySchema,
} from './schemas/keys.ts';
import { type MessageDocument, messageSchema } from './schemas/message.ts';
import { type PresenceDocument, presenceSchema } from './schemas/presence.ts';
import { type ProfileDocument, profileSchema } from './schemas/profile.ts';

export type EntityModels = Readonly<Record<keyof EntityStores, Model<EntityDocument>>>;

type AnyModel = Models[Exclude<keyof Models, 'entities'>] | Model<EntityDocument>;

/** Every collection as a Mongoose model on one connection. */
export interface Models {
  readonly conversations: Model<ConversationDocument>;
  readonly messages: Model<MessageDocument>;
  readonly attachments: Model<AttachmentDocument>;
  readonly dataKeys: Model<DataKeyDocument>;
  readonly accountKeys: Model<AccountKeyDocument>;
  readonly namedKeys: Model<NamedKeyDocument>;
  readonly erasureList: Model<ErasedDocument>;
  readonly floors: Model<FloorDocument>;
  readonly profiles: Model<ProfileDocument>;
  readonly activity: Model<ActivityDocument>;
  readonly audit: Model<AuditDocument>;
  readonly auditChains: Model<AuditChainDocument>;
  readonly presence: Model<PresenceDocument>;
  readonly entities: EntityModels;
}

/** What is kept with the keys may be in another database. */
export function createModels(connections: { main: Connection; keys: Connection }): Models {
  const modelOn =
    (connection: Connection) =>
    <D>(collection: string, schema: Schema<D>) =>
      connection.model<D>(collection, schema, collection) as unknown as Model<D>;
  const model = modelOn(connections.main);
  const keyModel = modelOn(connections.keys);
  return {
    conversations: model('conversations', conversationSchema),
    messages: model('messages', messageSchema),
    attachments: model('attachments', attachmentSchema),
    dataKeys: keyModel('data_keys', dataKeySchema),
    accountKeys: keyModel('account_keys', accountKeySchema),
    namedKeys: keyModel('named_keys', namedKeySchema),
    erasureList: keyModel('erasure_list', erasedSchema),
    floors: keyModel('record_floors', floorSchema),
    profiles: model('profiles', profileSchema),
    activity: model('activity_logs', activitySchema),
    audit: model('audit_log', auditSchema),
    auditChains: model('audit_chains', auditChainSchema),
    presence: model('agent_presence', presenceSchema),
    entities: mapEntityKinds((kind) => model(collectionOf(kind), createEntitySchema(ENTITY_SPECS[kind]))),
  };
}

/** One value for each entity kind. */
export function mapEntityKinds<V>(make: (kind: keyof EntityStores) => V): Record<keyof EntityStores, V> {
  const kinds = Object.keys(ENTITY_SPECS) as (keyof EntityStores)[];
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<keyof EntityStores, V>;
}

/** `refreshFamilies` is kept in `refresh_families`. */
function collectionOf(kind: string): string {
  return kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Makes the indexes that are missing, on all collections.
 * @throws StoreError whose code names the collection, when one stands there otherwise or what is stored
 *   goes against it. Nothing may start then: uniqueness and expiry are the indexes' promise.
 */
export async function ensureIndexes(models: Models): Promise<void> {
  const { entities, ...others } = models;
  await Promise.all([...Object.values(others), ...Object.values(entities)].map(ensureIndexesOf));
}

async function ensureIndexesOf(model: AnyModel): Promise<void> {
  try {
    // In one command; Mongoose would send one for each index.
    const indexes = model.schema.indexes().map(([key, options]) => ({ key, ...options }));
    await model.collection.createIndexes(indexes as mongo.IndexDescription[]);
  } catch (error) {
    const { code } = toStoreError(error) as StoreError;
    throw new StoreError(`indexes of ${model.collection.name}: ${code}`);
  }
}
