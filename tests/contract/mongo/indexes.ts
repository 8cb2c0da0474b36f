import mongoose, { type Connection } from 'mongoose';
import { openMongoStores } from '../../../server/adapters/mongo/index.ts';
import { ENTITY_SPECS } from '../../../server/ports/index.ts';
import { StoreError } from '../../../server/ports/store-error.ts';
import {
  aConversation,
  aDataKey,
  anActivityRecord,
  aPiece,
  aProfileRecord,
  aRefreshFamily,
  aSealed,
  aVisitorSession,
  T0,
} from '../../support/builders.ts';
import type { MongoDatabases } from '../../support/mongodb.ts';

/** Entity kinds and their collections; what is asked of them stands in their specs. */
const KINDS = Object.entries(ENTITY_SPECS).map(([kind, spec]) => ({
  collection: kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  spec,
}));

const UNIQUE: Readonly<Record<string, readonly object[]>> = {
  messages: [
    { conversationId: 1, seq: 1 },
    { conversationId: 1, clientKey: 1 },
  ],
  conversations: [{ sessionId: 1 }],
  attachments: [{ conversationId: 1, attachmentId: 1, index: 1 }],
  data_keys: [{ conversationId: 1 }],
  account_keys: [{ accountId: 1, version: -1 }],
  named_keys: [{ owner: 1, purpose: 1 }],
  erasure_list: [],
  record_floors: [],
  profiles: [{ conversationId: 1 }],
  agent_presence: [{ accountId: 1, agentId: 1 }],
  activity_logs: [],
  audit_log: [{ accountId: 1, seq: 1 }],
  audit_chains: [{ accountId: 1 }],
  ...Object.fromEntries(
    KINDS.map(({ collection, spec }) => [collection, spec.unique.map((field) => ({ [field]: 1 }))]),
  ),
};

const DATED = [
  'activity_logs',
  'attachments',
  'conversations',
  'data_keys',
  'messages',
  'profiles',
  'refresh_families',
  'visitor_sessions',
];
const EXPIRING = [
  ...new Set([...DATED, ...KINDS.filter(({ spec }) => spec.expires).map(({ collection }) => collection)]),
].sort();

/** That the indexes which carry promises are on the server, and that nothing starts without them. */
export function describeIndexes(databases: MongoDatabases): void {
  describe('indexes', () => {
    let connection: Connection;
    const indexesOf = (collection: string) => connection.collection(collection).listIndexes().toArray();

    beforeAll(async () => {
      const dbName = databases.freshName();
      const stores = await openMongoStores({ uri: databases.uri(), dbName });
      await stores.close();
      connection = await mongoose.createConnection(databases.uri(), { dbName }).asPromise();
    });
    afterAll(() => connection.close());

    it('makes the collections that are named here and no other', async () => {
      const names = (await connection.listCollections()).map(({ name }) => name);
      expect(names.sort()).toEqual(Object.keys(UNIQUE).sort());
    });

    it.each(Object.entries(UNIQUE))('%s: unique are %j', async (collection, expected) => {
      const unique = (await indexesOf(collection)).filter((index) => index.unique === true);
      expect(unique.map(({ key }) => key)).toEqual(expected);
    });

    it('P8: expires documents at their own expiresAt, to the second, where something ends and nowhere else', async () => {
      const found: [string, unknown, number][] = [];
      for (const collection of Object.keys(UNIQUE)) {
        for (const index of await indexesOf(collection)) {
          if ('expireAfterSeconds' in index) found.push([collection, index.key, index.expireAfterSeconds]);
        }
      }
      expect(found.sort()).toEqual(EXPIRING.map((collection) => [collection, { expiresAt: 1 }, 0]));
    });

    it('P8: keeps the ends of life as dates, which is what a TTL index goes by', async () => {
      const stores = await openMongoStores({ uri: databases.uri(), dbName: connection.name });
      const expiresAt = T0 + 123;
      await stores.conversations.create(aConversation({ expiresAt }));
      await stores.messages.append([aSealed({ expiresAt })]);
      await stores.attachments.put([aPiece({ expiresAt })]);
      await stores.dataKeys.create(aDataKey({ expiresAt }));
      await stores.profiles.put(aProfileRecord({ expiresAt }));
      await stores.activity.append([anActivityRecord({ expiresAt })]);
      await stores.entities.refreshFamilies.insert(aRefreshFamily({ expiresAt }));
      await stores.entities.visitorSessions.insert(aVisitorSession({ expiresAt }));
      await stores.floors.put([{ kind: 'roles', id: 'a', version: 1, settled: true, expiresAt, mac: 'm' }]);
      await stores.close();
      const ends = DATED.map(async (name) => (await connection.collection(name).findOne())?.expiresAt);
      expect(await Promise.all(ends)).toEqual(DATED.map(() => new Date(expiresAt)));
    });

    it('lets one open conversation stand per session, and any number of closed ones', async () => {
      const [index] = (await indexesOf('conversations')).filter((one) => one.unique === true);
      expect(index?.partialFilterExpression).toEqual({ status: { $in: ['queued', 'active'] } });
    });

    it('keeps keys and the erasure list in a database of their own when it is given one', async () => {
      const [dbName, keysName] = [databases.freshName(), databases.freshName()];
      const keysUri = databases.uri().replace(/\/(?=\?|$)/, `/${keysName}`);
      const stores = await openMongoStores({ uri: databases.uri(), dbName, keysUri });
      await stores.dataKeys.create(aDataKey());
      await stores.ping();
      await stores.close();
      const names = async (name: string) =>
        (await connection.useDb(name).listCollections()).map((one) => one.name).sort();
      const apart = ['account_keys', 'data_keys', 'erasure_list', 'named_keys', 'record_floors'];
      expect(await names(keysName)).toEqual(apart);
      expect((await names(dbName)).filter((one) => apart.includes(one))).toEqual([]);
    });

    it('finds everything in its place when it opens again', async () => {
      const before = await indexesOf('conversations');
      const stores = await openMongoStores({ uri: databases.uri(), dbName: connection.name });
      await stores.close();
      expect(await indexesOf('conversations')).toEqual(before);
    });

    it('does not open on an index of another life span, and names the collection', async () => {
      await connection.collection('profiles').dropIndex('expiresAt_1');
      await connection.collection('profiles').createIndex({ expiresAt: 1 }, { expireAfterSeconds: 3_600 });
      const opening = openMongoStores({ uri: databases.uri(), dbName: connection.name });
      await expect(opening).rejects.toMatchObject({
        name: StoreError.name,
        code: 'indexes of profiles: IndexOptionsConflict',
      });
    });

    it('does not open on stored values that a unique index refuses, and does not quote them', async () => {
      const dbName = databases.freshName();
      const users = connection.useDb(dbName).collection('users');
      await users.insertMany([{ email: 'secret@example.com' }, { email: 'secret@example.com' }]);
      const error: unknown = await openMongoStores({ uri: databases.uri(), dbName }).catch(
        (reason) => reason,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect((error as StoreError).code).toBe('indexes of users: DuplicateKey');
      expect(JSON.stringify([String(error), error, (error as Error).cause])).not.toContain('secret');
    });
  });
}
