import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const PROJECT = resolve(__dirname, '../..');
const CACHE = join(PROJECT, 'node_modules/.cache');

/**
 * No flag here weakens what the tests look at (same-origin rules, CSP, site isolation). `--no-sandbox`: Chromium
 * refuses its own sandbox when it runs as root, as it does in a container. The rest keeps it off the network.
 */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

interface Program {
  readonly path: string;
  readonly env: Record<string, string>;
}

const NONE = 'Browser tests left out: Chromium does not run here';

/**
 * Why there is no browser to test with, or undefined when there is one; known before any test runs, so that a
 * `describe` can be skipped by it.
 * @throws Error when there is none although `REQUIRE_BROWSER=1` asks for one
 */
export function browserSkipReason(): string | undefined {
  const fault = browserFault();
  if (fault === undefined) return undefined;
  if (process.env.REQUIRE_BROWSER === '1') throw new Error(`${NONE} (REQUIRE_BROWSER is set): ${fault}`);
  return `${NONE}: ${fault}`;
}

/**
 * Starts a headless Chromium: the program that `CHROMIUM_PATH` names, else the one inside the registry package,
 * which is unpacked once per version. The caller closes it.
 * @throws Error when it cannot start; the message says why
 */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = findProgram();
  return chromium.launch({ executablePath: path, args: ARGS, env });
}

/** Asks the program for its version: that loads it and every library it needs. */
function browserFault(): string | undefined {
  try {
    const { path, env } = findProgram();
    execFileSync(path, ['--version'], { env, timeout: 20_000, stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error);
  }
}

function findProgram(): Program {
  const env = stringsOf(process.env);
  const own = env.CHROMIUM_PATH;
  if (own !== undefined && own !== '') return { path: own, env };
  const folder = unpackedBrowser();
  return { path: join(folder, 'chromium'), env: { ...env, ...libraryPaths(folder) } };
}

/** The folder of the unpacked program. Several test processes may arrive at once: the first rename wins. */
function unpackedBrowser(): string {
  const folder = join(CACHE, `chromium-${packageVersion()}`);
  if (existsSync(join(folder, 'chromium'))) return folder;
  mkdirSync(CACHE, { recursive: true });
  const staging = mkdtempSync(join(CACHE, 'chromium-unpacking-'));
  try {
    execFileSync(process.execPath, [join(PROJECT, 'scripts/lib/unpack-browser.mjs')], {
      cwd: PROJECT,
      env: { ...process.env, TMPDIR: staging },
      stdio: 'pipe',
    });
    writeFileSync(join(staging, 'fonts/fonts.conf'), fontsConfiguration(folder));
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(join(folder, 'chromium'))) throw error;
  }
  return folder;
}

/** The package's own file looks for fonts where Lambda has them; a machine without any needs the unpacked one. */
function fontsConfiguration(folder: string): string {
  const folders = [join(folder, 'fonts/fonts'), '/usr/share/fonts', '/usr/local/share/fonts'];
  const cache = join(folder, 'fonts-cache');
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    ...folders.map((path) => `  <dir>${path}</dir>`),
    `  <cachedir>${cache}</cachedir>`,
    '</fontconfig>',
    '',
  ].join('\n');
}

function packageVersion(): string {
  const path = join(PROJECT, 'node_modules/@sparticuz/chromium/package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}

/** The package's own libraries come last: those of the machine, where it has them, fit it better. */
function libraryPaths(folder: string): Record<string, string> {
  const machine = process.env.LD_LIBRARY_PATH;
  const bundled = join(folder, 'al2023/lib');
  return {
    LD_LIBRARY_PATH: machine === undefined || machine === '' ? bundled : `${machine}:${bundled}`,
    FONTCONFIG_PATH: process.env.FONTCONFIG_PATH ?? join(folder, 'fonts'),
  };
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
