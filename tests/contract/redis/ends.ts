import { randomBytes, randomUUID } from 'node:crypto';
import { createNodeCipher } from '../../../server/adapters/crypto/node-cipher.ts';
import { MemoryChangeBus } from '../../../server/adapters/memory/change-bus.ts';
import { createMemoryRateLimiter } from '../../../server/adapters/memory/rate-limiter.ts';
import { PrometheusMetrics } from '../../../server/adapters/metrics/prometheus-metrics.ts';
import { type Cluster, createCluster } from '../../../server/adapters/redis/index.ts';
import { SystemClock } from '../../../server/adapters/system/system-clock.ts';
import type { Broadcaster, Clock } from '../../../server/ports/index.ts';
import { until } from '../../support/cluster.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

/** What a node without a server around it did with what it was told. */
export interface BareNode {
  readonly cluster: Cluster;
  readonly errors: unknown[];
  /** Calls of the sockets' broadcaster: name, arguments. */
  readonly calls: unknown[][];
  readonly metrics: PrometheusMetrics;
}

export const newClusterKey = (): Uint8Array => randomBytes(32);

/** Joins a cluster; sessions in `online` have a socket here. */
export async function joinCluster(of: {
  readonly url: string;
  readonly key: Uint8Array;
  readonly online?: ReadonlySet<string>;
  readonly clock?: Clock;
}): Promise<BareNode> {
  const errors: unknown[] = [];
  const calls: unknown[][] = [];
  const metrics = new PrometheusMetrics();
  const cluster = createCluster({
    url: of.url,
    nodeId: randomUUID(),
    local: {
      bus: new MemoryChangeBus((error) => errors.push(error)),
      broadcaster: recordingBroadcaster(calls, of.online ?? new Set()),
      rateLimiter: createMemoryRateLimiter(),
    },
    cipher: createNodeCipher(),
    clock: of.clock ?? new SystemClock(),
    logger: new RecordingLogger(),
    metrics,
  });
  await cluster.start(of.key);
  return { cluster, errors, calls, metrics };
}

/** Two nodes that know one another. */
export async function joinTwo(of: {
  readonly url: string;
  readonly key?: Uint8Array;
  readonly clock?: Clock;
}) {
  const key = of.key ?? newClusterKey();
  const one = await joinCluster({ ...of, key, online: new Set(['with one']) });
  const other = await joinCluster({ ...of, key, online: new Set(['with the other']) });
  for (const node of [one, other]) await until(async () => (await metric(node, 'cluster_peers')) === 1);
  const close = async () => {
    await one.cluster.close();
    await other.cluster.close();
  };
  return { key, one, other, close };
}

/** Resolves when `there` has heard all that `here` said before; what came twice has come twice by then. */
export async function allHeard(here: BareNode, there: BareNode): Promise<void> {
  const mark = randomUUID();
  here.cluster.broadcaster.disconnectSite(mark);
  await until(() => there.calls.some(([, argument]) => argument === mark));
}

export async function metric({ metrics }: BareNode, name: string): Promise<number> {
  const line = (await metrics.expose()).body
    .split('\n')
    .find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

function recordingBroadcaster(calls: unknown[][], online: ReadonlySet<string>): Broadcaster {
  const followed = new Set<string>();
  const own: Partial<Broadcaster> = {
    followVisitors: (accountId) => followed.add(accountId),
    hasFollowers: (accountId) => followed.has(accountId),
    visitorOnline: async (sessionId) => online.has(sessionId),
  };
  const names = ['toVisitor', 'toAgent', 'toChat', 'toStaff', 'toFollowers', 'toQueue', 'toDepartment'];
  const ends = ['endWatching', 'disconnectAgent', 'disconnectSite', 'disconnectSignIn'];
  const noting = [...names, ...ends].map((name) => [
    name,
    (...args: unknown[]) => calls.push([name, ...args]),
  ]);
  return { ...Object.fromEntries(noting), ...own } as Broadcaster;
}
