import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { inParts } from '../../domain/index.ts';
import type { Clock, Metrics, RateLimit, RateLimiter } from '../../ports/index.ts';
import { clientAddress } from '../client-address.ts';
import { addressKey } from '../http/client-address.ts';

/** Limits on raw connections; all but the last hold before a token is shown. */
export interface GuardLimits {
  /** Handshakes of one address; each costs a token check and memory. */
  readonly handshakes: RateLimit;
  /** Stops connections opened and left silent. */
  readonly socketsWithoutToken: number;
  /** Bytes that may wait for one socket; stops clients that take part but never read. */
  readonly outboundBufferMaxBytes: number;
  readonly trustedProxyHops: number;
}

export interface GuardDeps {
  readonly io: Server;
  readonly limits: GuardLimits;
  readonly rateLimiter: RateLimiter;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

const BUFFER_SWEEP_MS = 5_000;
/** Connections that are looked at in one turn of the event loop. */
const SWEPT_AT_ONCE = 500;

/** Engine.IO's raw connection, as far as the guard knows it. */
interface RawConnection {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly transport?: { readonly socket?: { readonly bufferedAmount?: number } };
  once(event: 'close', listener: () => void): void;
  close(discard?: boolean): void;
}

type AllowRequest = (request: IncomingMessage, allow: (error: string | null, yes: boolean) => void) => void;

/** Watches connections below the protocol: how many an address opens, and whether they read. */
export class ConnectionGuard {
  readonly #deps: GuardDeps;
  readonly #waiting = new Map<string, number>();
  readonly #addressOf = new Map<string, string>();
  readonly #stopSweep: () => void;
  #stopPart: () => void = () => {};

  constructor(deps: GuardDeps) {
    this.#deps = deps;
    const options = deps.io.engine.opts as { allowRequest?: AllowRequest };
    options.allowRequest = (request, allow) => this.#allow(request, allow);
    deps.io.engine.on('connection', this.#onConnection);
    this.#stopSweep = deps.clock.every(BUFFER_SWEEP_MS, () => this.#cutSlowReaders());
  }

  /** The connection has shown a good token: it no longer counts against its address. */
  signedIn(socket: Socket): void {
    this.#release((socket.conn as unknown as RawConnection).id);
  }

  close(): void {
    this.#stopSweep();
    this.#stopPart();
    this.#deps.io.engine.off('connection', this.#onConnection);
  }

  #allow(request: IncomingMessage, allow: (error: string | null, yes: boolean) => void): void {
    if (continuesSession(request)) {
      allow(null, true);
      return;
    }
    const { limits, rateLimiter, metrics } = this.#deps;
    const address = clientAddress(request, limits.trustedProxyHops).reveal();
    rateLimiter.take(limits.handshakes, addressKey(address)).then(
      (retryAfterMs) => {
        if (retryAfterMs > 0) metrics.count('rate_limited_total', { limit: limits.handshakes.name });
        allow(retryAfterMs > 0 ? 'rate_limited' : null, retryAfterMs === 0);
      },
      () => allow('internal', false),
    );
  }

  readonly #onConnection = (connection: RawConnection): void => {
    const { limits, metrics } = this.#deps;
    const address = addressKey(clientAddress(connection.request, limits.trustedProxyHops).reveal());
    const count = (this.#waiting.get(address) ?? 0) + 1;
    if (count > limits.socketsWithoutToken) {
      metrics.count('rate_limited_total', { limit: 'sockets_without_token' });
      connection.close(true);
      return;
    }
    this.#waiting.set(address, count);
    this.#addressOf.set(connection.id, address);
    connection.once('close', () => this.#release(connection.id));
  };

  #release(connectionId: string): void {
    const address = this.#addressOf.get(connectionId);
    if (address === undefined) return;
    this.#addressOf.delete(connectionId);
    const left = (this.#waiting.get(address) ?? 1) - 1;
    if (left <= 0) this.#waiting.delete(address);
    else this.#waiting.set(address, left);
  }

  #cutSlowReaders(): void {
    const { clients } = this.#deps.io.engine as unknown as { clients: Record<string, RawConnection> };
    this.#stopPart();
    this.#stopPart = inParts(Object.values(clients), {
      size: SWEPT_AT_ONCE,
      later: (next) => this.#deps.clock.after(0, next),
      visit: (connection) => this.#cutIfSlow(connection),
    });
  }

  /** A client that does not read loses its socket; it has lost nothing, because it resumes by seq. */
  #cutIfSlow(connection: RawConnection): void {
    const waiting = connection.transport?.socket?.bufferedAmount ?? 0;
    if (waiting <= this.#deps.limits.outboundBufferMaxBytes) return;
    this.#deps.metrics.count('rate_limited_total', { limit: 'outbound_buffer' });
    connection.close(true);
  }
}

/**
 * Whether the request belongs to a session that exists and so is not a new handshake. Engine.IO's own reading
 * of the query decides: another one could be talked into letting handshakes go by uncounted.
 */
function continuesSession(request: IncomingMessage): boolean {
  const { _query: query } = request as { _query?: Readonly<Record<string, unknown>> };
  return Boolean(query?.sid);
}
