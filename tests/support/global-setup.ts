import { MongoMemoryServer } from 'mongodb-memory-server-core';
import { findMongod, runName } from './mongodb.ts';
import { findRedis, startRedis } from './redis.ts';

/**
 * Before any test: gives the run a name of its own, and, where no MongoDB or Redis was named but this machine has a
 * `mongod` or `redis-server`, starts that on a free port and an empty folder for all tests together. Nothing is ever
 * downloaded.
 */
export default async function setUp(): Promise<void> {
  process.env.TEST_RUN = runName();
  await setUpRedis();
  const mongod = findMongod();
  if (process.env.MONGODB_TEST_URI || mongod === undefined) return;
  process.env.MONGOMS_RUNTIME_DOWNLOAD = 'false';
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK = 'false';
  const server = await MongoMemoryServer.create({
    binary: { systemBinary: mongod },
    instance: { storageEngine: 'wiredTiger' },
  });
  process.env.MONGODB_TEST_URI = server.getUri();
  globalThis.stopTestMongod = async () => {
    await server.stop();
  };
}

async function setUpRedis(): Promise<void> {
  if (process.env.REDIS_TEST_URI || findRedis() === undefined) return;
  const server = await startRedis();
  process.env.REDIS_TEST_URI = server.uri;
  globalThis.stopTestRedis = () => server.stop();
}

declare global {
  /** Set while a `redis-server` started here runs. */
  var stopTestRedis: (() => Promise<void>) | undefined;
  /** Set while a `mongod` started here runs. */
  var stopTestMongod: (() => Promise<void>) | undefined;
}
