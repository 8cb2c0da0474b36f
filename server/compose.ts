import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import type { Config, Secrets } from '../config/index.ts';
import { createPasswordHasher } from './adapters/crypto/password-hasher.ts';
import { MemoryChangeBus } from './adapters/memory/change-bus.ts';
import { MemoryConversationEvents } from './adapters/memory/conversation-events.ts';
import { createMemoryRateLimiter } from './adapters/memory/rate-limiter.ts';
import { PrometheusMetrics } from './adapters/metrics/prometheus-metrics.ts';
import type { Cluster, ClusterDeps } from './adapters/redis/index.ts';
import { createSocketBroadcaster } from './adapters/socket/broadcaster.ts';
import { gatherWebSocketWrites } from './adapters/socket/gather-writes.ts';
import { keepCertificateFresh, readCertificate } from './adapters/system/certificate.ts';
import { RandomIds } from './adapters/system/random-ids.ts';
import { SystemClock } from './adapters/system/system-clock.ts';
import { composeEdge } from './compose/edge.ts';
import { composeFeatures, type Features } from './compose/features.ts';
import type { Foundation } from './compose/foundation.ts';
import { openGuardedStores, requireSealed } from './compose/guarded-stores.ts';
import { composePipeline, type Pipeline } from './compose/pipeline.ts';
import { INSTANCE } from './domain/index.ts';
import { warmUpRedaction } from './domain/redaction/index.ts';
import type { Clock, Ids, Logger, Stores } from './ports/index.ts';
import type { Passwords } from './ports/passwords.ts';

/** What notices between nodes are sealed with. */
const CLUSTER = 'cluster';

/** What a server is made from; tests and benchmarks bring their own clock, ids, logger or passwords. */
export interface ComposeOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly logger: Logger;
  /** Folder of the built pages. */
  readonly publicDir: string;
  /** Of the product. */
  readonly version?: string;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly passwords?: Passwords;
}

/** A composed server, not listening yet. */
export interface EngagementServer {
  readonly stores: Stores;
  readonly pipeline: Pipeline;
  readonly features: Features;
  /** Goes through everything that is kept, and tells of what is not as it was written. */
  checkRecords(): Promise<void>;
  /** On an empty store makes account, administrator and site; answers the administrator's sign-in when it did. */
  bootstrap(): Promise<{ email: string; password: string } | undefined>;
  /** Makes the first costly text no slower than later ones; to be called before `listen`. */
  warmUp(): void;
  /** Resolves with the address once it serves. */
  listen(): Promise<{ url: string }>;
  /** Reads the certificate files again, where the server speaks TLS itself. */
  reloadCertificate(): void;
  /** Lets nobody new in, finishes every accepted message, closes everything. */
  close(): Promise<void>;
}

/** The one place where adapters are put into ports. */
export async function compose(options: ComposeOptions): Promise<EngagementServer> {
  const foundation = await lay(options);
  const pipeline = composePipeline(foundation);
  const features = composeFeatures(foundation, pipeline);
  await foundation.vault
    .verifyMasterKey()
    .then(() => requireSealed(foundation.raw))
    .then(() => joinCluster(foundation))
    .catch(async (error) => {
      await features.close();
      pipeline.close();
      await foundation.cluster?.close();
      await foundation.stores.close();
      throw error;
    });
  const edge = composeEdge(foundation, pipeline, features);
  return {
    stores: foundation.stores,
    pipeline,
    features,
    checkRecords: foundation.checkRecords,
    bootstrap: () => features.bootstrap(),
    warmUp: warmUpRedaction,
    listen: async () => {
      await edge.begin();
      const url = await listening(foundation);
      edge.serving();
      return { url };
    },
    reloadCertificate: () => foundation.certificate?.reload(),
    close: async () => {
      foundation.certificate?.close();
      await edge.stopAdmitting();
      await pipeline.drain();
      await features.close();
      await edge.close();
      await foundation.floors.writeAll();
      pipeline.close();
      await foundation.cluster?.close();
      await foundation.stores.close();
      await foundation.logger.close();
    },
  };
}

/** Loaded only where it is used, as stores are. */
async function loadCluster(deps: ClusterDeps): Promise<Cluster> {
  const { createCluster } = await import('./adapters/redis/index.ts');
  return createCluster(deps);
}

/** The key of what nodes tell one another is in the store, made by whoever comes first. */
async function joinCluster({ cluster, vault }: Foundation): Promise<void> {
  if (cluster !== undefined) await cluster.start(await vault.namedKey(INSTANCE, CLUSTER));
}

async function lay(options: ComposeOptions): Promise<Foundation> {
  const { config, secrets, logger, publicDir } = options;
  const clock = options.clock ?? new SystemClock();
  const metrics = new PrometheusMetrics();
  const { http, certificate } = createHttp(config, { clock, logger });
  gatherWebSocketWrites(http);
  const bus = new MemoryChangeBus((error) => logger.error('a change listener failed', error));
  const guarded = await openGuardedStores({ config, secrets, clock, logger, metrics });
  const ids = options.ids ?? new RandomIds();
  const io = new SocketServer({
    path: '/socket.io',
    transports: ['websocket', 'polling'],
    serveClient: false,
    maxHttpBufferSize: config.limits.eventMaxBytes,
    connectTimeout: config.limits.handshakeTimeoutMs,
    perMessageDeflate: false,
  });
  const local = { bus, broadcaster: createSocketBroadcaster(io), rateLimiter: createMemoryRateLimiter() };
  const url = config.store.redisUrl?.reveal();
  const { cipher } = guarded;
  const cluster =
    url === undefined
      ? undefined
      : await loadCluster({ url, nodeId: ids.id(), local, cipher, clock, logger, metrics });
  const shared = cluster ?? local;
  return {
    config,
    secrets,
    logger,
    publicDir,
    version: options.version ?? '0.0.0',
    clock,
    ids,
    passwords: options.passwords ?? createPasswordHasher(),
    metrics,
    events: new MemoryConversationEvents((error) => logger.error('an event listener failed', error)),
    ...guarded,
    http,
    certificate,
    io,
    cluster,
    bus: shared.bus,
    broadcaster: shared.broadcaster,
    sockets: local.broadcaster,
    rateLimiter: shared.rateLimiter,
  };
}

/** Plain HTTP, or TLS with the configured certificate, which is kept fresh. */
function createHttp(config: Config, deps: { clock: Clock; logger: Logger }) {
  const { requestTimeoutMs: requestTimeout } = config.limits;
  const { tls } = config.server;
  if (tls === undefined) return { http: createServer({ requestTimeout }), certificate: undefined };
  const http = createTlsServer({ requestTimeout, ...readCertificate(tls) });
  return { http, certificate: keepCertificateFresh(http, tls, deps) };
}

async function listening({ http, config }: Foundation): Promise<string> {
  const { host, port } = config.server;
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
  const address = http.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${config.server.tls === undefined ? 'http' : 'https'}://${name}:${address.port}`;
}
