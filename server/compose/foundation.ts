import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Server as SocketServer } from 'socket.io';
import type { Config, Secrets } from '../../config/index.ts';
import type { Cluster } from '../adapters/redis/index.ts';
import type { Floors } from '../pipeline/floors.ts';
import type { KeyVault } from '../pipeline/key-vault.ts';
import type {
  Broadcaster,
  ChangeBus,
  Cipher,
  Clock,
  ConversationEvents,
  Ids,
  KeyRing,
  Logger,
  Metrics,
  RateLimiter,
  RawStores,
  Stores,
} from '../ports/index.ts';
import type { Passwords } from '../ports/passwords.ts';

/** Everything that the parts have in common. */
export interface Foundation {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly publicDir: string;
  readonly version: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly passwords: Passwords;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly bus: ChangeBus;
  readonly events: ConversationEvents;
  /** Every record of them is checked where it is read. */
  readonly stores: Stores;
  readonly floors: Floors;
  /** Goes through everything that is kept, and tells of what is not as it was written. */
  readonly checkRecords: () => Promise<void>;
  /** The stores without those checks. */
  readonly raw: RawStores;
  readonly cipher: Cipher;
  readonly keyRing: KeyRing;
  readonly vault: KeyVault;
  readonly http: HttpServer | HttpsServer;
  /** With a certificate of its own: reads it again. */
  readonly certificate: { reload(): void; close(): void } | undefined;
  readonly io: SocketServer;
  readonly broadcaster: Broadcaster;
  /** Sockets of this node alone. */
  readonly sockets: Broadcaster;
  readonly rateLimiter: RateLimiter;
  /** With `REDIS_URL`: what joins this node with the others. */
  readonly cluster: Cluster | undefined;
}
