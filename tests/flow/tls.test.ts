import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { io } from 'socket.io-client';
import { keepCertificateFresh, readCertificate } from '../../server/adapters/system/certificate.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

async function newCertificate() {
  const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return { cert: made.cert, key: made.private };
}

describe('a certificate of one’s own', () => {
  const dir = mkdtempSync(join(tmpdir(), 'engagement-tls-'));
  const files = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') };
  const env = { TLS_CERT_FILE: files.certFile, TLS_KEY_FILE: files.keyFile };
  let first: { cert: string; key: string };
  let second: { cert: string; key: string };

  const put = ({ cert, key }: { cert: string; key: string }): void => {
    writeFileSync(files.certFile, cert);
    writeFileSync(files.keyFile, key);
  };

  beforeAll(async () => {
    [first, second] = await Promise.all([newCertificate(), newCertificate()]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** What a client that trusts `ca` alone sees. */
  function seen(port: number, ca: string, more: object = {}): Promise<DetailedPeerCertificate> {
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = connectTls({ host: '127.0.0.1', port, ca, ...more }, () => {
        resolve(socket.getPeerCertificate(true));
        socket.destroy();
      });
      socket.once('error', reject);
    });
  }

  function headersOf(url: string, ca: string): Promise<NodeJS.Dict<string | string[]>> {
    return new Promise((resolve, reject) => {
      get(url, { ca }, (response) => {
        response.resume();
        resolve(response.headers);
      }).once('error', reject);
    });
  }

  describe('in the server', () => {
    let server: TestServer;

    beforeAll(async () => {
      put(first);
      server = await startTestServer({ env: { ...env, REQUIRE_TLS: 'true' } });
    });
    afterAll(() => server.close());

    it('serves pages and sockets over TLS, and tells browsers to stay with it', async () => {
      expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      for (const path of ['/console', '/demo', '/widget/frame.html', '/api/docs', '/api/v1/auth/me']) {
        const headers = await headersOf(`${server.url}${path}`, first.cert);
        expect([path, headers['strict-transport-security']]).toEqual([
          path,
          'max-age=31536000; includeSubDomains',
        ]);
        expect(String(headers['content-security-policy'])).not.toMatch(/unsafe-(inline|eval)/);
        expect(headers['set-cookie']).toBeUndefined();
      }
      const options = {
        transports: ['websocket'],
        ca: first.cert,
        auth: { token: 'x' },
        reconnection: false,
      };
      const socket = io(`${server.url}/visitor`, options as Parameters<typeof io>[1]);
      const refused = await new Promise<Error & { data?: { code?: string } }>((resolve) =>
        socket.once('connect_error', resolve),
      );
      expect(refused.data?.code).toBe('auth.required');
    });

    it('speaks TLS 1.2 and newer alone', async () => {
      const port = Number(new URL(server.url).port);
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
      await expect(seen(port, first.cert, old)).rejects.toThrow(/protocol version|alert/i);
      await expect(seen(port, first.cert, { maxVersion: 'TLSv1.2' })).resolves.toBeDefined();
    });

    it('is read again when it is told to, and stays when the new one is no good', async () => {
      const port = Number(new URL(server.url).port);
      writeFileSync(files.certFile, 'not a certificate');
      server.server.reloadCertificate();
      await expect(seen(port, first.cert)).resolves.toBeDefined();
      put(second);
      server.server.reloadCertificate();
      await expect(seen(port, first.cert)).rejects.toThrow(/self-signed/);
      await expect(seen(port, second.cert)).resolves.toBeDefined();
    });
  });

  it('is looked at every minute, and read again once its file has changed', async () => {
    put(first);
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    const server = createServer(readCertificate(files));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const fresh = keepCertificateFresh(server, files, { clock, logger });
    clock.advance(60_000);
    expect(logger.lines).toEqual([]);
    put(second);
    clock.advance(60_000);
    await expect(seen(port, second.cert)).resolves.toBeDefined();
    fresh.close();
    server.close();
  });

  it('keeps the server from starting when it and its key do not belong together', async () => {
    put({ cert: first.cert, key: second.key });
    await expect(startTestServer({ env })).rejects.toThrow(/key values mismatch/);
  });
});
