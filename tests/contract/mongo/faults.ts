import mongoose from 'mongoose';
import { openMongoStores } from '../../../server/adapters/mongo/index.ts';
import { DEFAULT_THEME } from '../../../server/domain/index.ts';
import type { RawStores } from '../../../server/ports/index.ts';
import { StoreError } from '../../../server/ports/store-error.ts';
import {
  aConversation,
  aPresence,
  aSite,
  auditLinks,
  auditPoint,
  freshId,
  sealedRun,
} from '../../support/builders.ts';
import type { MongoDatabases } from '../../support/mongodb.ts';
import { type MongoProxy, startMongoProxy } from '../../support/mongodb-proxy.ts';
import { plain } from '../../support/plain.ts';

/** What happens when an answer is lost on its way, or the database is not there. */
export function describeFaults(databases: MongoDatabases): void {
  describe('faults', () => {
    let proxy: MongoProxy;
    let stores: RawStores;

    beforeAll(async () => {
      proxy = await startMongoProxy(databases.uri());
      stores = await openMongoStores({ uri: proxy.uri, dbName: databases.freshName() });
    });
    afterAll(async () => {
      await stores.close();
      await proxy.close();
    });

    it.each([1, 5])(
      'P1: a batch of depth %i whose answer is lost counts as stored, once, when it is sent again',
      async (depth) => {
        const ids = [freshId('c'), freshId('c'), freshId('c')];
        const batch = ids.flatMap((conversationId) => sealedRun({ conversationId, count: depth }));
        proxy.loseAnswerOf('insert');
        await expect(stores.messages.append(batch)).rejects.toBeInstanceOf(StoreError);
        expect(await stores.messages.append(batch)).toEqual(batch.map(() => ({ kind: 'stored' })));
        for (const conversationId of ids) {
          const read = await stores.messages.read({ conversationId, afterSeq: 0, limit: 100 });
          const sent = batch
            .map(({ record }) => record)
            .filter((record) => record.conversationId === conversationId);
          expect(plain(read)).toEqual(sent);
        }
      },
    );

    it('an audit entry whose answer is lost is there once, and its place is taken', async () => {
      const accountId = freshId('account');
      const links = auditLinks({ accountId, count: 1 });
      proxy.loseAnswerOf('insert');
      await expect(stores.audit.append(links, auditPoint(links))).rejects.toBeInstanceOf(StoreError);
      expect(await stores.audit.append(links, auditPoint(links))).toBe(0);
      expect((await stores.audit.list({ accountId, limit: 5 })).items).toEqual(links);
    });

    it('a start whose answer is lost gives the same room when it is tried again', async () => {
      const conversation = aConversation();
      proxy.loseAnswerOf('insert');
      await expect(stores.conversations.create(conversation)).rejects.toBeInstanceOf(StoreError);
      expect(await stores.conversations.create(conversation)).toEqual(conversation);
    });

    it('sends messages that stand several times in a batch in one write', async () => {
      const batch = [freshId('c'), freshId('c')].flatMap((conversationId) =>
        sealedRun({ conversationId, count: 20 }),
      );
      proxy.takeCommands();
      await stores.messages.append(batch);
      expect(proxy.takeCommands().map(({ command }) => command.insert)).toEqual(['messages']);
    });

    it('asks for a majority and its journal on every write, and reads what cannot be rolled back', async () => {
      proxy.takeCommands();
      const presence = aPresence();
      await stores.messages.append(sealedRun({ conversationId: freshId('c'), count: 1 }));
      await stores.presence.put({ ...presence, version: 1 });
      await stores.presence.put({ ...presence, version: 2 });
      await stores.conversations.get('account', 'id');
      const [append, put, change, get] = proxy.takeCommands().map(({ command }) => command);
      for (const write of [append, put, change]) {
        expect(write?.writeConcern).toMatchObject({ w: 'majority', j: true });
      }
      expect(get?.readConcern).toEqual({ level: 'majority' });
    });

    it('tells of a fault by name, without values and without the words of the driver', async () => {
      const dbName = databases.freshName();
      const gone = await openMongoStores({ uri: databases.uri(), dbName });
      await gone.close();
      const error: unknown = await gone.conversations
        .create(aConversation({ caseId: 'secret-case' }))
        .catch((e) => e);
      expect(error).toBeInstanceOf(StoreError);
      expect((error as Error).message).toBe('the store failed');
      expect(JSON.stringify([error, (error as Error).stack, (error as Error).cause])).not.toContain(
        'secret-case',
      );
      await expect(gone.ping()).rejects.toBeInstanceOf(StoreError);
    });

    it('refuses a time that no date can hold, instead of keeping a record for ever', async () => {
      const conversation = aConversation({ expiresAt: Number.MAX_VALUE });
      await expect(stores.conversations.create(conversation)).rejects.toMatchObject({ code: 'RangeError' });
      expect(await stores.conversations.get(conversation.accountId, conversation.id)).toBeUndefined();
    });

    it('P6: takes a value that is not there for no match, never for every match', async () => {
      const conversation = aConversation();
      await stores.conversations.create(conversation);
      const batch = sealedRun({ conversationId: conversation.id, count: 2 });
      await stores.messages.append(batch);
      const missing = undefined as unknown as string;
      expect(await stores.messages.deleteConversation(missing)).toBe(0);
      expect(await stores.conversations.delete(missing, conversation.id)).toBe(false);
      expect((await stores.conversations.list({ accountId: missing, limit: 5 })).items).toEqual([]);
      expect(await stores.activity.deleteByIp(missing, missing)).toBe(0);
      const users = stores.entities.users.list({ where: { 'memberships.accountId': missing }, limit: 5 });
      await expect(users).rejects.toBeInstanceOf(StoreError);
    });

    it('takes a bound beyond every date for none', async () => {
      const conversation = aConversation();
      await stores.conversations.create(conversation);
      const bounds = { from: Number.NEGATIVE_INFINITY, to: Number.MAX_SAFE_INTEGER };
      const { accountId } = conversation;
      expect((await stores.conversations.list({ accountId, limit: 5, ...bounds })).items).toEqual([
        conversation,
      ]);
    });

    it('keeps an optional field that is set to undefined as one that is not there', async () => {
      const site = aSite({ theme: { ...DEFAULT_THEME, greeting: undefined as unknown as string } });
      await stores.entities.sites.insert(site);
      const { greeting: _greeting, ...theme } = DEFAULT_THEME;
      expect((await stores.entities.sites.get(site.id))?.theme).toStrictEqual(theme);
    });

    it('leaves the global connection and models of Mongoose alone', () => {
      expect(mongoose.connection.readyState).toBe(mongoose.ConnectionStates.disconnected);
      expect(mongoose.modelNames()).toEqual([]);
    });
  });
}
