import { io } from 'socket.io-client';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('HTTP and sockets on one server', () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startTestServer();
  });
  afterAll(() => test.close());

  it('lets a visitor in over plain HTTP, without a fault', async () => {
    const { token } = await test.openVisitorSession();
    const socket = io(`${test.url}/visitor`, { auth: { token }, transports: ['polling'], forceNew: true });
    const answer = await new Promise((resolve, reject) => {
      socket.once('connect_error', reject);
      socket.once('connect', () => socket.emit('chat:start', {}, resolve));
    });
    expect(answer).toMatchObject({ ok: true });
    socket.disconnect();
    expect(test.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('answers pages, probes and unknown paths once each, without a fault', async () => {
    for (const path of ['/demo', '/console', '/console/inbox', '/widget.js', '/health/live', '/metrics', '/none']) {
      for (const method of ['GET', 'HEAD']) {
        const { status } = await fetch(`${test.url}${path}`, { method });
        expect([200, 404]).toContain(status);
      }
    }
    expect(test.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
