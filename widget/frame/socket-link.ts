import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import type { Ack, ServerToVisitor } from '../../shared/protocol/index.ts';
import { PROTOCOL_VERSION, VISITOR_NAMESPACE } from '../../shared/protocol/index.ts';
import type { CreateLink, ServerEvent } from './core/link.ts';

const SERVER_EVENTS: { readonly [Name in keyof ServerToVisitor]: true } = {
  'message:new': true,
  'message:update': true,
  'chat:update': true,
  typing: true,
  'message:seen': true,
  'engagement:invite': true,
  'engagement:withdraw': true,
};

interface HandshakeError extends Error {
  readonly data?: { readonly code?: string };
}

/** Waits as long as it takes for one acknowledgement; undefined when none comes. */
async function askSocket(
  socket: Socket,
  request: { name: string; payload: unknown; timeoutMs: number },
): Promise<Ack<never> | undefined> {
  if (!socket.connected) return undefined;
  try {
    return (await socket.timeout(request.timeoutMs).emitWithAck(request.name, request.payload)) as Ack<never>;
  } catch {
    return undefined;
  }
}

/** The link over Socket.IO, which reconnects by itself, with jitter, after losses of the network. */
export const createSocketLink: CreateLink = (handlers) => {
  let token = '';
  const socket = io(VISITOR_NAMESPACE, {
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 8_000,
    randomizationFactor: 0.5,
    timeout: 10_000,
    auth: (give) => give({ token, protocolVersion: PROTOCOL_VERSION }),
  });

  socket.on('connect', handlers.onUp);
  socket.on('disconnect', (reason) => {
    handlers.onDown();
    if (reason === 'io server disconnect') handlers.onRefused(undefined);
  });
  socket.on('connect_error', (error: HandshakeError) => {
    // Some proxies neither pass a WebSocket on nor refuse it: the next try begins with plain requests.
    if (error.message === 'timeout') socket.io.opts.transports = ['polling', 'websocket'];
    // An active socket has lost the network only and tries again on its own.
    if (socket.active) handlers.onDown();
    else handlers.onRefused(error.data?.code);
  });
  for (const name of Object.keys(SERVER_EVENTS) as (keyof ServerToVisitor)[]) {
    socket.on(name, (payload: unknown) => handlers.onEvent({ name, payload } as ServerEvent));
  }

  return {
    open: (next) => {
      token = next;
      if (socket.connected) socket.disconnect();
      socket.connect();
    },
    ask: async (name, payload, timeoutMs) => await askSocket(socket, { name, payload, timeoutMs }),
    close: () => {
      socket.disconnect();
    },
  };
};
