import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig, resolveSecrets } from '../../../config/index.ts';

describe('resolveSecrets', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'secrets-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const resolve = (env: Record<string, string> = {}) => resolveSecrets(loadConfig({ DATA_DIR: dir, ...env }));

  it('makes keys once and finds them again after a restart', () => {
    const first = resolve();
    expect(first.masterKey).toHaveLength(32);
    expect(Buffer.byteLength(first.jwtSecret)).toBeGreaterThanOrEqual(32);
    expect(resolve()).toEqual(first);
    expect(readdirSync(dir).sort()).toEqual(['jwt.secret', 'master.key']);
  });

  it('makes no new master key where there is data that a lost one encrypted', () => {
    writeFileSync(join(dir, 'keys.db'), '');
    let fault: unknown;
    try {
      resolve();
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(ConfigError);
    expect((fault as ConfigError).faults.join()).toContain('master.key in DATA_DIR is missing');
    expect(existsSync(join(dir, 'master.key'))).toBe(false);
  });

  it('makes different keys for different folders', () => {
    expect(resolve({ DATA_DIR: join(dir, 'a') })).not.toEqual(resolve({ DATA_DIR: join(dir, 'b') }));
  });

  it('keeps the files from other users of the machine', () => {
    resolve();
    for (const file of readdirSync(dir)) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
  });

  it('prefers what is configured and then writes nothing', () => {
    const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64');
    const secrets = resolve({
      ENCRYPTION_MASTER_KEY: key,
      JWT_SECRET: 'abcdefghijklmnopqrstuvwxyz-0123456789',
    });
    expect(Buffer.from(secrets.masterKey).toString('base64')).toBe(key);
    expect(existsSync(join(dir, 'master.key'))).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['cut short', 'AAAA'],
    ['not base64', '#'.repeat(44)],
  ])('refuses a key file that is %s and leaves it as it is', (_name, text) => {
    resolve();
    writeFileSync(join(dir, 'master.key'), text);
    expect(() => resolve()).toThrow(ConfigError);
    expect(() => resolve()).toThrow('master.key in DATA_DIR is damaged');
    expect(readFileSync(join(dir, 'master.key'), 'utf8')).toBe(text);
  });

  it('reports both files at once, and a folder that cannot be made', () => {
    resolve();
    writeFileSync(join(dir, 'master.key'), 'x');
    writeFileSync(join(dir, 'jwt.secret'), 'x');
    expect(() => resolve()).toThrow(
      expect.objectContaining({ faults: [expect.anything(), expect.anything()] }),
    );
    expect(() => resolve({ DATA_DIR: join(dir, 'jwt.secret/below') })).toThrow(
      'can be neither read nor made',
    );
  });
});
