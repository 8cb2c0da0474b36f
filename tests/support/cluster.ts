import { randomBytes } from 'node:crypto';
import type { Environment } from '../../config/index.ts';
import type { Clock } from '../../server/ports/index.ts';
import { type MongoDatabases, mongoSkipReason } from './mongodb.ts';
import { redisSkipReason } from './redis.ts';
import { startTestServer, type TestServer } from './server.ts';

/** Why no cluster can be tried here, or undefined. */
export function clusterSkipReason(): string | undefined {
  return mongoSkipReason() ?? redisSkipReason();
}

/** Several servers of one deployment in this process. */
export interface TestCluster {
  readonly nodes: readonly TestServer[];
  close(): Promise<void>;
}

/** Starts nodes on one database and one Redis; they know one another when it resolves. */
export async function startCluster(
  databases: MongoDatabases,
  options: {
    readonly redis: string;
    readonly count?: number;
    readonly clock?: Clock;
    readonly env?: Environment;
  },
): Promise<TestCluster> {
  const name = databases.borrow();
  const uri = new URL(databases.uri());
  uri.pathname = `/${name}`;
  const env = {
    ...options.env,
    MONGODB_URI: uri.toString(),
    REDIS_URL: options.redis,
    ENCRYPTION_MASTER_KEY: randomBytes(32).toString('base64'),
    JWT_SECRET: randomBytes(48).toString('base64'),
  };
  const { clock, count = 2 } = options;
  const nodes: TestServer[] = [];
  for (let number = 0; number < count; number += 1) {
    nodes.push(await startTestServer({ env, ...(clock !== undefined && { clock }) }));
  }
  await Promise.all(
    nodes.map((node) => until(async () => (await gauge(node, 'cluster_peers')) === count - 1)),
  );
  return {
    nodes,
    close: async () => {
      for (const node of nodes) await node.close();
      await databases.giveBack(name);
    },
  };
}

/** The value of a gauge or counter, all its labels together. */
export async function gauge(node: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Looks again and again, for ten seconds at the most, until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it did not become so: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
