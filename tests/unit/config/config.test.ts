import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigError, type Environment, loadConfig } from '../../../config/index.ts';
import { VARIABLES } from '../../../config/variables.ts';

const KEY = randomBytes(32).toString('base64');
const JWT = randomBytes(48).toString('base64');
const PRODUCTION: Environment = { NODE_ENV: 'production', ENCRYPTION_MASTER_KEY: KEY, JWT_SECRET: JWT };

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('has a default for everything outside production', () => {
    const config = loadConfig({});
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 3000,
      trustProxyHops: 0,
      requireTls: false,
      tls: undefined,
      region: 'eu',
    });
    expect(config.bootstrap).toMatchObject({
      adminEmail: 'admin@example.com',
      account: 'demo',
      siteKey: 'demo',
    });
    expect(config.logs).toMatchObject({ level: 'info', retentionDays: 7 });
    expect(config.store.mongodbUri).toBeUndefined();
  });

  it('takes an empty variable for an unset one and trims the rest', () => {
    const config = loadConfig({ MONGODB_URI: '', PORT: ' 0 ', REQUIRE_TLS: ' ' });
    expect(config.store.mongodbUri).toBeUndefined();
    expect(config.server.port).toBe(0);
  });

  it('lists every fault at once', () => {
    const faults = faultsOf({
      PORT: '70000',
      MONGODB_URI: 'http://db',
      TRUST_PROXY: '-1',
      LOG_RETENTION_DAYS: '8',
      ENCRYPTION_MASTER_KEY: 'c2hvcnQ=',
      JWT_SECRET: 'too short',
      REQUIRE_TLS: 'maybe',
      RATE_LIMIT_FACTOR: '0',
      NODE_ENV: 'staging',
    });
    expect(faults).toHaveLength(9);
    expect(faults.join('\n')).toMatchInlineSnapshot(`
"NODE_ENV must be one of development, test, production
PORT must be a whole number from 0 to 65535
TRUST_PROXY must be a whole number from 0 to 10
REQUIRE_TLS must be true or false
MONGODB_URI must start with mongodb:// or mongodb+srv:// and name a host
ENCRYPTION_MASTER_KEY must be exactly 32 bytes in base64
JWT_SECRET must have at least 32 bytes
RATE_LIMIT_FACTOR must be a number from 0.001 to 1000000
LOG_RETENTION_DAYS must be a whole number from 1 to 7"
`);
  });

  it('needs both keys in production', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'ENCRYPTION_MASTER_KEY must be set in production',
      'JWT_SECRET must be set in production',
    ]);
    expect(faultsOf(PRODUCTION)).toEqual([]);
  });

  it('names a malformed key once, not also as missing', () => {
    expect(faultsOf({ ...PRODUCTION, ENCRYPTION_MASTER_KEY: 'AAAA' })).toEqual([
      'ENCRYPTION_MASTER_KEY must be exactly 32 bytes in base64',
    ]);
  });

  it.each([
    ['base64 without padding', KEY.replace(/=+$/, '')],
    ['base64url', Buffer.from(KEY, 'base64').toString('base64url')],
  ])('takes a master key in %s', (_name, key) => {
    const config = loadConfig({ ENCRYPTION_MASTER_KEY: key });
    expect(Buffer.from(config.security.masterKey?.reveal() ?? []).toString('base64')).toBe(KEY);
  });

  it('refuses a master key with foreign characters, a repeated character, or the same bytes as the other', () => {
    expect(faultsOf({ ENCRYPTION_MASTER_KEY: `${KEY.slice(0, 20)} !${KEY.slice(20)}` })).toHaveLength(1);
    expect(faultsOf({ ENCRYPTION_MASTER_KEY: Buffer.alloc(32).toString('base64') })).toEqual([
      'ENCRYPTION_MASTER_KEY is not random: it repeats a few characters',
    ]);
    expect(faultsOf({ JWT_SECRET: 'x'.repeat(40) })).toHaveLength(1);
    expect(faultsOf({ ENCRYPTION_MASTER_KEY: KEY, JWT_SECRET: KEY })).toEqual([
      'JWT_SECRET must differ from ENCRYPTION_MASTER_KEY',
    ]);
  });

  it('needs a common store and common keys for a cluster', () => {
    const redis = { REDIS_URL: 'redis://cache:6379' };
    expect(faultsOf(redis)).toHaveLength(3);
    const whole = { ...redis, MONGODB_URI: 'mongodb://a,b/x', ENCRYPTION_MASTER_KEY: KEY, JWT_SECRET: JWT };
    expect(faultsOf(whole)).toEqual([]);
  });

  it('requires TLS in production unless told otherwise, and warns of what cannot be meant', () => {
    expect(loadConfig({ ...PRODUCTION, TRUST_PROXY: '1' })).toMatchObject({
      server: { requireTls: true },
      warnings: [],
    });
    expect(loadConfig(PRODUCTION).warnings).toHaveLength(1);
    expect(loadConfig({ ...PRODUCTION, REQUIRE_TLS: 'false' })).toMatchObject({
      server: { requireTls: false },
    });
  });

  it('multiplies rates by RATE_LIMIT_FACTOR, and nothing else', () => {
    const plain = loadConfig({}).limits;
    const raised = loadConfig({ RATE_LIMIT_FACTOR: '2.5' }).limits;
    expect(raised.events.points).toBe(plain.events.points * 2.5);
    expect(raised.socketsWithoutToken).toBe(plain.socketsWithoutToken);
    expect(loadConfig({ RATE_LIMIT_FACTOR: '0.001' }).limits.chatStarts.points).toBe(1);
  });

  it('names the attack that each limit stops', () => {
    const limits = Object.entries(VARIABLES).filter(
      ([, { section }]) => section === 'before' || section === 'after',
    );
    for (const [name, variable] of limits) {
      if (name !== 'RATE_LIMIT_FACTOR') expect(Object.keys(variable)).toContain('stops');
    }
    expect(limits.length).toBeGreaterThan(10);
  });

  it('shows a secret neither in a fault nor when the configuration is printed', () => {
    const canary = 'canary-7f3a';
    const faults = faultsOf({
      ENCRYPTION_MASTER_KEY: canary,
      JWT_SECRET: canary,
      BOOTSTRAP_ADMIN_PASSWORD: canary.slice(0, 8),
      MONGODB_URI: canary,
      REDIS_URL: canary,
    });
    expect(faults).toHaveLength(5);
    expect(faults.join()).not.toContain('canary');
    const config = loadConfig({
      MONGODB_URI: `mongodb://user:${canary}@db`,
      BOOTSTRAP_ADMIN_PASSWORD: canary.repeat(2),
      JWT_SECRET: canary.repeat(4),
    });
    expect(
      `${inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config)}${config}`,
    ).not.toContain(canary);
  });
});
