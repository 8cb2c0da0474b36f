import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';

const NONE = 'MongoDB tests left out: set MONGODB_TEST_URI, or put mongod on the PATH';

/** A `mongod` of this machine, or undefined. */
export function findMongod(): string | undefined {
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

/** A name for a run of tests that no other run at the same server has. */
export function runName(): string {
  return randomUUID().slice(0, 8);
}

/** What the names of all databases of this run begin with. */
export function databasePrefix(): string {
  const run = process.env.TEST_RUN;
  if (run === undefined) throw new Error('the run of tests has no name');
  return `test_${run}_`;
}

/**
 * Why there is no MongoDB to test with, which is also said on stderr, or undefined when there is one. It is
 * known before any test runs, so that a `describe` can be skipped by it.
 * @throws Error when there is none although `REQUIRE_MONGODB=1` asks for one
 */
export function mongoSkipReason(): string | undefined {
  if (process.env.MONGODB_TEST_URI) return undefined;
  if (process.env.REQUIRE_MONGODB === '1') throw new Error(`${NONE} (REQUIRE_MONGODB is set)`);
  process.stderr.write(`${NONE}\n`);
  return NONE;
}

/** Databases of one test file. */
export interface MongoDatabases {
  /** The address of the server. */
  uri(): string;
  /** A name that nothing was ever stored under, for a test of what a first start makes. */
  freshName(): string;
  /**
   * The name of a database without documents, which the test has for itself until it gives it back. Making the
   * collections and indexes of a database takes long, so its next user finds them there.
   */
  borrow(): string;
  /** Empties a borrowed database that nothing uses any more, for the next. */
  giveBack(name: string): Promise<void>;
  /** Gives back what is still borrowed. */
  close(): Promise<void>;
}

/**
 * Databases for the tests of a file (or `describe`), which is to close them in an `afterAll`, the last one there. Not
 * to be called when {@link mongoSkipReason} has a reason.
 */
export function mongoDatabases(): MongoDatabases {
  const prefix = databasePrefix();
  const borrowed = new Set<string>();
  let connection: Promise<Connection> | undefined;
  const giveBack = async (name: string) => {
    connection ??= mongoose.createConnection(serverUri(), { maxPoolSize: 8 }).asPromise();
    await emptyDatabase(await connection, name);
    borrowed.delete(name);
    lent.delete(name);
  };
  return {
    uri: serverUri,
    freshName: () => `${prefix}${randomUUID()}`,
    borrow: () => {
      const name = firstFree(`${prefix}${process.env.JEST_WORKER_ID}_`);
      lent.add(name);
      borrowed.add(name);
      return name;
    },
    giveBack,
    close: async () => {
      for (const name of borrowed) await giveBack(name);
      await (await connection)?.close();
    },
  };
}

function serverUri(): string {
  const uri = process.env.MONGODB_TEST_URI;
  if (!uri) throw new Error(NONE);
  return uri;
}

/** Several collections at a time, on a connection that stands: that costs half of one after the other. */
async function emptyDatabase(connection: Connection, name: string): Promise<void> {
  const database = connection.getClient().db(name);
  const collections = await database.listCollections({}, { nameOnly: true }).toArray();
  await Promise.all(collections.map((collection) => database.collection(collection.name).deleteMany({})));
}

/** Databases in use in this file; a worker runs one file at a time, so its names are free again with the next. */
const lent = new Set<string>();

function firstFree(prefix: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${prefix}${number}`;
    if (!lent.has(name)) return name;
  }
}
