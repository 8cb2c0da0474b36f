import { mongoDatabases, mongoSkipReason } from './mongodb.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts';

export type StartServer = (options?: TestServerOptions) => Promise<TestServer>;

/**
 * Describes the same behaviour once on the embedded store and once on MongoDB. Where there is no MongoDB that
 * half is skipped, and its title says why; CI refuses to go on without one. Each start has data of its own, but for
 * one on the folder of an earlier server, which goes on with that server's data.
 */
export function describeOnEveryStore(title: string, body: (start: StartServer) => void): void {
  describe(`${title} (SQLite)`, () => body(startTestServer));
  const reason = mongoSkipReason();
  if (reason !== undefined) {
    describe.skip(`${title} (MongoDB; ${reason})`, () => body(startTestServer));
    return;
  }
  describe(`${title} (MongoDB)`, () => {
    const databases = mongoDatabases();
    const nameOf = new Map<string, string>();
    body(async (options = {}) => {
      const name = nameOf.get(options.dataDir ?? '') ?? databases.borrow();
      const env = { ...options.env, MONGODB_URI: withDatabase(databases.uri(), name) };
      const test = await startTestServer({ ...options, env });
      nameOf.set(test.dataDir, name);
      return {
        ...test,
        close: async (closing = {}) => {
          await test.close(closing);
          if (!closing.keepData) await databases.giveBack(name);
        },
      };
    });
    afterAll(() => databases.close(), 60_000);
  });
}

function withDatabase(uri: string, name: string): string {
  const url = new URL(uri);
  url.pathname = `/${name}`;
  return url.toString();
}
