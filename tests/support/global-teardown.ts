import mongoose from 'mongoose';
import { databasePrefix } from './mongodb.ts';

/** After all tests: leaves no database of this run behind, and ends what {@link file://./global-setup.ts} started. */
export default async function tearDown(): Promise<void> {
  await globalThis.stopTestRedis?.();
  if (globalThis.stopTestMongod !== undefined) return globalThis.stopTestMongod();
  const uri = process.env.MONGODB_TEST_URI;
  if (!uri) return;
  const connection = await mongoose.createConnection(uri).asPromise();
  const client = connection.getClient();
  const { databases } = await client.db('admin').admin().listDatabases();
  const ours = databases.filter(({ name }) => name.startsWith(databasePrefix()));
  for (const { name } of ours) await client.db(name).dropDatabase();
  await connection.close();
}
