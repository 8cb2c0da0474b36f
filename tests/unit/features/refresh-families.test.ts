import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores } from '../../../server/adapters/sqlite/index.ts';
import { RandomIds } from '../../../server/adapters/system/random-ids.ts';
import type { RefreshFamily } from '../../../server/domain/index.ts';
import { RefreshFamilies } from '../../../server/features/auth/refresh-families.ts';
import type { EntityStore, RawStores } from '../../../server/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('families of refresh tokens', () => {
  let stores: RawStores;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'engagement-families-'));
    stores = await openSqliteStores({ dataDir });
  });
  afterAll(async () => {
    await stores.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function familiesOn(families: EntityStore<RefreshFamily>): RefreshFamilies {
    const tokens = { fingerprint: (opaque: string) => createHash('sha256').update(opaque).digest('hex') };
    return new RefreshFamilies({ families, tokens, ids: new RandomIds(), clock: new FakeClock() });
  }

  /** The store, but nobody's read comes back before `readers` have read. */
  function readTogether(store: EntityStore<RefreshFamily>, readers: number): EntityStore<RefreshFamily> {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let arrived = 0;
    return {
      findBy: (field, value) => store.findBy(field, value),
      list: (query) => store.list(query),
      insert: (family) => store.insert(family),
      replace: (family) => store.replace(family),
      delete: (id) => store.delete(id),
      deleteWhere: (where) => store.deleteWhere(where),
      get: async (id) => {
        const family = await store.get(id);
        arrived += 1;
        if (arrived === readers) open();
        await gate;
        return family;
      },
    };
  }

  it('let one of several win that have all read the same state, and end with the loser', async () => {
    const store = stores.entities.refreshFamilies;
    const { refreshToken, familyId } = await familiesOn(store).start('user', 'Firefox on Windows');
    const racing = familiesOn(readTogether(store, 3));
    const outcomes = await Promise.all([1, 2, 3].map(() => racing.rotate(refreshToken)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['reused', 'reused', 'rotated']);
    expect(await familiesOn(store).alive(familyId, 'user')).toBe(false);
  });

  it('end all at once, more than a page of them, and no one else’s', async () => {
    const families = familiesOn(stores.entities.refreshFamilies);
    const mine = [];
    for (let count = 0; count < 120; count += 1)
      mine.push(await families.start('many', 'Firefox on Windows'));
    const other = await families.start('someone else', 'Firefox on Windows');
    await families.endAllOf('many');
    const alive = await Promise.all(mine.map(({ familyId }) => families.alive(familyId, 'many')));
    expect(alive.every((is) => !is)).toBe(true);
    expect(await families.alive(other.familyId, 'someone else')).toBe(true);
    expect(await families.alive(other.familyId, 'many')).toBe(false);
  });
});
