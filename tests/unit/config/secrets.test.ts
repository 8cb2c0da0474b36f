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

  const KEYS = [1, 2, 3].map((seed) =>
    Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7 + seed)).toString('base64'),
  );
  const inBase64 = (keys: readonly Uint8Array[]) => keys.map((key) => Buffer.from(key).toString('base64'));
  const faultsOf = (env: Record<string, string>): string[] => {
    try {
      resolve(env);
    } catch (error) {
      if (error instanceof ConfigError) return [...error.faults];
    }
    return [];
  };

  it('reads the current and earlier master keys from a file, and writes none', () => {
    const path = join(dir, 'keys.txt');
    writeFileSync(path, `# current\n${KEYS[0]}\n\n${KEYS[1]}\n`);
    const env = { ENCRYPTION_MASTER_KEY_FILE: path, ENCRYPTION_PREVIOUS_MASTER_KEYS: KEYS[2] ?? '' };
    const { masterKey, previousMasterKeys } = resolve(env);
    expect(inBase64([masterKey, ...previousMasterKeys])).toEqual(KEYS);
    expect(existsSync(join(dir, 'master.key'))).toBe(false);
  });

  it('reads master keys from what a command prints, run without a shell', () => {
    const print = JSON.stringify([
      process.execPath,
      '-e',
      `console.log('${KEYS[0]}'); console.log('${KEYS[1]}')`,
    ]);
    const { masterKey, previousMasterKeys } = resolve({ ENCRYPTION_MASTER_KEY_COMMAND: print });
    expect(inBase64([masterKey, ...previousMasterKeys])).toEqual(KEYS.slice(0, 2));
    const words = `${process.execPath} -p 1; touch ${dir}/shell`;
    expect(faultsOf({ ENCRYPTION_MASTER_KEY_COMMAND: words })).toHaveLength(1);
    expect(existsSync(join(dir, 'shell'))).toBe(false);
  });

  it.each([
    ['no file', { ENCRYPTION_MASTER_KEY_FILE: '/nowhere/key' }, 'names a file that cannot be read (ENOENT)'],
    ['no program', { ENCRYPTION_MASTER_KEY_COMMAND: '/nowhere/program' }, 'cannot be run (ENOENT)'],
    [
      'a failure',
      { ENCRYPTION_MASTER_KEY_COMMAND: `${process.execPath} -e process.exit(3)` },
      'failed (exit code 3)',
    ],
    ['no key', { ENCRYPTION_MASTER_KEY_COMMAND: `${process.execPath} -e 0` }, 'has no key in it'],
    ['no list', { ENCRYPTION_MASTER_KEY_COMMAND: '[1]' }, 'must be words, or a list of texts in JSON'],
    ['bad keys', { ENCRYPTION_PREVIOUS_MASTER_KEYS: 'AAAA' }, 'must be exactly 32 bytes in base64'],
    ['two sources', { ENCRYPTION_MASTER_KEY: KEYS[0] ?? '', ENCRYPTION_MASTER_KEY_FILE: 'x' }, 'may be set'],
  ])('says what is wrong with a source of master keys: %s', (_what, env, fault) => {
    const faults = faultsOf(env as unknown as Record<string, string>);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('tells every faulty key at once, by line, and shows none', () => {
    const path = join(dir, 'keys.txt');
    writeFileSync(path, `${KEYS[0]}\nSECRET\n`);
    writeFileSync(join(dir, 'jwt.secret'), 'short');
    const faults = faultsOf({ ENCRYPTION_MASTER_KEY_FILE: path });
    expect(faults).toHaveLength(2);
    expect(faults[0]).toBe('ENCRYPTION_MASTER_KEY_FILE in line 2 must be exactly 32 bytes in base64');
    expect(faults.join()).not.toContain('SECRET');
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
