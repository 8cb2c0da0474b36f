import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import request from 'supertest';
import { MemoryChangeBus } from '../../../../server/adapters/memory/change-bus.ts';
import { createMemoryRateLimiter } from '../../../../server/adapters/memory/rate-limiter.ts';
import { PrometheusMetrics } from '../../../../server/adapters/metrics/prometheus-metrics.ts';
import { Refusal } from '../../../../server/domain/index.ts';
import { createHttpApp, type HttpAppDeps } from '../../../../server/edge/http/app.ts';
import type { UseCases } from '../../../../server/edge/http/routes/index.ts';
import { Access, type AccessDeps } from '../../../../server/features/access/index.ts';
import { StoreError } from '../../../../server/ports/index.ts';
import { aUser } from '../../../support/builders.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const FILES = {
  'console/index.html': '<title>Console</title>',
  'console/assets/app-1a2b.js': 'console',
  'demo/index.html': '<title>Demo</title>',
  'widget/frame.html': '<title>Frame</title>',
  'widget/assets/frame-1a2b.css': 'body{}',
  'widget.js': 'widget',
};

/** The rules of an account that takes nothing out. */
const NO_RULES = {
  rulesOf: async () => ({}),
  apply: (_rules: unknown, text: string) => ({ text, count: 0, removed: [] }),
} as unknown as HttpAppDeps['redactor'];

