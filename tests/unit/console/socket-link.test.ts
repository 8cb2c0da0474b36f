import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type LinkStatus, NoAnswer } from '../../../console/live/link.ts';
import { createSocketLink } from '../../../console/live/socket-link.ts';

/** A real Socket.IO server that lets in who shows the token that is good at the moment. */
async function startServer(port = 0) {
  const http: HttpServer = createServer();
  const io = new Server(http);
  const state = { good: 'token-1', refusal: 'auth.token_expired', shown: [] as unknown[] };
  const agents = io.of('/agent');
  agents.use((socket, next) => {
    state.shown.push(socket.handshake.auth.token);
    if (socket.handshake.auth.token === state.good) return next();
    next(Object.assign(new Error('refused'), { data: { code: state.refusal } }));
  });
  agents.on('connection', (socket) => {
    socket.on('queue:list', (_payload, ack) => ack({ ok: true, data: { items: [] } }));
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const address = http.address() as AddressInfo;
  return { io, state, port: address.port, url: `http://127.0.0.1:${address.port}`, close: () => io.close() };
}

function connect(url: string, tokens: (rejected?: string) => string) {
  const statuses: LinkStatus[] = [];
  const waiting = new Set<() => void>();
  const link = createSocketLink({ url, accountId: 'acc', accessToken: async (rejected) => tokens(rejected) });
  link.onStatus((status) => {
    statuses.push(status);
    for (const check of [...waiting]) check();
  });
  const reach = (count: number, kind: LinkStatus['kind']): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (statuses.filter((status) => status.kind === kind).length < count) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { link, statuses, reach };
}

describe('the socket link', () => {
  it('connects with a token and asks', async () => {
    const server = await startServer();
    const { link, reach } = connect(server.url, () => 'token-1');
    link.open();
    await reach(1, 'up');
    await expect(link.ask('queue:list', {})).resolves.toEqual({ ok: true, data: { items: [] } });
    link.close();
    await server.close();
  });

  it('asks for a fresh token when the one it showed was refused', async () => {
    const server = await startServer();
    const rejectedTokens: (string | undefined)[] = [];
    const { link, reach } = connect(server.url, (rejected) => {
      rejectedTokens.push(rejected);
      return rejected === undefined ? 'token-0' : 'token-1';
    });
    link.open();
    await reach(1, 'up');
    expect(server.state.shown).toEqual(['token-0', 'token-1']);
    expect(rejectedTokens).toEqual([undefined, 'token-0']);
    link.close();
    await server.close();
  });

  it('gives up where no further try can help', async () => {
    const server = await startServer();
    server.state.refusal = 'forbidden';
    const { link, statuses, reach } = connect(server.url, () => 'token-0');
    link.open();
    await reach(1, 'refused');
    expect(statuses).toEqual([{ kind: 'refused', code: 'forbidden' }]);
    link.close();
    await server.close();
  });

  it('comes back after the server ended the connection, and after a restart', async () => {
    const server = await startServer();
    const { link, reach } = connect(server.url, () => 'token-1');
    link.open();
    await reach(1, 'up');
    server.io.of('/agent').disconnectSockets(true);
    await reach(2, 'up');
    await server.close();
    await reach(2, 'down');
    await expect(link.ask('queue:list', {})).rejects.toBeInstanceOf(NoAnswer);
    const again = await startServer(server.port);
    await reach(3, 'up');
    link.close();
    await again.close();
  });
});
