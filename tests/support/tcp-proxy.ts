import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A network between client and server that a test can cut. */
export interface TcpProxy {
  readonly port: number;
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  /** Keeps connections open but passes nothing on, as a half-open connection does. */
  stall(): void;
  restore(): void;
  /** Where connections go from now on: a server may come back on another port. */
  pointTo(targetPort: number): void;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback interface. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'cut' | 'stalled' = 'open';
  let target = targetPort;

  const server: Server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (chunk) => {
        if (state !== 'stalled') to.write(chunk);
      });
      from.on('error', end);
      from.on('close', end);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const breakAll = () => {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy();
  };

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    cut: () => {
      state = 'cut';
      breakAll();
    },
    stall: () => {
      state = 'stalled';
    },
    restore: () => {
      // What was swallowed while stalled is lost for good, so such connections cannot go on.
      if (state === 'stalled') breakAll();
      state = 'open';
    },
    pointTo: (next) => {
      target = next;
    },
    close: async () => {
      breakAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
