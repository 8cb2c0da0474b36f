import type { ErasedThing } from '../../../server/domain/index.ts';
import {
  aDataKey,
  aNamedKey,
  anAccountKey,
  aProfileRecord,
  freshBytes,
  freshId,
  T0,
} from '../../support/builders.ts';
import { plain } from '../../support/plain.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What every store of keys and sealed profiles promises. */
export function describeKeyStores(name: string, open: OpenStores): void {
  describe(`${name}: data key store`, () => {
    const stores = useStores(open);
    const keys = () => stores().dataKeys;

    it('keeps a key byte for byte and answers the one that stands', async () => {
      const key = aDataKey();
      expect(plain(await keys().create(key))).toEqual(key);
      expect(plain(await keys().get(key.conversationId))).toEqual(key);
      const other = aDataKey({ conversationId: key.conversationId });
      expect(plain(await keys().create(other))).toEqual(key);
      expect(plain(await keys().get(key.conversationId))).toEqual(key);
      expect(await keys().get(freshId('conversation'))).toBeUndefined();
    });

    it('answers the same key to 20 who create at once', async () => {
      const conversationId = freshId('conversation');
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => keys().create(aDataKey({ conversationId }))),
      );
      const standing = plain(await keys().get(conversationId));
      for (const answer of answers) expect(plain(answer)).toEqual(standing);
    });

    it('destroys once; a key made anew is another one', async () => {
      const key = aDataKey();
      await keys().create(key);
      expect(await keys().destroy(key.conversationId)).toBe(true);
      expect(await keys().destroy(key.conversationId)).toBe(false);
      expect(await keys().get(key.conversationId)).toBeUndefined();
      const again = aDataKey({ conversationId: key.conversationId });
      expect(plain(await keys().create(again))).toEqual(again);
    });

    it('lists all, page by page', async () => {
      const made = [aDataKey(), aDataKey(), aDataKey()];
      for (const key of made) await keys().create(key);
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await keys().list({ limit: 2, ...(cursor !== undefined && { cursor }) });
        listed.push(...page.items.map(({ conversationId }) => conversationId));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(listed).toEqual([...new Set(listed)].sort());
      expect(listed).toEqual(expect.arrayContaining(made.map(({ conversationId }) => conversationId)));
    });

    it('finds what older versions wrap, and counts by version', async () => {
      const accountId = freshId('account');
      const first = aDataKey({ accountId, accountKeyVersion: 1 });
      const second = aDataKey({ accountId, accountKeyVersion: 2 });
      const third = aDataKey({ accountId, accountKeyVersion: 3 });
      for (const key of [first, second, third, aDataKey({ accountKeyVersion: 1 })]) await keys().create(key);
      const older = await keys().wrappedBefore({ accountId, version: 3, limit: 10 });
      const ids = older.map(({ conversationId }) => conversationId).sort();
      expect(ids).toEqual([first.conversationId, second.conversationId].sort());
      expect(await keys().wrappedBefore({ accountId, version: 3, limit: 1 })).toHaveLength(1);
      expect(await keys().wrappedBefore({ accountId, version: 1, limit: 10 })).toEqual([]);
      expect([...(await keys().countByVersion(accountId))].sort()).toEqual([
        [1, 1],
        [2, 1],
        [3, 1],
      ]);
    });

    it('wraps anew only what stands as it was seen, keeps its life, and brings nothing back', async () => {
      const key = aDataKey();
      await keys().create(key);
      const next = { ...key, accountKeyVersion: 2, wrapped: freshBytes(60), expiresAt: T0 };
      expect(await keys().rewrap(next, 7)).toBe(false);
      expect(plain(await keys().get(key.conversationId))).toEqual(key);
      expect(await keys().rewrap(next, 1)).toBe(true);
      expect(plain(await keys().get(key.conversationId))).toEqual({ ...next, expiresAt: key.expiresAt });
      await keys().destroy(key.conversationId);
      expect(await keys().rewrap({ ...next, accountKeyVersion: 3 }, 2)).toBe(false);
      expect(await keys().get(key.conversationId)).toBeUndefined();
    });
  });

  describe(`${name}: account key store`, () => {
    const stores = useStores(open);
    const keys = () => stores().accountKeys;

    it('has none at first', async () => {
      expect(await keys().underMasterKeys()).toEqual([]);
      expect(await keys().notUnder('master-1', 5)).toEqual([]);
      expect(await keys().newest(freshId('account'))).toBeUndefined();
    });

    it('keeps versions of an account and finds the newest by number', async () => {
      const first = anAccountKey();
      const { accountId } = first;
      const tenth = anAccountKey({ accountId, version: 10 });
      const ninth = anAccountKey({ accountId, version: 9 });
      for (const key of [first, tenth, ninth]) expect(plain(await keys().create(key))).toEqual(key);
      expect(plain(await keys().get(accountId, 9))).toEqual(ninth);
      expect(plain(await keys().newest(accountId))).toEqual(tenth);
      expect(await keys().get(accountId, 2)).toBeUndefined();
      expect(plain(await keys().versions(accountId))).toEqual([first, ninth, tenth]);
    });

    it('answers the version that stands to 20 who create at once', async () => {
      const accountId = freshId('account');
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => keys().create(anAccountKey({ accountId, version: 1 }))),
      );
      const standing = plain(await keys().get(accountId, 1));
      for (const answer of answers) expect(plain(answer)).toEqual(standing);
    });
  });

  describe(`${name}: account keys under master keys`, () => {
    const stores = useStores(open);
    const keys = () => stores().accountKeys;

    it('tells which master keys are in use, with one of each, and what is not under one', async () => {
      const [a, b] = [anAccountKey({ masterKeyId: 'a' }), anAccountKey({ masterKeyId: 'b' })];
      for (const key of [a, b, anAccountKey({ masterKeyId: 'b' })]) await keys().create(key);
      const use = await keys().underMasterKeys();
      const counts = new Map(use.map(({ masterKeyId, count }) => [masterKeyId, count]));
      expect([counts.get('a'), counts.get('b')]).toEqual([1, 2]);
      expect(plain(use.find(({ masterKeyId }) => masterKeyId === 'a')?.sample)).toEqual(a);
      const others = (await keys().notUnder('b', 10)).map(({ accountId }) => accountId);
      expect(others).toContain(a.accountId);
      expect(others).not.toContain(b.accountId);
      expect(await keys().notUnder('c', 1)).toHaveLength(1);
    });

    it('wraps anew only what stands as it was seen, and destroys versions one by one or all', async () => {
      const key = anAccountKey({ masterKeyId: 'old' });
      const second = anAccountKey({ accountId: key.accountId, version: 2, masterKeyId: 'old' });
      for (const one of [key, second]) await keys().create(one);
      const next = { ...key, masterKeyId: 'new', wrapped: freshBytes(60) };
      expect(await keys().rewrap(next, 'other')).toBe(false);
      expect(await keys().rewrap(next, 'old')).toBe(true);
      expect(await keys().rewrap(next, 'old')).toBe(false);
      expect(plain(await keys().versions(key.accountId))).toEqual([next, second]);
      expect(await keys().destroy(key.accountId, 1)).toBe(true);
      expect(await keys().destroy(key.accountId, 1)).toBe(false);
      expect(plain(await keys().newest(key.accountId))).toEqual(second);
      expect(await keys().destroyAll(key.accountId)).toBe(1);
      expect(await keys().versions(key.accountId)).toEqual([]);
    });
  });

  describe(`${name}: named key store`, () => {
    const stores = useStores(open);
    const keys = () => stores().namedKeys;

    it('keeps one key for each owner and purpose, byte for byte, and answers it to 20 who create at once', async () => {
      const key = aNamedKey();
      const { owner, purpose } = key;
      expect(plain(await keys().create(key))).toEqual(key);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => keys().create(aNamedKey({ owner, purpose }))),
      );
      for (const answer of answers) expect(plain(answer)).toEqual(key);
      expect(plain(await keys().get(owner, purpose))).toEqual(key);
      expect(await keys().get(owner, 'other')).toBeUndefined();
      expect(await keys().get(freshId('account'), purpose)).toBeUndefined();
    });

    it('lists, wraps anew only what stands as it was seen, and destroys by owner', async () => {
      const owner = freshId('account');
      const [one, two] = [aNamedKey({ owner, purpose: 'b' }), aNamedKey({ owner, purpose: 'a' })];
      const other = aNamedKey();
      for (const key of [one, two, other]) await keys().create(key);
      const next = { ...one, wrappedBy: '2', wrapped: freshBytes(60) };
      expect(await keys().rewrap(next, '9')).toBe(false);
      expect(await keys().rewrap(next, one.wrappedBy)).toBe(true);
      expect(plain(await keys().list(owner))).toEqual([two, next]);
      expect(await keys().destroyAll(owner)).toBe(2);
      expect(await keys().destroyAll(owner)).toBe(0);
      expect(await keys().list(owner)).toEqual([]);
      expect(plain(await keys().list(other.owner))).toEqual([other]);
    });
  });

  describe(`${name}: erasure list`, () => {
    const stores = useStores(open);
    const list = () => stores().erasureList;
    const erased = (at: number, id = freshId('conversation')): ErasedThing => {
      return { id, kind: 'conversation', accountId: 'account-1', at };
    };

    it('P8: keeps the first entry of each id and lists from a time on, oldest first, in pages', async () => {
      const things = [erased(T0 + 2), erased(T0, 'b'), erased(T0, 'a'), erased(T0 + 1)];
      await list().append(things);
      await list().append([]);
      await list().append([erased(T0 + 9, 'a')]);
      const sorted = [things[2], things[1], things[3], things[0]];
      const first = await list().list({ limit: 3 });
      expect(first.items).toEqual(sorted.slice(0, 3));
      const rest = await list().list({ limit: 3, cursor: first.nextCursor ?? '' });
      expect(rest).toEqual({ items: sorted.slice(3) });
      expect((await list().list({ from: T0 + 1, limit: 9 })).items).toEqual(sorted.slice(2));
    });
  });

  describe(`${name}: profile store`, () => {
    const stores = useStores(open);
    const profiles = () => stores().profiles;

    it('keeps the last one put, byte for byte, and deletes it once', async () => {
      const profile = aProfileRecord();
      await profiles().put(profile);
      expect(plain(await profiles().get(profile.conversationId))).toEqual(profile);
      const changed = { ...profile, sealed: freshBytes(300) };
      await profiles().put(changed);
      expect(plain(await profiles().get(profile.conversationId))).toEqual(changed);
      expect(await profiles().delete(profile.conversationId)).toBe(true);
      expect(await profiles().delete(profile.conversationId)).toBe(false);
      expect(await profiles().get(profile.conversationId)).toBeUndefined();
    });
  });
}
