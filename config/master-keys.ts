import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { base64Key, Malformed, type Parser } from './parsers.ts';

export const KEY_BYTES = 32;

/** The current master key, and earlier ones that still open what they wrapped. */
export interface MasterKeys {
  readonly current: Uint8Array;
  readonly previous: readonly Uint8Array[];
}

/** A program and its arguments, run without a shell. */
export type Command = readonly [program: string, ...args: string[]];

/** How long the command may take, and how much it may say: a key service that hangs must not hold up the start for ever. */
const COMMAND_TIMEOUT_MS = 10_000;
const COMMAND_MAX_BYTES = 65_536;

/** Words between spaces; words with spaces in them as a JSON list. */
export const command: Parser<Command> = (text) => {
  const words = text.startsWith('[') ? jsonWords(text) : text.split(/\s+/);
  const [program, ...args] = words;
  if (program === undefined || program === '') throw new Malformed('must name a program');
  return [program, ...args];
};

function jsonWords(text: string): readonly string[] {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    throw new Malformed('must be words, or a list of texts in JSON');
  }
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Malformed('must be words, or a list of texts in JSON');
}

/** Keys in base64 with commas or white space between. */
export const keyList: Parser<readonly Uint8Array[]> = (text) =>
  text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(randomKey);

/**
 * Keys one a line: the first is the current one, the rest are earlier ones. Empty lines and those that begin with `#`
 * say nothing.
 * @throws Malformed
 */
export const masterKeys: Parser<MasterKeys> = (text) => {
  const lines = text.split('\n').map((line, index) => ({ text: line.trim(), number: index + 1 }));
  const keys = lines.filter((line) => line.text !== '' && !line.text.startsWith('#')).map(keyOfLine);
  const [current, ...previous] = keys;
  if (current === undefined) throw new Malformed('has no key in it');
  return { current, previous };
};

function keyOfLine({ text, number }: { text: string; number: number }): Uint8Array {
  try {
    return randomKey(text);
  } catch (error) {
    throw error instanceof Malformed ? new Malformed(`in line ${number} ${error.message}`) : error;
  }
}

/** A key as it must be: 32 bytes, and not a few that repeat. */
export const randomKey: Parser<Uint8Array> = (text) => {
  const key = base64Key(KEY_BYTES)(text);
  if (new Set(key).size < 8) throw new Malformed('is not random: it repeats a few characters');
  return key;
};

/** @throws Malformed that says what is wrong with the file, and shows nothing of it */
export function readMasterKeyFile(path: string): MasterKeys {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Malformed(`names a file that cannot be read (${codeOf(error)})`);
  }
  return masterKeys(text);
}

/** @throws Malformed that says how the command failed, and shows nothing of what it said */
export function runMasterKeyCommand([program, ...args]: Command): MasterKeys {
  const { error, status, signal, stdout } = spawnSync(program, args, {
    shell: false,
    encoding: 'utf8',
    timeout: COMMAND_TIMEOUT_MS,
    maxBuffer: COMMAND_MAX_BYTES,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (codeOf(error) === 'ETIMEDOUT') {
    throw new Malformed(`did not end within ${COMMAND_TIMEOUT_MS / 1_000} seconds`);
  }
  if (error !== undefined) throw new Malformed(`cannot be run (${codeOf(error)})`);
  if (status !== 0) throw new Malformed(`failed (${signal ?? `exit code ${status}`})`);
  return masterKeys(stdout);
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
