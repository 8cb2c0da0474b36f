import { randomBytes } from 'node:crypto';
import { createMasterKeyRing } from '../../../server/adapters/crypto/master-key-ring.ts';
import { createNodeCipher } from '../../../server/adapters/crypto/node-cipher.ts';
import { INSTANCE } from '../../../server/domain/index.ts';
import { KeyVault } from '../../../server/pipeline/key-vault.ts';
import { type DataKeyStore, WrongKeyError } from '../../../server/ports/index.ts';
import { freshId, T0 } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What the vault promises on top of the key stores, on one technology. */
export function describeKeyVault(name: string, open: OpenStores): void {
  describe(`${name}: key vault`, () => {
    const stores = useStores(open);
    const cipher = createNodeCipher();
    const [current, previous] = [randomBytes(32), randomBytes(32)];
    const vaultWith = (
      keys: { current: Uint8Array; previous: readonly Uint8Array[] },
      dataKeys: DataKeyStore = stores().dataKeys,
    ) => {
      const { accountKeys, namedKeys } = stores();
      const keyRing = createMasterKeyRing(keys, cipher);
      return new KeyVault({ cipher, keyRing, accountKeys, dataKeys, namedKeys, clock: new FakeClock(T0) });
    };
    /** Another process: nothing cached. */
    const another = () => vaultWith({ current, previous: [] });
    const owner = (accountId: string) => {
      return { accountId, conversationId: freshId('conversation'), retainFrom: T0, expiresAt: T0 + 1 };
    };

    it.each([
      ['an account', freshId('account')],
      ['the instance', INSTANCE],
    ])('gives %s one key for each purpose, whichever of two nodes asks first', async (_of, whose) => {
      const nodes = Array.from({ length: 10 }, another);
      const keys = await Promise.all(nodes.map((vault) => vault.namedKey(whose, 'signing')));
      expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
      expect(keys[0]).toHaveLength(32);
      expect(await another().namedKey(whose, 'signing')).toEqual(keys[0]);
      expect(await another().namedKey(whose, 'index')).not.toEqual(keys[0]);
      expect(await another().namedKey(freshId('account'), 'signing')).not.toEqual(keys[0]);
    });

    it('P8: destroys the keys of an account, in memory too, and leaves those of others', async () => {
      const [gone, stays] = [freshId('account'), freshId('account')];
      const vault = another();
      const before = await vault.namedKey(gone, 'index');
      const kept = await vault.namedKey(stays, 'index');
      const chat = owner(gone);
      await vault.createDataKey(chat);
      await vault.destroyAccount(gone);
      await expect(vault.dataKey(chat.conversationId)).rejects.toThrow('integrity');
      expect(await vault.namedKey(gone, 'index')).not.toEqual(before);
      expect(await vault.namedKey(stays, 'index')).toEqual(kept);
    });

    it('opens what an earlier master key wrapped, and refuses at the start when it is not given any more', async () => {
      const old = vaultWith({ current: previous, previous: [] });
      const account = freshId('account');
      const key = await old.namedKey(account, 'index');
      const instance = await old.namedKey(INSTANCE, 'anchoring');
      const both = vaultWith({ current, previous: [previous] });
      await both.verifyMasterKey();
      expect(await both.namedKey(account, 'index')).toEqual(key);
      expect(await both.namedKey(INSTANCE, 'anchoring')).toEqual(instance);
      await expect(another().verifyMasterKey()).rejects.toThrow(WrongKeyError);
    });

    it('loses no key that was being made while a rotation passed by', async () => {
      const account = freshId('account');
      const vault = another();
      await vault.createDataKey(owner(account));
      const { dataKeys } = stores();
      /** The rotation makes its version just before this key is stored, and retires the old one after. */
      const slow: DataKeyStore = {
        ...methodsOf(dataKeys),
        create: async (record) => {
          await another().createAccountKey(account, 2);
          return dataKeys.create(record);
        },
      };
      const chat = owner(account);
      const key = await vaultWith({ current, previous: [] }, slow).createDataKey(chat);
      expect((await dataKeys.get(chat.conversationId))?.accountKeyVersion).toBe(2);
      await stores().accountKeys.destroy(account, 1);
      expect(await another().dataKey(chat.conversationId)).toEqual(key);
    });
  });
}

function methodsOf(store: DataKeyStore): DataKeyStore {
  return {
    create: (record) => store.create(record),
    get: (id) => store.get(id),
    destroy: (id) => store.destroy(id),
    list: (query) => store.list(query),
    wrappedBefore: (query) => store.wrappedBefore(query),
    rewrap: (next, seen) => store.rewrap(next, seen),
    countByVersion: (accountId) => store.countByVersion(accountId),
    floor: (id) => store.floor(id),
    raise: (floors) => store.raise(floors),
  };
}
