import { DAY_MS, HELD_UNTIL } from '../../../server/domain/index.ts';
import type { PurgeCounts, RawStores } from '../../../server/ports/index.ts';
import {
  aConversation,
  aDataKey,
  anActivityRecord,
  aProfileRecord,
  aRefreshFamily,
  aSealed,
  aVisitorSession,
  freshId,
  sealedRun,
  T0,
} from '../../support/builders.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const NOTHING: PurgeCounts = {
  dataKeys: 0,
  messages: 0,
  attachments: 0,
  profiles: 0,
  conversations: 0,
  activity: 0,
  entities: 0,
};

interface Life {
  readonly accountId: string;
  readonly retainFrom: number;
  readonly expiresAt: number;
}

/** A whole conversation: itself, its key, its profile and three messages. */
async function aWholeConversation(stores: RawStores, life: Life): Promise<string> {
  const { accountId, retainFrom, expiresAt } = life;
  const conversation = aConversation({ accountId, startedAt: retainFrom, expiresAt });
  const with_ = { ...life, conversationId: conversation.id };
  await stores.conversations.create(conversation);
  await stores.dataKeys.create(aDataKey(with_));
  await stores.profiles.put(aProfileRecord(with_));
  await stores.messages.append(sealedRun({ conversationId: conversation.id, count: 3, with: life }));
  return conversation.id;
}

/** Which parts of a conversation are there. */
async function partsOf(stores: RawStores, accountId: string, id: string): Promise<Record<string, number>> {
  const messages = await stores.messages.read({ conversationId: id, afterSeq: 0, limit: 100 });
  return {
    conversation: (await stores.conversations.get(accountId, id)) === undefined ? 0 : 1,
    key: (await stores.dataKeys.get(id)) === undefined ? 0 : 1,
    profile: (await stores.profiles.get(id)) === undefined ? 0 : 1,
    messages: messages.length,
  };
}

const WHOLE = { conversation: 1, key: 1, profile: 1, messages: 3 };
const GONE = { conversation: 0, key: 0, profile: 0, messages: 0 };

