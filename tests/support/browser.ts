import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
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

/** A browser that runs, or the reason why none does. */
export type BrowserLaunch =
  | { readonly ok: true; readonly browser: Browser }
  | { readonly ok: false; readonly reason: string };

/**
 * Starts a headless Chromium: the program that `CHROMIUM_PATH` names, else the one inside the registry package,
 * which is unpacked once per version. The caller closes it.
 * @throws when it cannot start; the message says why
 */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env.CHROMIUM_PATH;
  if (own !== undefined && own !== '') return chromium.launch({ executablePath: own, args: ARGS });
  const folder = await unpackedBrowser();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: ARGS,
    env: { ...stringsOf(process.env), ...libraryPaths(folder) },
  });
}

/**
 * As {@link launchBrowser}, but a machine without a usable browser gets the reason instead of an error, so that a
 * suite can leave itself out and say so. With `REQUIRE_BROWSER=1` that is an error after all.
 */
export async function tryLaunchBrowser(): Promise<BrowserLaunch> {
  try {
    return { ok: true, browser: await launchBrowser() };
  } catch (error) {
    const reason = `Chromium did not start: ${firstLines(error)}`;
    if (process.env.REQUIRE_BROWSER === '1') throw new Error(reason, { cause: error });
    return { ok: false, reason };
  }
}

/** The folder of the unpacked program. Several test processes may arrive at once: the first rename wins. */
async function unpackedBrowser(): Promise<string> {
  const folder = join(CACHE, `chromium-${packageVersion()}`);
  if (existsSync(join(folder, 'chromium'))) return folder;
  await mkdir(CACHE, { recursive: true });
  const staging = await mkdtemp(join(CACHE, 'chromium-unpacking-'));
  try {
    await promisify(execFile)(process.execPath, [join(PROJECT, 'scripts/lib/unpack-browser.mjs')], {
      cwd: PROJECT,
      env: { ...process.env, TMPDIR: staging },
    });
    await writeFile(join(staging, 'fonts/fonts.conf'), fontsConfiguration(folder));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
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

function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').slice(0, 6).join('\n');
}
