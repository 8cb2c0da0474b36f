import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { ROOT, run, StepError, say } from './run.mjs';

const DIST = new URL('dist/', ROOT);
const STAMP_FILE = new URL('.build.json', DIST);
const SERVER_FOLDERS = ['shared', 'config', 'server', 'bench'];
const PAGE_FOLDERS = ['widget', 'console'];
const NOT_SOURCES = new Set(['node_modules', 'dist']);

/**
 * Builds what has changed since it was last built: the server (TypeScript), and one part for each Vite
 * configuration. What is up to date is known by the hash of its sources, so a checkout or a touched file rebuilds
 * nothing.
 * @returns whether anything was built
 */
export async function ensureBuilt() {
  const built = readStamp();
  const stale = listParts().filter((part) => built[part.name] !== part.hash || !existsSync(part.result));
  if (stale.length === 0) return false;
  say(`Building ${stale.map((part) => part.title).join(', ')} ...`);
  // One after the other would leave a core idle; the compiler and one bundler at a time fit two.
  const pages = stale.filter((part) => part.name !== 'server');
  const server = stale.find((part) => part.name === 'server');
  const results = await Promise.allSettled([server && build(server), buildInTurn(pages)]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return true;
}

async function buildInTurn(parts) {
  for (const part of parts) await build(part);
}

async function build(part) {
  const startedAt = Date.now();
  part.prepare?.();
  const { code, output } = await run(process.execPath, part.args, { quiet: true });
  if (code !== 0) {
    throw new StepError(`${output.trimEnd()}\nThe build of ${part.title} failed (exit code ${code}).`, code);
  }
  if (output.trim() !== '') say(output.trimEnd());
  writeStamp(part);
  say(`  ${part.title}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** What there is to build: its name in the stamp, the hash of its sources, how, and a file that must come out. */
function listParts() {
  const shared = hashOf(['shared', 'package-lock.json', 'tsconfig.json']);
  return [serverPart(), ...PAGE_FOLDERS.flatMap((folder) => pageParts(folder, shared))];
}

function serverPart() {
  return {
    name: 'server',
    title: 'the server',
    hash: hashOf([...SERVER_FOLDERS, 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']),
    result: new URL('server/main.js', DIST),
    args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    // A module that is gone from the sources must be gone from the build.
    prepare: () => {
      for (const folder of SERVER_FOLDERS) rmSync(new URL(folder, DIST), { recursive: true, force: true });
    },
  };
}

function pageParts(folder, shared) {
  if (!existsSync(new URL(folder, ROOT))) return [];
  const configs = readdirSync(new URL(folder, ROOT)).filter((name) => /^vite.*\.config\.ts$/.test(name));
  const hash = hashOf([folder], shared);
  return configs.sort().map((config) => ({
    name: `${folder}/${config}`,
    title: [folder, config.split('.').slice(1, -2).join('.')].filter(Boolean).join(' '),
    hash,
    result: new URL('public/', DIST),
    args: ['node_modules/vite/bin/vite.js', 'build', '-c', `${folder}/${config}`, '--logLevel', 'warn'],
  }));
}

/** SHA-256 over the names and contents of the files at the paths. */
function hashOf(paths, seed = '') {
  const hash = createHash('sha256').update(`${seed} ${process.versions.node.split('.')[0]}`);
  for (const path of paths) {
    for (const file of filesBelow(path)) hash.update(`\0${file}\0`).update(readFileSync(new URL(file, ROOT)));
  }
  return hash.digest('hex');
}

function filesBelow(path) {
  const url = new URL(path, ROOT);
  if (!existsSync(url)) return [];
  try {
    const entries = readdirSync(url).filter((name) => !NOT_SOURCES.has(name));
    return entries.sort().flatMap((name) => filesBelow(`${path}/${name}`));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP_FILE, 'utf8'));
  } catch {
    return {};
  }
}

/** Read and written within one turn of the event loop, so that two parts that end together both stay. */
function writeStamp(part) {
  mkdirSync(DIST, { recursive: true });
  const draft = new URL(`.build.${process.pid}.new`, DIST);
  writeFileSync(draft, JSON.stringify({ ...readStamp(), [part.name]: part.hash }, undefined, 2));
  renameSync(draft, STAMP_FILE);
}
