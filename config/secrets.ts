import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import {
  KEY_BYTES,
  type MasterKeys,
  masterKeys,
  readMasterKeyFile,
  runMasterKeyCommand,
} from './master-keys.ts';
import { atLeastBytes, Malformed, type Parser } from './parsers.ts';
import { JWT_SECRET_MIN_BYTES } from './variables.ts';

/** The keys in force. */
export interface Secrets {
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** They open what they wrapped, until a rotation has put it under the current one. */
  readonly previousMasterKeys: readonly Uint8Array[];
  readonly jwtSecret: string;
}

/** A key that is made here when none is configured. */
interface LocalKey<T> {
  readonly file: string;
  readonly bytes: number;
  readonly parse: Parser<T>;
  /** Where this file is, the key was made before: it is lost, and a new one would open nothing. */
  readonly madeBefore?: string;
}

const MASTER_KEY: LocalKey<MasterKeys> = {
  file: 'master.key',
  bytes: KEY_BYTES,
  parse: masterKeys,
  madeBefore: 'keys.db',
};
const JWT_SECRET: LocalKey<string> = {
  file: 'jwt.secret',
  bytes: 48,
  parse: atLeastBytes(JWT_SECRET_MIN_BYTES),
};

/**
 * The configured keys; those that are not configured are read from `DATA_DIR`, and made there once if there is
 * no file. An existing file is never written to: what was encrypted under a damaged key is readable again once
 * the file is restored from a copy.
 * @throws ConfigError with every fault: a source that gives no key, a key file that is damaged or cannot be made
 */
export function resolveSecrets(config: Pick<Config, 'security' | 'store'>): Secrets {
  const faults: string[] = [];
  const collect = <T>(read: () => T, asFault: (error: unknown) => string): T | undefined => {
    try {
      return read();
    } catch (error) {
      faults.push(asFault(error));
      return undefined;
    }
  };
  const local = <T>(key: LocalKey<T>): T | undefined =>
    collect(
      () => readOrMake(config.store.dataDir, key),
      (error) => faultOf(error, key.file),
    );
  const { security } = config;
  const source = masterKeySource(security);
  const keys = source === undefined ? local(MASTER_KEY) : collect(source.read, prefixed(source.name));
  const jwtSecret = security.jwtSecret?.reveal() ?? local(JWT_SECRET);
  if (keys === undefined || jwtSecret === undefined) throw new ConfigError(faults);
  const previous = security.previousMasterKeys?.reveal() ?? [];
  return { masterKey: keys.current, previousMasterKeys: [...keys.previous, ...previous], jwtSecret };
}

/** Where the configuration says that the master key comes from; `loadConfig` lets it say one place alone. */
function masterKeySource(security: Config['security']): { name: string; read: () => MasterKeys } | undefined {
  const { masterKey, masterKeyFile, masterKeyCommand } = security;
  if (masterKey !== undefined) {
    return { name: 'ENCRYPTION_MASTER_KEY', read: () => ({ current: masterKey.reveal(), previous: [] }) };
  }
  if (masterKeyFile !== undefined) {
    return { name: 'ENCRYPTION_MASTER_KEY_FILE', read: () => readMasterKeyFile(masterKeyFile) };
  }
  if (masterKeyCommand === undefined) return undefined;
  return {
    name: 'ENCRYPTION_MASTER_KEY_COMMAND',
    read: () => runMasterKeyCommand(masterKeyCommand.reveal()),
  };
}

function prefixed(name: string): (error: unknown) => string {
  return (error) => {
    if (error instanceof Malformed) return `${name} ${error.message}`;
    throw error;
  };
}

function readOrMake<T>(dataDir: string, key: LocalKey<T>): T {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, key.file);
  const text = readIfThere(path);
  if (text !== undefined) return key.parse(text.trim());
  if (key.madeBefore !== undefined && existsSync(join(dataDir, key.madeBefore))) throw new LostKey();
  return key.parse(makeFile(path, randomBytes(key.bytes).toString('base64')));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes beside the file and links it into place: it appears whole or not at all, also after a crash, and of two
 * servers that start at once one makes it and the other reads that one.
 */
function makeFile(path: string, text: string): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
    linkSync(draft, path);
    return text;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8');
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

/** There is data that a key has encrypted, and the key is gone. */
class LostKey extends Error {}

function faultOf(error: unknown, file: string): string {
  if (error instanceof LostKey) {
    return `${file} in DATA_DIR is missing although there is data that it encrypted: restore it from a copy`;
  }
  if (error instanceof Malformed) {
    return `${file} in DATA_DIR is damaged (it ${error.message}): restore it from a copy; it is not overwritten`;
  }
  const code = codeOf(error);
  if (code === undefined) throw error;
  return `${file} in DATA_DIR can be neither read nor made (${code})`;
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
