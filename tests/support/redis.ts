import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const NONE = 'Redis tests left out: set REDIS_TEST_URI, or put redis-server on the PATH';
const START_MS = 20_000;

/** A `redis-server` of this machine, or undefined. */
export function findRedis(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));
  return onPath.find(isExecutable);
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
 * Why there is no Redis to test with, which is also said on stderr, or undefined when there is one.
 * @throws Error when there is none although `REQUIRE_REDIS=1` asks for one
 */
export function redisSkipReason(): string | undefined {
  if (process.env.REDIS_TEST_URI) return undefined;
  if (process.env.REQUIRE_REDIS === '1') throw new Error(`${NONE} (REQUIRE_REDIS is set)`);
  process.stderr.write(`${NONE}\n`);
  return NONE;
}

/**
 * The Redis of all tests. Nothing separates them but what the product separates deployments by: keys named by a key
 * that is in each one's store.
 */
export function redisUri(): string {
  const uri = process.env.REDIS_TEST_URI;
  if (!uri) throw new Error(NONE);
  return uri;
}

/** A Redis of a test's own, to be killed and started again; it keeps nothing. */
export interface RedisServer {
  readonly uri: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** @param port where one ran before; any free one without */
export async function startRedis(port?: number): Promise<RedisServer> {
  const chosen = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-'));
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(findRedis() ?? 'redis-server', ['--port', String(chosen), ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await accepting(child);
  return {
    uri: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accepting(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('redis-server did not start'));
    const timer = setTimeout(fail, START_MS);
    child.once('error', fail);
    child.once('close', fail);
    child.stdout?.on('data', (text: Buffer) => {
      if (!text.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      child.off('close', fail);
      resolve();
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
