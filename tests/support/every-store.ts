import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { mongoSkipReason, mongoTestUri } from './mongodb.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts';

export type StartServer = (options?: TestServerOptions) => Promise<TestServer>;

/**
 * Describes the same behaviour once on the embedded store and once on MongoDB. Where there is no MongoDB that
 * half is skipped, and its title says why; CI refuses to go on without one.
 */
export function describeOnEveryStore(title: string, body: (start: StartServer) => void): void {
  describe(`${title} (SQLite)`, () => body(startTestServer));
  const reason = mongoSkipReason();
  const describeMongo = reason === undefined ? describe : describe.skip;
  describeMongo(`${title} (MongoDB${reason === undefined ? '' : `; ${reason}`})`, () => {
    const name = `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
    let running: { uri: string; stop(): Promise<void> } | undefined;
    afterAll(async () => {
      if (running === undefined) return;
      const connection = await mongoose.createConnection(withDatabase(running.uri, name)).asPromise();
      await connection.dropDatabase();
      await connection.close();
      await running.stop();
    });
    body(async (options = {}) => {
      if (running === undefined) {
        const found = await mongoTestUri();
        if ('skip' in found) throw new Error(found.skip);
        running = found;
      }
      const env = { ...options.env, MONGODB_URI: withDatabase(running.uri, name) };
      return startTestServer({ ...options, env });
    });
  });
}

function withDatabase(uri: string, name: string): string {
  const url = new URL(uri);
  url.pathname = `/${name}`;
  return url.toString();
}
