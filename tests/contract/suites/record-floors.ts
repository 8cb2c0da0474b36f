import type { RecordFloor } from '../../../server/domain/index.ts';
import { aDataKey, freshId, T0 } from '../../support/builders.ts';
import { plain } from '../../support/plain.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What every store of floors promises. */
export function describeRecordFloors(name: string, open: OpenStores): void {
  describe(`${name}: floors`, () => {
    const stores = useStores(open);
    const floors = () => stores().floors;
    const aFloor = (more: Partial<RecordFloor> = {}): RecordFloor => {
      return { kind: 'roles', id: freshId('role'), version: 3, settled: true, mac: 'm', ...more };
    };

    it('keeps the higher version, whichever comes last', async () => {
      const floor = aFloor({ owner: freshId('account'), expiresAt: T0 + 5 });
      await floors().put([floor]);
      await floors().put([{ ...floor, version: 2, mac: 'lower' }, aFloor()]);
      expect(await floors().get('roles', floor.id)).toEqual(floor);
      const higher = { ...floor, version: 4, settled: false, mac: 'higher' };
      await floors().put([higher]);
      expect(await floors().get('roles', floor.id)).toEqual(higher);
      expect(await floors().get('users', floor.id)).toBeUndefined();
    });

    it('raises those that stand, and brings none back', async () => {
      const [floor, gone] = [aFloor(), aFloor()];
      await floors().put([floor]);
      await floors().raise([]);
      await floors().raise([{ ...floor, version: 2, mac: 'lower' }, gone]);
      expect(await floors().get('roles', floor.id)).toEqual(floor);
      const higher = { ...floor, version: 4, settled: false, expiresAt: T0, mac: 'higher' };
      await floors().raise([higher]);
      expect(await floors().get('roles', floor.id)).toEqual(higher);
      expect(await floors().get('roles', gone.id)).toBeUndefined();
    });

    it('finds those of some ids and of an account, page by page, and removes them', async () => {
      const owner = freshId('account');
      const mine = [aFloor({ owner }), aFloor({ owner }), aFloor({ owner, kind: 'users' })];
      await floors().put(mine);
      const [one, two, three] = mine.map(({ id }) => id);
      if (one === undefined || two === undefined || three === undefined) throw new Error('three were kept');
      const ids = (found: readonly RecordFloor[]) => found.map(({ id }) => id).sort();
      expect(ids(await floors().all('roles', [one, three]))).toEqual([one]);
      expect(ids(await floors().ofOwner('roles', owner))).toEqual([one, two].sort());
      const listed: RecordFloor[] = [];
      let cursor: string | undefined;
      do {
        const page = await floors().list({ limit: 1, ...(cursor !== undefined && { cursor }) });
        listed.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(listed).toEqual(expect.arrayContaining(mine));
      expect(new Set(listed.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(listed.length);
      await floors().remove('roles', [one]);
      expect(ids(await floors().ofOwner('roles', owner))).toEqual([two]);
    });

    it('that have ended are found, the earliest first, and go unless they were prolonged meanwhile', async () => {
      const [later, over, stays, endless] = [T0, T0 - 9, T0 + 1, undefined].map((expiresAt) =>
        aFloor(expiresAt === undefined ? {} : { expiresAt }),
      );
      if (!later || !over || !stays || !endless) throw new Error('four were made');
      const all = [later, over, stays, endless];
      await floors().put(all);
      await stores().retention.purge(T0, 1_000);
      const mine = (await floors().ended(T0, 1_000)).filter(({ id }) => all.some((floor) => floor.id === id));
      expect(mine).toEqual([over, later]);
      expect(await floors().ended(T0, 1)).toHaveLength(1);
      await floors().put([{ ...later, expiresAt: T0 + 1 }]);
      await floors().remove(
        'roles',
        all.map(({ id }) => id),
        T0,
      );
      expect(await floors().get('roles', over.id)).toBeUndefined();
      const left = await floors().all(
        'roles',
        all.map(({ id }) => id),
      );
      expect(left.map(({ id }) => id).sort()).toEqual([later, stays, endless].map(({ id }) => id).sort());
    });

    it('lie beside a data key, never go back in any part, and end with the key', async () => {
      const { dataKeys } = stores();
      const key = aDataKey();
      const { conversationId } = key;
      const floor = { seq: 4, version: 2, profile: 1, mac: 'm' };
      await dataKeys.raise([{ conversationId, floor }]);
      expect(await dataKeys.floor(conversationId)).toBeUndefined();
      await dataKeys.create(key);
      await dataKeys.raise([{ conversationId, floor }]);
      await dataKeys.raise([{ conversationId, floor: { ...floor, seq: 9, version: 1 } }]);
      expect(plain(await dataKeys.floor(conversationId))).toEqual(floor);
      await dataKeys.raise([{ conversationId, floor: { ...floor, seq: 9, profile: 2 } }]);
      expect(await dataKeys.floor(conversationId)).toMatchObject({ seq: 9, profile: 2 });
      expect(plain(await dataKeys.get(conversationId))).toEqual(key);
      expect(await dataKeys.rewrap({ ...key, accountKeyVersion: 9 }, key.accountKeyVersion)).toBe(true);
      expect(await dataKeys.floor(conversationId)).toMatchObject({ seq: 9 });
      await dataKeys.destroy(conversationId);
      expect(await dataKeys.floor(conversationId)).toBeUndefined();
      await dataKeys.create(key);
      expect(await dataKeys.floor(conversationId)).toBeUndefined();
    });
  });
}
