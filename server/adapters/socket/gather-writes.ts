import type { Server } from 'node:http';
import process from 'node:process';
import type { Duplex } from 'node:stream';

/**
 * Sends what one turn of the event loop writes to a WebSocket in one system call. A commit answers many messages at
 * once, and each acknowledgement and each delivery is a frame of its own; written one by one they cost more than all
 * else that is done for a message.
 */
export function gatherWebSocketWrites(http: Server): void {
  http.on('upgrade', (_request, socket) => gatherWrites(socket));
}

/** Holds writes back from the first of a turn until the turn's own work and its promises are done. */
export function gatherWrites(socket: Duplex): void {
  const write = socket.write.bind(socket) as Duplex['write'];
  let gathering = false;
  const send = (): void => {
    gathering = false;
    socket.uncork();
  };
  const gather = (...args: Parameters<Duplex['write']>): boolean => {
    if (!gathering) {
      gathering = true;
      socket.cork();
      process.nextTick(send);
    }
    return write(...args);
  };
  socket.write = gather as Duplex['write'];
}
