import { io, type Socket } from 'socket.io-client';
import {
  type Ack,
  AGENT_NAMESPACE,
  ERRORS,
  type ErrorCode,
  PROTOCOL_VERSION,
} from '../../shared/protocol/index.ts';
import { type Link, type LinkStatus, NoAnswer } from './link.ts';

export interface SocketLinkOptions {
  /** Origin of the server; empty: the page's own. */
  readonly url?: string;
  readonly accountId: string;
  /** A fresh access token; `rejected` names one that the server refused. Throws when the session is over. */
  readonly accessToken: (rejected?: string) => Promise<string>;
}

/** An event without an acknowledgement for this long counts as unanswered. */
const ACK_TIMEOUT_MS = 8_000;
/** Waits before a new try, doubled each time. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/** Refusals that no further try will change while the user is the same. */
function isFinal(code: ErrorCode): boolean {
  return !ERRORS[code].retryable && code !== 'auth.required';
}

/** The {@link Link} over Socket.IO: WebSocket first, a fresh token at each connect, never giving up by itself. */
export function createSocketLink({ url = '', accountId, accessToken }: SocketLinkOptions): Link {
  let token: string | undefined;
  let refusedToken: string | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  let tell: (status: LinkStatus) => void = () => undefined;

  const socket: Socket = io(`${url}${AGENT_NAMESPACE}`, {
    autoConnect: false,
    transports: ['websocket', 'polling'],
    // Socket.IO would reconnect with the old token and not at all after a refusal; `connectLater` does both.
    reconnection: false,
    auth: (answer) => answer({ token, accountId, protocol: PROTOCOL_VERSION }),
  });

  const connect = async (): Promise<void> => {
    try {
      token = await accessToken(refusedToken);
      refusedToken = undefined;
      if (wanted) socket.connect();
    } catch {
      // The session has ended (the console shows the sign-in then), or the server is away: try again later.
      connectLater();
    }
  };

  const connectLater = (): void => {
    clearTimeout(retry);
    if (!wanted) return;
    retry = setTimeout(() => void connect(), retryMs * (0.75 + Math.random() / 2));
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };

  socket.on('connect', () => {
    retryMs = FIRST_RETRY_MS;
    tell({ kind: 'up' });
  });
  socket.on('disconnect', () => {
    tell({ kind: 'down' });
    connectLater();
  });
  socket.on('connect_error', (error: Error & { data?: { code?: ErrorCode } }) => {
    const code = error.data?.code;
    if (code !== undefined && code in ERRORS && isFinal(code)) return tell({ kind: 'refused', code });
    if (code === 'auth.required' || code === 'auth.token_expired') refusedToken = token;
    tell({ kind: 'down' });
    connectLater();
  });

  return {
    open() {
      wanted = true;
      void connect();
    },
    close() {
      wanted = false;
      clearTimeout(retry);
      socket.removeAllListeners();
      socket.disconnect();
    },
    async ask(name, payload) {
      if (!socket.connected) throw new NoAnswer();
      try {
        return (await socket.timeout(ACK_TIMEOUT_MS).emitWithAck(name, payload)) as Ack<never>;
      } catch {
        throw new NoAnswer();
      }
    },
    on(name, listener) {
      socket.on(name as string, listener);
    },
    onStatus(listener) {
      tell = listener;
    },
  };
}
