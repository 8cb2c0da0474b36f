import type {
  Broadcaster,
  ChangeBus,
  Cipher,
  Clock,
  Logger,
  Metrics,
  RateLimiter,
} from '../../ports/index.ts';
import { createClusterBroadcaster, deliverFromOthers } from './broadcaster.ts';
import { RedisChangeBus } from './change-bus.ts';
import { ClusterStream } from './cluster-stream.ts';
import { EntrySeal } from './entry-seal.ts';
import { Peers } from './peers.ts';
import { createRedisRateLimiter } from './rate-limiter.ts';
import { RollCall } from './roll-call.ts';

export interface ClusterDeps {
  readonly url: string;
  /** Of this start of this node. */
  readonly nodeId: string;
  /** What this node has for itself; the cluster's parts are these and the other nodes'. */
  readonly local: {
    readonly bus: ChangeBus;
    readonly broadcaster: Broadcaster;
    readonly rateLimiter: RateLimiter;
  };
  readonly cipher: Cipher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count' | 'gauge'>;
}

/** This node's part in a cluster that a Redis joins. */
export interface Cluster {
  readonly bus: ChangeBus;
  readonly broadcaster: Broadcaster;
  readonly rateLimiter: RateLimiter;
  /** Whether Redis is there. */
  isUp(): boolean;
  /** Tells this node alone that it may have missed notices. */
  noticesMissed(): void;
  /** Called when another node tells an account's staff of something. */
  onStaffTold(listener: (accountId: string) => void): void;
  /** Nothing is said or heard before. @param clusterKey 32 bytes, the same on every node */
  start(clusterKey: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export function createCluster(deps: ClusterDeps): Cluster {
  const { url, nodeId, local, cipher, clock, logger, metrics } = deps;
  const followed = new Set<string>();
  const stream = new ClusterStream({ url, clock, logger, metrics });
  const stillFollowed = (): readonly string[] => {
    for (const id of followed) if (!local.broadcaster.hasFollowers(id)) followed.delete(id);
    return [...followed];
  };
  const peers = new Peers({ stream, clock, metrics, followed: stillFollowed });
  const isHere = (sessionId: string) => local.broadcaster.visitorOnline(sessionId);
  const rollCall = new RollCall({ nodeId, stream, peers, clock, isHere });
  const bus = new RedisChangeBus(local.bus, stream);
  const rateLimiter = createRedisRateLimiter({ stream, local: local.rateLimiter });
  let staffTold: (accountId: string) => void = () => {};
  deliverFromOthers(stream, {
    ...local.broadcaster,
    toStaff: (accountId, name, payload) => {
      local.broadcaster.toStaff(accountId, name, payload);
      staffTold(accountId);
    },
  });
  return {
    bus,
    broadcaster: createClusterBroadcaster({ local: local.broadcaster, stream, peers, rollCall, followed }),
    rateLimiter,
    isUp: () => stream.isUp,
    noticesMissed: () => local.bus.publish({ kind: 'missed' }),
    onStaffTold: (listener) => {
      staffTold = listener;
    },
    start: async (clusterKey) => {
      await stream.start(new EntrySeal({ cipher, clusterKey, nodeId }));
      peers.start();
    },
    close: async () => {
      rollCall.close();
      peers.close();
      await stream.close();
    },
  };
}
