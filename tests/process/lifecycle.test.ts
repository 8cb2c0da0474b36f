import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { openVisitorSession, readTranscript, signIn } from './rest-client.ts';
import { ResumingSender } from './resuming-sender.ts';
import { runToEnd, type ServerProcess } from './server-process.ts';
import { ADMIN, describeOnStoredData, SITE_KEY, type StoredData, storedData } from './stored-server.ts';

/** What the contract allows a stop to take. */
const STOP_WITHIN_MS = 10_000;
const TEST_TIMEOUT_MS = 120_000;
const newKey = (): string => randomBytes(32).toString('base64');

describeOnStoredData('start and stop', (newData) => {
  let data: StoredData;
  let clients: ResumingSender[];

  beforeEach(() => {
    data = newData();
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await data.remove();
  });

  it(
    'prints where it is, and how to sign in on the first start alone; the second start keeps the data',
    async () => {
      const first = await data.start({ BOOTSTRAP_ADMIN_PASSWORD: '' });
      for (const page of ['/demo', '/console', '/api/docs'])
        expect(first.stdout()).toContain(first.url + page);
      const password = /password (\S+)/.exec(first.stdout())?.[1] ?? '';
      const staff = await signIn(first.url, { email: ADMIN.email, password });
      const sender = await sendAll(first.url, ['kept over a restart']);
      expect(await first.stop()).toEqual({ code: 0, signal: null });

      const second = await data.start({ BOOTSTRAP_ADMIN_PASSWORD: '' });
      expect(second.stdout()).not.toMatch(/password|sign in/i);
      expect(second.stdout()).not.toContain(password);
      const again = await signIn(second.url, { email: ADMIN.email, password });
      expect(again.accountId).toBe(staff.accountId);
      const { messages } = await readTranscript(second.url, again, sender.conversationId);
      expect(messages?.map(({ text }) => text)).toEqual(['kept over a restart']);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'P1: a stop amid a stream takes in nobody new, ends with 0 in time, and every acknowledged message is there',
    async () => {
      const senders = 6;
      const perSender = 60;
      const first = await data.start();
      const { port } = new URL(first.url);
      const { token } = await openVisitorSession(first.url, SITE_KEY);
      const stop = new StopAfter(first, (senders * perSender) / 3);
      clients = await startSenders(first.url, { senders, perSender, onAck: () => stop.acknowledged() });
      const finished = Promise.all(clients.map((client) => client.finished()));
      await Promise.race([stop.begun, finished]);
      expect(clients.some(({ underWay }) => underWay > 0)).toBe(true);
      expect(await newcomer(first.url, token)).toMatch(/shutting_down|transport/);
      expect(await first.exited).toEqual({ code: 0, signal: null });
      expect(stop.tookMs()).toBeLessThan(STOP_WITHIN_MS);

      const second = await data.start({ PORT: port });
      await finished;
      const staff = await signIn(second.url, ADMIN);
      for (const client of clients) {
        const { messages = [] } = await readTranscript(second.url, staff, client.conversationId);
        expect(messages.map(({ id, seq, text }) => ({ id, seq, text }))).toEqual(
          client.acked.map(({ id, seq, text }) => ({ id, seq, text })),
        );
        expect(client.contradictions).toEqual([]);
      }
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'refuses to start under another master key, and the data opens again under the right one',
    async () => {
      const key = newKey();
      const first = await data.start({ ENCRYPTION_MASTER_KEY: key });
      const sender = await sendAll(first.url, ['sealed under the first key']);
      await first.stop();

      const wrongKey = newKey();
      const refused = await runToEnd({ env: { ...data.env, ENCRYPTION_MASTER_KEY: wrongKey } });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/cannot start: ENCRYPTION_MASTER_KEY is not the key/);
      expect(refused.stdout).not.toContain('ready');
      for (const secret of [key, wrongKey]) expect(refused.stdout + refused.stderr).not.toContain(secret);

      const third = await data.start({ ENCRYPTION_MASTER_KEY: key });
      const staff = await signIn(third.url, ADMIN);
      const { messages } = await readTranscript(third.url, staff, sender.conversationId);
      expect(messages?.map(({ text }) => text)).toEqual(['sealed under the first key']);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'answers for its health and its metrics',
    async () => {
      const server = await data.start();
      await sendAll(server.url, ['one', 'two', 'three']);
      const get = async (path: string) => {
        const response = await fetch(server.url + path);
        return { status: response.status, text: await response.text() };
      };
      expect(await get('/health/live')).toMatchObject({ status: 200 });
      expect(await get('/health/ready')).toMatchObject({ status: 200 });
      const metrics = await get('/metrics');
      expect(metrics.status).toBe(200);
      expect(metrics.text).toMatch(/^\w*messages_stored_total(\{.*\})? 3$/m);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('a start that cannot be', () => {
  let data: StoredData;

  beforeEach(() => {
    data = storedData();
  });
  afterEach(() => data.remove());

  it(
    'names every fault of a configuration at once, without its values, and makes nothing',
    async () => {
      const dataDir = join(data.dataDir, 'not-made');
      const secret = 'a-secret-of-the-wrong-length';
      const ended = await runToEnd({
        env: {
          NODE_ENV: 'production',
          DATA_DIR: dataDir,
          PORT: '70000',
          TRUST_PROXY: 'many',
          MONGODB_URI: `https://someone:${secret}@db.example`,
          ENCRYPTION_MASTER_KEY: secret,
        },
      });
      expect(ended.code).toBe(1);
      const faults = ended.stderr.split('\n').filter((line) => line.startsWith('cannot start: '));
      const named = faults.map((line) => /^cannot start: (\w+)/.exec(line)?.[1]).sort();
      expect(named).toEqual(['ENCRYPTION_MASTER_KEY', 'JWT_SECRET', 'MONGODB_URI', 'PORT', 'TRUST_PROXY']);
      expect(ended.stdout + ended.stderr).not.toContain(secret);
      expect(existsSync(dataDir)).toBe(false);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'does not replace a damaged key file',
    async () => {
      writeFileSync(join(data.dataDir, 'master.key'), 'damaged\n');
      const ended = await runToEnd({ env: data.env });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/master\.key/);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'ends with 1 when its port is taken',
    async () => {
      const server = await data.start();
      const other = storedData();
      const ended = await runToEnd({ env: { ...other.env, PORT: new URL(server.url).port } });
      await other.remove();
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('EADDRINUSE');
    },
    TEST_TIMEOUT_MS,
  );
});

/** Asks the server to stop at an acknowledgement. */
class StopAfter {
  readonly begun: Promise<void>;
  readonly #server: ServerProcess;
  readonly #after: number;
  #begin: () => void = () => {};
  #acknowledged = 0;
  #startedAt = 0;
  #endedAt = 0;

  constructor(server: ServerProcess, after: number) {
    this.#server = server;
    this.#after = after;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  acknowledged(): void {
    this.#acknowledged += 1;
    if (this.#acknowledged !== this.#after) return;
    this.#startedAt = Date.now();
    this.#server.child.kill('SIGTERM');
    this.#server.child.once('exit', () => {
      this.#endedAt = Date.now();
    });
    this.#begin();
  }

  tookMs(): number {
    return this.#endedAt - this.#startedAt;
  }
}

function startSenders(
  url: string,
  load: { senders: number; perSender: number; onAck: () => void },
): Promise<ResumingSender[]> {
  return Promise.all(
    Array.from({ length: load.senders }, async (_, sender) => {
      const { token } = await openVisitorSession(url, SITE_KEY);
      const texts = Array.from({ length: load.perSender }, (_text, line) => `line ${line} of ${sender}`);
      return new ResumingSender({ url, token, texts, window: 8, onAck: load.onAck });
    }),
  );
}

async function sendAll(url: string, texts: readonly string[]): Promise<ResumingSender> {
  const { token } = await openVisitorSession(url, SITE_KEY);
  const sender = new ResumingSender({ url, token, texts, window: 1, onAck: () => {} });
  await sender.finished();
  sender.close();
  return sender;
}

/**
 * How a visitor fares who comes while the server stops: the code of the refusal, or `transport` when the connection
 * is refused or ends unanswered. One who slipped in before the signal was read tries again.
 */
async function newcomer(url: string, token: string): Promise<string> {
  for (;;) {
    const outcome = await tryToEnter(url, token);
    if (outcome !== 'entered') return outcome;
  }
}

function tryToEnter(url: string, token: string): Promise<string> {
  const options = { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false };
  const socket = io(`${url}/visitor`, options);
  return new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('entered'));
    socket.once('connect_error', (error) => {
      resolve((error as { data?: { code?: string } }).data?.code ?? 'transport');
    });
    socket.io.once('close', () => resolve('transport'));
  }).finally(() => socket.disconnect());
}
