import { openMongoStores } from '../../server/adapters/mongo/index.ts';
import { mongoDatabases, mongoSkipReason } from '../support/mongodb.ts';
import { describeFaults } from './mongo/faults.ts';
import { describeIndexes } from './mongo/indexes.ts';
import { describePlans } from './mongo/plans.ts';
import { describeReseal } from './mongo/reseal.ts';
import { describeStores } from './suites/index.ts';

const skip = mongoSkipReason();

(skip === undefined ? describe : describe.skip)(skip ?? 'on a real MongoDB', () => {
  const databases = mongoDatabases();
  describeStores('MongoDB', async () => {
    const dbName = databases.borrow();
    const stores = await openMongoStores({ uri: databases.uri(), dbName });
    const close = async () => {
      await stores.close();
      await databases.giveBack(dbName);
    };
    return { ...stores, close };
  });
  describeIndexes(databases);
  describePlans(databases);
  describeReseal(databases);
  describeFaults(databases);
  afterAll(() => databases.close(), 60_000);
});
