import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, runNpm, StepError, say } from './run.mjs';

const LOCK_FILE = new URL('package-lock.json', ROOT);
/** npm's own note of what it has installed. */
const INSTALLED_FILE = new URL('node_modules/.package-lock.json', ROOT);
const STAMP_FILE = new URL('node_modules/.cache/engagement-install.json', ROOT);

/**
 * Installs what package-lock.json names, unless that is there already.
 * @returns whether anything was installed
 */
export async function ensureInstalled() {
  const lock = readFileSync(LOCK_FILE, 'utf8');
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (readJson(STAMP_FILE)?.lock === wanted && readJson(INSTALLED_FILE) !== undefined) return false;
  if (installedMatches(JSON.parse(lock))) {
    writeStamp(wanted);
    return false;
  }
  say('Installing packages (once, and again when package-lock.json changes) ...');
  const { code, output } = await installExactly();
  if (code !== 0) throw new StepError(`${output.trimEnd()}\nThe packages could not be installed.`, code);
  writeStamp(wanted);
  return true;
}

/**
 * `npm ci`, and where it declines the lock file as incomplete (EUSAGE: written against a registry that lacks the
 * packages of other platforms), `npm install`, which takes the same versions and checks the same hashes.
 */
async function installExactly() {
  // The build needs the development packages, whatever NODE_ENV says.
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const exact = await runNpm(['ci', ...flags], { quiet: true });
  if (exact.code === 0 || !exact.output.includes('code EUSAGE')) return exact;
  return runNpm(['install', '--no-save', ...flags], { quiet: true });
}

/** Whether someone has run npm by hand and everything that the lock file names is there in its version. */
function installedMatches(lock) {
  const installed = readJson(INSTALLED_FILE)?.packages;
  if (installed === undefined) return false;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || wanted.optional || wanted.peer) return true;
    return installed[path]?.version === wanted.version;
  });
}

function writeStamp(lock) {
  mkdirSync(dirname(fileURLToPath(STAMP_FILE)), { recursive: true });
  writeFileSync(STAMP_FILE, JSON.stringify({ lock }));
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
