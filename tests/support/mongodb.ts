import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import mongoose from 'mongoose';

/** Where tests find a MongoDB, or the reason, in one line, why there is none. */
type Source = { readonly uri: string } | { readonly mongod: string } | { readonly skip: string };

const NONE = 'MongoDB tests left out: set MONGODB_TEST_URI, or put mongod on the PATH';

function findSource(): Source {
  const uri = process.env.MONGODB_TEST_URI;
  if (uri) return { uri };
  const mongod = findMongod();
  if (mongod !== undefined) return { mongod };
  if (process.env.REQUIRE_MONGODB === '1') throw new Error(`${NONE} (REQUIRE_MONGODB is set)`);
  return { skip: NONE };
}

function findMongod(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'mongod'));
  return [process.env.MONGOMS_SYSTEM_BINARY, ...onPath].find((path) => path && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Why there is no MongoDB to test with, which is also said on stderr, or undefined when there is one. It is
 * known before any test runs, so that a `describe` can be skipped by it.
 * @throws Error when there is none although `REQUIRE_MONGODB=1` asks for one
 */
export function mongoSkipReason(): string | undefined {
  const source = findSource();
  if (!('skip' in source)) return undefined;
  process.stderr.write(`${source.skip}\n`);
  return source.skip;
}

/**
 * A MongoDB to test with: the one at `MONGODB_TEST_URI`, or a `mongod` of this machine, started on a free
 * port and an empty folder. Nothing is ever downloaded. `stop` ends what was started here.
 * @throws Error when there is none although `REQUIRE_MONGODB=1` asks for one
 */
export async function mongoTestUri(): Promise<{ uri: string; stop(): Promise<void> } | { skip: string }> {
  const source = findSource();
  if ('skip' in source) return source;
  if ('uri' in source) return { uri: source.uri, stop: async () => {} };
  process.env.MONGOMS_RUNTIME_DOWNLOAD = 'false';
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK = 'false';
  const server = await MongoMemoryServer.create({
    binary: { systemBinary: source.mongod },
    instance: { storageEngine: 'wiredTiger' },
  });
  return {
    uri: server.getUri(),
    stop: async () => {
      await server.stop();
    },
  };
}

/** Databases of one test file. */
export interface MongoDatabases {
  /** The address of the server. */
  uri(): string;
  /** A name that no other test has; the database is dropped after the file's tests. */
  freshName(): string;
}

/**
 * Gives the tests of a file (or `describe`) a MongoDB before they run, and drops afterwards every database
 * that they asked a name for. Not to be called when {@link mongoSkipReason} has a reason.
 */
export function mongoDatabases(): MongoDatabases {
  const names: string[] = [];
  let server: { uri: string; stop(): Promise<void> } | undefined;
  const running = () => {
    if (server === undefined) throw new Error('MongoDB is not started');
    return server;
  };
  beforeAll(async () => {
    const answer = await mongoTestUri();
    if ('skip' in answer) throw new Error(answer.skip);
    server = answer;
  }, 60_000);
  afterAll(async () => {
    await dropMongoDatabases(running().uri, names);
    await running().stop();
  }, 60_000);
  return {
    uri: () => running().uri,
    freshName: () => {
      const name = `test_${randomUUID()}`;
      names.push(name);
      return name;
    },
  };
}

/** Drops databases that tests have made. */
export async function dropMongoDatabases(uri: string, names: readonly string[]): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  for (const name of names) await connection.getClient().db(name).dropDatabase();
  await connection.close();
}
