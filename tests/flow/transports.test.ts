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
    for (const path of [
      '/demo',
      '/console',
      '/console/inbox',
      '/widget.js',
      '/health/live',
      '/metrics',
      '/none',
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const { status } = await fetch(`${test.url}${path}`, { method });
        expect([200, 404]).toContain(status);
      }
    }
    expect(test.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('the widget frame', () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startTestServer();
  });
  afterAll(() => test.close());

  it('may be shown by the origins that its site lists, and by any where it lists none', async () => {
    const policy = async (siteKey: string) =>
      (await fetch(`${test.url}/widget/frame.html?site=${siteKey}`)).headers.get('content-security-policy');
    expect(await policy('demo')).toContain('frame-ancestors *');
    const { accessToken, accountId } = await test.signIn();
    const site = { name: 'Shop', siteKey: 'shop', allowedOrigins: ['https://shop.example'] };
    expect((await test.call('POST', `/accounts/${accountId}/sites`, site, accessToken)).status).toBe(201);
    expect(await policy('shop')).toContain("frame-ancestors 'self' https://shop.example");
    expect(await policy('%3Bscript-src%20*')).not.toContain('script-src');
  });
});
