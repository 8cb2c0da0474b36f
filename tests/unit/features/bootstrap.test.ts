import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores } from '../../../server/adapters/sqlite/index.ts';
import { RandomIds } from '../../../server/adapters/system/random-ids.ts';
import { Private } from '../../../server/domain/index.ts';
import { bootstrapAccount } from '../../../server/features/accounts/index.ts';
import type { RawStores } from '../../../server/ports/index.ts';
import { aSite, aUser } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const FIRST = {
  email: 'Admin@Example.com',
  password: new Private('correct horse battery'),
  account: 'demo',
  siteKey: 'demo',
  region: 'eu',
};

describe('the first account', () => {
  let stores: RawStores;
  let dataDir: string;
  const clock = new FakeClock();

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'engagement-bootstrap-'));
    stores = await openSqliteStores({ dataDir });
  });
  afterEach(async () => {
    await stores.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function bootstrap() {
    const hashNewPassword = async () => 'hash';
    return bootstrapAccount({ stores, hashNewPassword, ids: new RandomIds(), clock }, FIRST);
  }

  const all = async () => ({
    accounts: (await stores.entities.accounts.list({ limit: 10 })).items,
    users: (await stores.entities.users.list({ limit: 10 })).items,
    sites: (await stores.entities.sites.list({ limit: 10 })).items,
  });

  it('is made on an empty store, once', async () => {
    const id = await bootstrap();
    expect(id).toEqual(expect.any(String));
    expect(await bootstrap()).toBeUndefined();
    const { accounts, users, sites } = await all();
    expect(accounts).toMatchObject([{ id, settings: { name: 'demo', region: 'eu' } }]);
    expect(users).toMatchObject([
      {
        email: 'admin@example.com',
        memberships: [{ accountId: id, roles: ['account-administrator', 'operator'] }],
      },
    ]);
    expect(sites).toMatchObject([{ siteKey: 'demo', accountId: id }]);
  });

  it('is made once when several nodes start at the same moment', async () => {
    const made = await Promise.all([bootstrap(), bootstrap(), bootstrap()]);
    expect(made.filter((id) => id !== undefined)).toHaveLength(1);
    const { accounts, users, sites } = await all();
    expect([accounts.length, users.length, sites.length]).toEqual([1, 1, 1]);
  });

  it('is made after a start that was cut off between its writes', async () => {
    const createdAt = clock.now() - 120_000;
    await stores.entities.users.insert(aUser({ email: 'admin@example.com', createdAt }));
    await stores.entities.sites.insert(aSite({ siteKey: 'demo', createdAt }));
    expect(await bootstrap()).toEqual(expect.any(String));
    const { users, sites } = await all();
    expect([users.length, sites.length]).toEqual([1, 1]);
  });

  it('leaves alone what another node is writing just now', async () => {
    await stores.entities.users.insert(aUser({ email: 'admin@example.com', createdAt: clock.now() - 1_000 }));
    expect(await bootstrap()).toBeUndefined();
    const { accounts, users, sites } = await all();
    expect([accounts.length, users.length, sites.length]).toEqual([0, 1, 0]);
  });
});
