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
import { atLeastBytes, base64Key, Malformed, type Parser } from './parsers.ts';
import { JWT_SECRET_MIN_BYTES, KEY_BYTES } from './variables.ts';

/** The keys in force. */
export interface Secrets {
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
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

const MASTER_KEY: LocalKey<Uint8Array> = {
  file: 'master.key',
  bytes: KEY_BYTES,
  parse: base64Key(KEY_BYTES),
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
 * @throws ConfigError when a key file is damaged or cannot be read or made
 */
export function resolveSecrets(config: Pick<Config, 'security' | 'store'>): Secrets {
  const faults: string[] = [];
  const local = <T>(key: LocalKey<T>): T | undefined => {
    try {
      return readOrMake(config.store.dataDir, key);
    } catch (error) {
      faults.push(faultOf(error, key.file));
      return undefined;
    }
  };
  const masterKey = config.security.masterKey?.reveal() ?? local(MASTER_KEY);
  const jwtSecret = config.security.jwtSecret?.reveal() ?? local(JWT_SECRET);
  if (masterKey === undefined || jwtSecret === undefined) throw new ConfigError(faults);
  return { masterKey, jwtSecret };
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
