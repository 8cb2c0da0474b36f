import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, loadConfig, resolveSecrets } from '../../config/index.ts';
import { createPasswordHasher } from '../../server/adapters/crypto/password-hasher.ts';
import { compose, type EngagementServer } from '../../server/compose.ts';
import type { Clock } from '../../server/ports/index.ts';
import type { SignIn, VisitorSession } from '../../shared/protocol/index.ts';
import { RecordingLogger } from './recording-logger.ts';

/** Argon2id as in production, but with next to no memory: hashing was a quarter of what these tests cost. */
const PASSWORDS = createPasswordHasher({ cost: { memoryCost: 64, timeCost: 1 } });

const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };

export interface TestServerOptions {
  /** Variables beside the defaults of a test server. */
  readonly env?: Environment;
  readonly clock?: Clock;
  /** Hashes passwords at the cost of production. */
  readonly costlyPasswords?: boolean;
  /** Folder of an earlier test server, to start again on its data. */
  readonly dataDir?: string;
}

/** An answer that a test looks into without saying more of its shape. */
export type AnswerBody = Readonly<Record<string, unknown>> & { readonly code?: string; readonly id?: string };

/** A composed server on a free port, with its first account, administrator and site `demo`. */
export interface TestServer {
  readonly url: string;
  readonly dataDir: string;
  /** The database of a server that is not on the embedded store. */
  readonly mongodbUri: string | undefined;
  readonly admin: typeof ADMIN;
  readonly siteKey: string;
  readonly server: EngagementServer;
  readonly logger: RecordingLogger;
  /** JSON call; answers the parsed body with the status. */
  call<Body = AnswerBody>(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ status: number; body: Body }>;
  /** Signs the administrator in, or another user. */
  signIn(credentials?: { email: string; password: string }): Promise<SignIn & { accountId: string }>;
  openVisitorSession(visitorToken?: string, siteKey?: string): Promise<VisitorSession>;
  /** Stops the server; `keepData` leaves its folder for another start. */
  close(options?: { keepData?: boolean }): Promise<void>;
}

/** Starts a server in this process, on a temporary folder and a free port. Rate limits are out of the way. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'engagement-test-'));
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    RATE_LIMIT_FACTOR: '10000',
    BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    ...options.env,
  });
  const logger = new RecordingLogger();
  const server = await compose({
    config,
    secrets: resolveSecrets(config),
    logger,
    publicDir: join(process.cwd(), 'dist', 'public'),
    ...(options.clock !== undefined && { clock: options.clock }),
    ...(!options.costlyPasswords && { passwords: PASSWORDS }),
  });
  await server.bootstrap();
  const { url } = await server.listen();
  return testServer({ url, dataDir, mongodbUri: options.env?.MONGODB_URI, server, logger });
}

function testServer(
  running: Pick<TestServer, 'url' | 'dataDir' | 'mongodbUri' | 'server' | 'logger'>,
): TestServer {
  const { url, dataDir, server } = running;
  const call = async <Body = AnswerBody>(method: string, path: string, body?: unknown, token?: string) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
  };
  return {
    ...running,
    admin: ADMIN,
    siteKey: 'demo',
    call,
    signIn: async (credentials = ADMIN) => {
      const { status, body } = await call<SignIn>('POST', '/auth/login', credentials);
      const account = body.user?.accounts[0];
      if (status !== 200 || account === undefined) throw new Error(`sign-in answered ${status}`);
      return { ...body, accountId: account.id };
    },
    openVisitorSession: async (visitorToken, siteKey = 'demo') => {
      const request = { siteKey, visitorToken };
      const { status, body } = await call<VisitorSession>('POST', '/visitor/sessions', request);
      if (status >= 300) throw new Error(`a session answered ${status}`);
      return body;
    },
    close: async ({ keepData = false } = {}) => {
      await server.close();
      if (!keepData) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