/** What every store promises about the end of a record's life (P7, P8). */
export function describeRetentionStore(name: string, open: OpenStores): void {
  describe(`${name}: retention store`, () => {
    const stores = useStores(open, 'each');
    const retention = () => stores().retention;
    const accountId = 'account-1';

    it('P8: purges what has expired, to the millisecond, and counts it', async () => {
      const ends = [T0, T0 + 1, T0 + 2];
      const ids: string[] = [];
      for (const expiresAt of ends) {
        ids.push(await aWholeConversation(stores(), { accountId, retainFrom: T0 - DAY_MS, expiresAt }));
        await stores().activity.append([anActivityRecord({ accountId, expiresAt })]);
        await stores().entities.refreshFamilies.insert(aRefreshFamily({ expiresAt }));
      }
      expect(await retention().purge(T0 - 1, 100)).toEqual(NOTHING);
      expect(await retention().purge(T0 + 1, 100)).toEqual({
        dataKeys: 2,
        messages: 6,
        attachments: 0,
        profiles: 2,
        conversations: 2,
        activity: 2,
        entities: 2,
      });
      const parts = await Promise.all(ids.map((id) => partsOf(stores(), accountId, id)));
      expect(parts).toEqual([GONE, GONE, WHOLE]);
      expect(await retention().purge(T0 + 1, 100)).toEqual(NOTHING);
    });

    it('takes no more of a kind than the limit, and comes to an end in several calls', async () => {
      const life = { accountId, retainFrom: T0 - DAY_MS, expiresAt: T0 };
      for (let index = 0; index < 5; index += 1) {
        await aWholeConversation(stores(), life);
        await stores().activity.append([anActivityRecord(life)]);
        await stores().entities.visitorSessions.insert(aVisitorSession({ expiresAt: T0 }));
      }
      const counts: PurgeCounts[] = [];
      do counts.push(await retention().purge(T0, 2));
      while (Object.values(counts.at(-1) ?? NOTHING).some((count) => count > 0));
      for (const call of counts) expect(Math.max(...Object.values(call))).toBeLessThanOrEqual(2);
      const sum = (kind: keyof PurgeCounts) => counts.reduce((total, call) => total + call[kind], 0);
      expect(sum('messages')).toBe(15);
      for (const kind of ['dataKeys', 'profiles', 'conversations', 'activity', 'entities'] as const) {
        expect(sum(kind)).toBe(5);
      }
    });

    it('P8: takes the keys in the first call, whatever else is left for later ones', async () => {
      const life = { accountId, retainFrom: T0 - DAY_MS, expiresAt: T0 };
      const ids = [await aWholeConversation(stores(), life), await aWholeConversation(stores(), life)];
      await retention().purge(T0, 2);
      const parts = await Promise.all(ids.map((id) => partsOf(stores(), accountId, id)));
      expect(parts.map(({ key }) => key)).toEqual([0, 0]);
      expect(parts.reduce((sum, { messages = 0 }) => sum + messages, 0)).toBe(4);
    });

    it('purges entities of every kind that expires and none of the others', async () => {
      const session = aVisitorSession({ expiresAt: T0 });
      const living = aVisitorSession({ expiresAt: T0 + 1 });
      await stores().entities.visitorSessions.insert(session);
      await stores().entities.visitorSessions.insert(living);
      await stores().entities.refreshFamilies.insert(aRefreshFamily({ expiresAt: T0 }));
      expect((await retention().purge(T0, 100)).entities).toBe(2);
      expect(await stores().entities.visitorSessions.get(session.id)).toBeUndefined();
      expect(await stores().entities.visitorSessions.get(living.id)).toEqual(living);
    });

    it('purges by a changed expiry of an entity', async () => {
      const session = aVisitorSession({ expiresAt: T0 });
      await stores().entities.visitorSessions.insert(session);
      await stores().entities.visitorSessions.replace({ ...session, version: 2, expiresAt: T0 + 9 });
      expect((await retention().purge(T0, 100)).entities).toBe(0);
      expect((await retention().purge(T0 + 9, 100)).entities).toBe(1);
    });

    it('names expired conversations before they go, up to the limit', async () => {
      const life = { accountId, retainFrom: T0 - DAY_MS, expiresAt: T0 };
      const ids = [await aWholeConversation(stores(), life), await aWholeConversation(stores(), life)];
      await aWholeConversation(stores(), { ...life, expiresAt: T0 + 1 });
      const expired = await retention().expiredConversations(T0, 10);
      expect([...expired].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
        ids.sort().map((id) => ({ accountId, id })),
      );
      expect(await retention().expiredConversations(T0, 1)).toHaveLength(1);
      expect(await retention().expiredConversations(T0 - 1, 10)).toEqual([]);
    });

    it('applies a new transcript retention to everything there, of that account alone', async () => {
      const life = { retainFrom: T0, expiresAt: T0 + 14 * DAY_MS };
      const id = await aWholeConversation(stores(), { accountId, ...life });
      const later = await aWholeConversation(stores(), { accountId, ...life, retainFrom: T0 + 5 });
      const foreign = await aWholeConversation(stores(), { accountId: 'account-2', ...life });
      await retention().applyTranscriptRetention(accountId, 2 * DAY_MS);
      const ends = async (conversationId: string, account: string) => [
        (await stores().conversations.get(account, conversationId))?.expiresAt,
        (await stores().dataKeys.get(conversationId))?.expiresAt,
        (await stores().profiles.get(conversationId))?.expiresAt,
        ...(await stores().messages.read({ conversationId, afterSeq: 0, limit: 10 })).map(
          (one) => one.expiresAt,
        ),
      ];
      const six = (value: number) => Array.from({ length: 6 }, () => value);
      expect(await ends(id, accountId)).toEqual(six(T0 + 2 * DAY_MS));
      expect(await ends(later, accountId)).toEqual(six(T0 + 5 + 2 * DAY_MS));
      expect(await ends(foreign, 'account-2')).toEqual(six(life.expiresAt));
      await retention().purge(T0 + 2 * DAY_MS, 100);
      expect(await partsOf(stores(), accountId, id)).toEqual(GONE);
      expect(await partsOf(stores(), accountId, later)).toEqual(WHOLE);
      await retention().applyTranscriptRetention(accountId, 30 * DAY_MS);
      expect(await ends(later, accountId)).toEqual(six(T0 + 5 + 30 * DAY_MS));
    });

    it('lifts the end of one conversation under legal hold, which no changed retention brings back', async () => {
      const life = { accountId, retainFrom: T0, expiresAt: T0 + DAY_MS };
      const [held, free] = [
        await aWholeConversation(stores(), life),
        await aWholeConversation(stores(), life),
      ];
      const setEnd = (expiresAt: number) =>
        retention().setTranscriptEnd({ accountId, conversationId: held, expiresAt });
      await setEnd(HELD_UNTIL);
      await retention().setTranscriptEnd({
        accountId: 'account-2',
        conversationId: free,
        expiresAt: HELD_UNTIL,
      });
      const counted = () => stores().conversations.countFree({ accountId, from: T0, to: T0 + 1 });
      expect(await counted()).toBe(1);
      await retention().applyTranscriptRetention(accountId, 2 * DAY_MS);
      await retention().purge(T0 + 3 * DAY_MS, 100);
      expect(await partsOf(stores(), accountId, held)).toEqual(WHOLE);
      expect(await partsOf(stores(), accountId, free)).toEqual(GONE);
      await setEnd(T0 + 2 * DAY_MS);
      expect(await counted()).toBe(1);
      await retention().purge(T0 + 2 * DAY_MS, 100);
      expect(await partsOf(stores(), accountId, held)).toEqual(GONE);
      expect(await counted()).toBe(0);
    });

    it('changes no version by it', async () => {
      const conversation = aConversation({ accountId });
      await stores().conversations.create(conversation);
      await retention().applyTranscriptRetention(accountId, DAY_MS);
      const kept = await stores().conversations.get(accountId, conversation.id);
      expect(kept).toEqual({ ...conversation, expiresAt: conversation.startedAt + DAY_MS });
    });

    it('P7: applies a new activity retention to everything there, of that account alone', async () => {
      const mine = anActivityRecord({ accountId, retainFrom: T0 });
      const foreign = anActivityRecord({ accountId: 'account-2', retainFrom: T0 });
      await stores().activity.append([mine, foreign]);
      await retention().applyActivityRetention(accountId, DAY_MS);
      const found = await stores().activity.find({ accountId, ip: mine.ip, limit: 5 });
      expect(found.items).toEqual([{ ...mine, expiresAt: T0 + DAY_MS }]);
      expect((await retention().purge(T0 + DAY_MS, 100)).activity).toBe(1);
      const left = await stores().activity.find({ accountId: 'account-2', ip: foreign.ip, limit: 5 });
      expect(left.items).toEqual([foreign]);
    });

    it('purges messages that have no conversation beside them', async () => {
      const conversationId = freshId('c');
      await stores().messages.append([aSealed({ conversationId, retainFrom: T0 - DAY_MS, expiresAt: T0 })]);
      expect((await retention().purge(T0, 10)).messages).toBe(1);
    });

    it('answers a ping', async () => {
      await expect(stores().ping()).resolves.toBeUndefined();
    });
  });
}
