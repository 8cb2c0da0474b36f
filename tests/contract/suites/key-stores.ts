import { aDataKey, anAccountKey, aProfileRecord, freshBytes, freshId } from '../../support/builders.ts';
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
  });

  describe(`${name}: account key store`, () => {
    const stores = useStores(open);
    const keys = () => stores().accountKeys;

    it('has none at first', async () => {
      expect(await keys().any()).toBeUndefined();
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
      expect((await keys().any())?.wrapped).toHaveLength(60);
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
