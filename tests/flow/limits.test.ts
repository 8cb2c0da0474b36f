import { connect as connectTcp } from 'node:net';
import { WebSocket } from 'ws';
import { type ServerToVisitor, UPLOAD_HEADERS, type VisitorEvents } from '../../shared/protocol/index.ts';
import { connect, connectVisitor, TestClient } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** A client that speaks WebSocket and never shows a token. */
function silentSocket(url: string): { socket: WebSocket; opened: Promise<void>; closed: Promise<void> } {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  socket.on('error', () => {});
  return {
    socket,
    // The engine's first packet, with which a connection counts.
    opened: new Promise((resolve) => socket.once('message', () => resolve())),
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  };
}

/** Files that one sender may send, where the rate is tested. */
const ALLOWED = 3;

describe('limits', () => {
  let test: TestServer;
  const start = async (env: Record<string, string>) => {
    test = await startTestServer({ env });
    return test;
  };
  afterEach(() => test.close());

  it('H3 closes connections beyond the limit of an address that shows no token, and still lets others in', async () => {
    const { url } = await start({ SOCKETS_WITHOUT_TOKEN: '3' });
    const held = [silentSocket(url), silentSocket(url), silentSocket(url)];
    await Promise.all(held.map(({ opened }) => opened));
    await silentSocket(url).closed;
    held[0]?.socket.close();
    await held[0]?.closed;
    const visitor = await connectVisitor(test);
    expect(await visitor.emitRaw('chat:start', {})).toMatchObject({ ok: true });
    visitor.close();
    for (const { socket } of held) socket.terminate();
  });

  it('H3 closes a connection that shows no token in time', async () => {
    const { url } = await start({ HANDSHAKE_TIMEOUT_MS: '150' });
    await silentSocket(url).closed;
  });

  it('H3 refuses handshakes beyond the rate of an address', async () => {
    const { url } = await start({ HANDSHAKES_PER_MINUTE: '3', RATE_LIMIT_FACTOR: '1' });
    const { token } = await test.openVisitorSession();
    for (let index = 0; index < 3; index += 1) (await connect(`${url}/visitor`, { token })).disconnect();
    await expect(connect(`${url}/visitor`, { token })).rejects.toBeInstanceOf(Error);
  });

  it('E3 answers rate_limited with the time to wait, and cuts a client that goes on', async () => {
    await start({ EVENTS_PER_10_SECONDS: '20', RATE_LIMIT_FACTOR: '1' });
    const flooder = await connectVisitor(test);
    const calm = await connectVisitor(test);
    const cut = new Promise<void>((resolve) => flooder.socket.once('disconnect', () => resolve()));
    const answers: unknown[] = [];
    for (let index = 0; index < 30; index += 1) answers.push(await flooder.emitRaw('page:activity', {}));
    expect(answers.at(-1)).toEqual({
      ok: false,
      error: expect.objectContaining({
        code: 'rate_limited',
        retryable: true,
        retryAfterMs: expect.any(Number),
      }),
    });
    for (let index = 0; index < 400; index += 1) flooder.socket.emit('page:activity', {});
    await cut;
    expect(await calm.emitRaw('chat:start', {})).toMatchObject({ ok: true });
    calm.close();
  });

  it('refuses files beyond the rate of their sender (ATTACHMENTS_PER_10_MINUTES)', async () => {
    const { url } = await start({ RATE_LIMIT_FACTOR: '1', ATTACHMENTS_PER_10_MINUTES: String(ALLOWED) });
    const session = await test.openVisitorSession();
    const socket = new TestClient<VisitorEvents, ServerToVisitor>(
      await connect(`${url}/visitor`, { token: session.token }),
    );
    const { conversationId } = await socket.emit('chat:start', {});
    const statuses: number[] = [];
    for (let index = 0; index < ALLOWED + 2; index += 1) {
      const response = await fetch(`${url}/api/v1/visitor/conversations/${conversationId}/files`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${session.token}`,
          [UPLOAD_HEADERS.fileName]: 'a.txt',
          [UPLOAD_HEADERS.clientId]: `file-${index}`,
        },
        body: `file ${index}`,
      });
      statuses.push(response.status);
      if (response.status !== 429) continue;
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ code: 'rate_limited' });
    }
    expect(statuses).toEqual([...new Array<number>(ALLOWED).fill(201), 429, 429]);
    socket.close();
  });

  it('answers message.too_long beyond the configured length', async () => {
    await start({ MESSAGE_MAX_LENGTH: '20' });
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    const send = (text: string) => visitor.emitRaw('message:send', { conversationId, clientId: text, text });
    expect(await send('x'.repeat(21))).toMatchObject({ ok: false, error: { code: 'message.too_long' } });
    expect(await send('x'.repeat(20))).toMatchObject({ ok: true });
    visitor.close();
  });

  it('E5 closes the connection on a packet beyond the limit and harms nobody else', async () => {
    await start({ EVENT_MAX_BYTES: '32768' });
    const attacker = await connectVisitor(test);
    const other = await connectVisitor(test);
    const cut = new Promise<void>((resolve) => attacker.socket.once('disconnect', () => resolve()));
    attacker.socket.emit('message:send', { conversationId: 'x', clientId: 'y', text: 'z'.repeat(40_000) });
    await cut;
    expect(await other.emitRaw('chat:start', {})).toMatchObject({ ok: true });
    other.close();
  });

  it('lets one session hold only so many sockets, and one site only so many sessions', async () => {
    const { url } = await start({
      SOCKETS_PER_SESSION: '2',
      SESSIONS_PER_SITE: '2',
      RATE_LIMIT_FACTOR: '10000',
    });
    const { token } = await test.openVisitorSession();
    const first = await connect(`${url}/visitor`, { token });
    const second = await connect(`${url}/visitor`, { token });
    await expect(connect(`${url}/visitor`, { token })).rejects.toMatchObject({
      data: { code: 'rate_limited' },
    });
    const neighbour = await connectVisitor(test);
    const { token: another } = await test.openVisitorSession();
    await expect(connect(`${url}/visitor`, { token: another })).rejects.toMatchObject({
      data: { code: 'session.limit' },
    });
    first.disconnect();
    second.disconnect();
    neighbour.close();
  });

  it('outlives garbage on the wire', async () => {
    const { url } = await start({});
    const { port } = new URL(url);
    for (const garbage of [
      '\0\0\0',
      'GET / HTTP/9.9\r\n\r\n',
      `POST /api/v1/auth/login HTTP/1.1\r\nContent-Length: -1\r\n\r\n`,
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connectTcp(Number(port), '127.0.0.1', () => socket.end(garbage));
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
        socket.resume();
      });
    }
    const open = silentSocket(url);
    await open.opened;
    open.socket.send('42/visitor,["message:send"');
    open.socket.send(Buffer.from([0xff, 0xfe, 0x00]));
    await open.closed;
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const visitor = await connectVisitor(test);
    expect(await visitor.emitRaw('chat:start', {})).toMatchObject({ ok: true });
    visitor.close();
  });
});
