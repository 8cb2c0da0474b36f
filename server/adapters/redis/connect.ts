import { Redis, type RedisOptions } from 'ioredis';

const CONNECT_TIMEOUT_MS = 3_000;
/** For the other end to say goodbye. */
const DISCONNECT_TIMEOUT_MS = 500;
/** A command that has no answer after this long has none coming: the connection is made anew. */
const COMMAND_TIMEOUT_MS = 3_000;
const MAX_PAUSE_MS = 1_000;

/** What is asked of Redis while it is away fails at once; who asks knows what to do then. */
const AT_ONCE_OR_NOT = {
  lazyConnect: true,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times: number) => Math.min(50 * times, MAX_PAUSE_MS),
} satisfies RedisOptions;

/** A connection for commands that answer at once. It connects again by itself, for ever. */
export function createWriter(url: string): Redis {
  return quiet(new Redis(url, { ...AT_ONCE_OR_NOT, commandTimeout: COMMAND_TIMEOUT_MS }));
}

/** A connection that waits for what comes, `blockMs` at a time; longer silence means that it is dead. */
export function createReader(url: string, blockMs: number): Redis {
  return quiet(new Redis(url, { ...AT_ONCE_OR_NOT, socketTimeout: blockMs + COMMAND_TIMEOUT_MS }));
}

/** Its end is told by `close`; an error without a listener would end the process. */
function quiet(client: Redis): Redis {
  return client.on('error', () => {});
}
