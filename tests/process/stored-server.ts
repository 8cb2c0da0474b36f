import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MongoDatabases, mongoDatabases, mongoSkipReason } from '../support/mongodb.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };
export const SITE_KEY = 'demo';

/** Data that outlives the server processes that are started on it one after the other. */
export interface StoredData {
  readonly dataDir: string;
  /** Address of the database; undefined on the embedded store. */
  readonly mongodbUri: string | undefined;
  /** What a server on this data is started with. */
  readonly env: Readonly<Record<string, string>>;
  start(env?: Readonly<Record<string, string>>, nodeArguments?: readonly string[]): Promise<ServerProcess>;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
}

/**
 * Describes the same behaviour of the built server once on the embedded store and once on MongoDB; without a
 * MongoDB that half is skipped, and its title says why.
 */
export function describeOnStoredData(title: string, body: (newData: () => StoredData) => void): void {
  describe(`${title} (SQLite)`, () => body(() => storedData(undefined)));
  const reason = mongoSkipReason();
  if (reason !== undefined) {
    describe.skip(`${title} (MongoDB; ${reason})`, () => body(() => storedData(undefined)));
    return;
  }
  describe(`${title} (MongoDB)`, () => {
    const databases = mongoDatabases();
    body(() => storedData(databases));
    afterAll(() => databases.close(), 60_000);
  });
}

/** Data of its own, on the embedded store unless databases are given. */
export function storedData(databases?: MongoDatabases): StoredData {
  const dataDir = mkdtempSync(join(tmpdir(), 'process-test-'));
  const database = databases?.borrow();
  const mongodbUri = databases && addressOf(databases.uri(), database);
  const running: ServerProcess[] = [];
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    BOOTSTRAP_SITE_KEY: SITE_KEY,
    RATE_LIMIT_FACTOR: '10000',
    ...(mongodbUri !== undefined && { MONGODB_URI: mongodbUri }),
  };
  return {
    dataDir,
    mongodbUri,
    env,
    start: async (more = {}, nodeArguments = []) => {
      const server = await startServer({ env: { ...env, ...more }, nodeArguments });
      running.push(server);
      return server;
    },
    remove: async () => {
      for (const server of running) await server.stop('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
      if (database !== undefined) await databases?.giveBack(database);
    },
  };
}

function addressOf(uri: string, database = ''): string {
  const url = new URL(uri);
  url.pathname = `/${database}`;
  return url.toString();
}