describe('the HTTP app', () => {
  let publicDir: string;
  const logger = new RecordingLogger();
  const user = aUser({ memberships: [{ accountId: 'acme', roles: ['account-administrator'] }] });
  const auth = { authenticate: async () => ({ user, signInId: 'sign-in-1' }) };
  const signIns = { describe: async () => ({}) };
  const sites = { firstSiteKey: async () => 'demo', list: async (): Promise<unknown> => ({ items: [] }) };
  const transcripts = {
    exportAs: async () => ({ contentType: 'text/html; charset=utf-8', fileName: 'a.html', body: '<p>x</p>' }),
  };
  const nothing = { list: async () => ({ items: [] }) };
  const access = new Access({
    users: nothing,
    roles: nothing,
    grants: nothing,
    bus: new MemoryChangeBus(() => {}),
    clock: new FakeClock(),
  } as unknown as AccessDeps);
  let ready: { ok: boolean; reasons: string[] } = { ok: true, reasons: [] };

  beforeAll(() => {
    publicDir = mkdtempSync(join(tmpdir(), 'engagement-pages-'));
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(publicDir, name)), { recursive: true });
      writeFileSync(join(publicDir, name), text);
    }
  });
  afterAll(() => rmSync(publicDir, { recursive: true, force: true }));

  /** An app whose use cases are told by the test; those that a test does not tell of are not called. */
  function app(more: Partial<HttpAppDeps> & { cases?: object } = {}) {
    const { cases, ...deps } = more;
    return createHttpApp({
      useCases: { auth, signIns, sites, transcripts, ...cases } as unknown as UseCases,
      redactor: NO_RULES,
      access,
      rateLimiter: createMemoryRateLimiter(),
      rateLimitFactor: 1,
      refusals: { noting: async (_attempt, work) => work() },
      logger,
      metrics: new PrometheusMetrics(),
      health: async () => ready,
      publicDir,
      trustProxyHops: 0,
      requireTls: false,
      speaksTls: false,
      bodyMaxBytes: 65_536,
      uploads: { maxBytes: 65_536, atOnce: 4 },
      version: '1.2.3',
      ...deps,
    });
  }

  const listSites = (more: Parameters<typeof app>[0]) =>
    request(app(more)).get('/api/v1/accounts/acme/sites').set('Authorization', 'Bearer token');

  it('serves pages under a policy that allows nothing inline and nothing from elsewhere', async () => {
    for (const path of [
      '/console',
      '/console/',
      '/console/conversations/1',
      '/demo',
      '/widget/frame.html',
      '/api/docs',
    ]) {
      const { status, headers } = await request(app()).get(path);
      expect([path, status]).toEqual([path, 200]);
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toMatch(/unsafe|http:|https:|\*(?!$)/);
    }
  });

  it('lets other sites frame the widget, and nothing else', async () => {
    const policyOf = async (path: string) => (await request(app()).get(path)).headers;
    const frame = await policyOf('/widget/frame.html');
    expect(frame['content-security-policy']).toContain('frame-ancestors *');
    expect(frame['x-frame-options']).toBeUndefined();
    expect(frame['cross-origin-resource-policy']).toBe('cross-origin');
    expect((await policyOf('/widget.js'))['cross-origin-resource-policy']).toBe('cross-origin');
    const console_ = await policyOf('/console');
    expect(console_['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(console_['x-frame-options']).toBe('DENY');
  });

  it('keeps hashed files for ever, and asks for pages each time', async () => {
    const cacheOf = async (path: string) => (await request(app()).get(path)).headers['cache-control'];
    expect(await cacheOf('/console/assets/app-1a2b.js')).toContain('immutable');
    expect(await cacheOf('/widget/assets/frame-1a2b.css')).toContain('immutable');
    expect(await cacheOf('/console')).toBe('no-cache');
    expect(await cacheOf('/widget/frame.html')).toBe('no-cache');
    expect(await cacheOf('/widget.js')).toBe('public, max-age=300');
  });

  it('has no page for a missing asset, a file outside or a dot file', async () => {
    for (const path of [
      '/console/assets/gone.js',
      '/widget/gone.html',
      '/widget/..%2f..%2fetc/passwd',
      '/.env',
    ]) {
      expect([path, (await request(app()).get(path)).status]).toEqual([path, 404]);
    }
  });

  it('tells the demonstration page its site key', async () => {
    expect((await request(app()).get('/demo/config.json')).body).toEqual({ siteKey: 'demo' });
  });

  it('answers probes and metrics', async () => {
    expect((await request(app()).get('/health/live')).status).toBe(200);
    expect((await request(app()).get('/health/ready')).status).toBe(200);
    ready = { ok: false, reasons: ['store_unavailable'] };
    const unready = await request(app()).get('/health/ready');
    expect([unready.status, unready.body]).toEqual([503, ready]);
    ready = { ok: true, reasons: [] };
    expect((await request(app()).get('/metrics')).text).toContain('# TYPE');
  });

  it('refuses plain HTTP when TLS is asked for, but for probes; a trusted proxy says what the client spoke', async () => {
    const strict = (hops: number) => app({ requireTls: true, trustProxyHops: hops });
    for (const path of ['/api/v1/auth/me', '/console', '/api/docs']) {
      const refused = await request(strict(0)).get(path).set('X-Forwarded-Proto', 'https');
      expect([path, refused.status, refused.body.code]).toEqual([path, 403, 'transport.insecure']);
    }
    expect((await request(strict(0)).get('/health/live')).status).toBe(200);
    const proxied = await request(strict(1)).get('/console').set('X-Forwarded-Proto', 'https');
    expect(proxied.status).toBe(200);
    expect(proxied.headers['strict-transport-security']).toContain('max-age=');
    expect((await request(app()).get('/console')).headers['strict-transport-security']).toBeUndefined();
  });

  it('answers an unexpected error with nothing of it, and logs it', async () => {
    const secret = 'alice@example.com';
    const list = async () => {
      throw new Error(secret);
    };
    const answer = await listSites({ cases: { sites: { ...sites, list } } });
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ code: 'internal', status: 500 });
    expect(answer.text).not.toContain(secret);
    expect(logger.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'a request failed',
      fields: { route: 'get /accounts/:a/sites' },
    });
  });

  it('answers a failing store with 503', async () => {
    const list = async () => {
      throw new StoreError('SQLITE_IOERR');
    };
    const answer = await listSites({ cases: { sites: { ...sites, list } } });
    expect([answer.status, answer.body.code]).toEqual([503, 'store.unavailable']);
  });

  it('says how long to wait, in whole seconds', async () => {
    const list = async () => {
      throw new Refusal('rate_limited', { retryAfterMs: 1_200 });
    };
    const answer = await listSites({ cases: { sites: { ...sites, list } } });
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '2']);
  });

  it('limits a user, wherever they call from', async () => {
    const one = app({ rateLimitFactor: 0.005 });
    const call = () => request(one).get('/api/v1/accounts/acme/sites').set('Authorization', 'Bearer token');
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await call()).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('gives a transcript as a file that cannot act as a page', async () => {
    const path = '/api/v1/accounts/acme/conversations/c/export?format=html';
    const { headers, status } = await request(app()).get(path).set('Authorization', 'Bearer token');
    expect(status).toBe(200);
    expect(headers['content-disposition']).toBe('attachment; filename=a.html');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain('sandbox');
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const { body } = await request(app()).get('/api/openapi.json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      info: { version: '1.2.3' },
      servers: [{ url: '/api/v1' }],
    });
    const patch = body.paths['/accounts/{a}/settings'].patch;
    expect(patch.security).toEqual([{ bearer: [] }]);
    expect(Object.keys(patch.responses)).toEqual(
      expect.arrayContaining(['200', '401', '403', '404', '413', '422', '429']),
    );
    expect(body.components.schemas).toHaveProperty('Problem');
  });
});
