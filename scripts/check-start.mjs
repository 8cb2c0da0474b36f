import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { main, ROOT, StepError, say } from './lib/run.mjs';

const FIRST_START_MS = 300_000;
const SECOND_START_MS = 3_000;
const STOP_MS = 10_000;
const PAGES = [
  '/health/live',
  '/health/ready',
  '/metrics',
  '/demo',
  '/console',
  '/widget.js',
  '/api/openapi.json',
];

/**
 * Starts the product as a newcomer does (`npm start`, an empty data folder) and stops it as a supervisor does:
 * ready line, pages, SIGTERM to npm and to node, a quick second start, and the refusal of a bad configuration.
 */
await main(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'check-start-'));
  try {
    await startsAndStops({ dataDir, withinMs: FIRST_START_MS, stop: (npm) => npm.kill('SIGTERM') });
    await startsAndStops({
      dataDir,
      withinMs: SECOND_START_MS,
      stop: (_npm, pid) => process.kill(pid, 'SIGTERM'),
    });
    await refusesBadConfiguration(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

async function startsAndStops({ dataDir, withinMs, stop }) {
  const startedAt = Date.now();
  const npm = npmStart({ DATA_DIR: dataDir, PORT: '0' });
  try {
    const { url } = await npm.ready(withinMs);
    say(`ready after ${Date.now() - startedAt} ms`);
    for (const page of PAGES) await expectOk(`${url}${page}`);
    const stoppedAt = Date.now();
    stop(npm.process, npm.serverPid());
    const code = await npm.ended(STOP_MS);
    if (code !== 0) throw new StepError(`a stopped server ended with ${code} instead of 0`);
    say(`stopped after ${Date.now() - stoppedAt} ms`);
  } finally {
    npm.process.kill('SIGKILL');
  }
}

async function refusesBadConfiguration(dataDir) {
  const npm = npmStart({ DATA_DIR: dataDir, PORT: '70000', TRUST_PROXY: 'x', NODE_ENV: 'production' });
  const code = await npm.ended(STOP_MS);
  const named = ['PORT', 'TRUST_PROXY', 'ENCRYPTION_MASTER_KEY', 'JWT_SECRET'];
  const missing = named.filter((name) => !npm.output().includes(name));
  if (code !== 1 || missing.length > 0) {
    throw new StepError(`a bad configuration ended with ${code} and did not name: ${missing.join(', ')}`);
  }
  say('a bad configuration is refused with all its faults');
}

async function expectOk(url) {
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new StepError(`${new URL(url).pathname} answered ${response.status}`);
}

/** `npm start` with only these settings: what the caller's environment configures stays out. */
function npmStart(settings) {
  const { PATH, HOME, npm_execpath: npmPath } = process.env;
  const [command, ...args] = npmPath?.endsWith('.js')
    ? [process.execPath, npmPath, 'start']
    : ['npm', 'start'];
  const child = spawn(command, args, { cwd: ROOT, env: { PATH, HOME, ...settings } });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const exit = new Promise((resolve) => child.once('close', resolve));
  return {
    process: child,
    output: () => output,
    ready: (withinMs) => waitFor(() => readyLine(output), { withinMs, exit, output: () => output }),
    ended: (withinMs) => within(exit, withinMs, () => `did not end in ${withinMs} ms:\n${output}`),
    serverPid: () => serverPidBelow(child.pid),
  };
}

function readyLine(output) {
  const line = /^ready (\{.*\})$/m.exec(output)?.[1];
  return line === undefined ? undefined : JSON.parse(line);
}

/** Looks until there is an answer, the process has ended, or the time is up. */
async function waitFor(look, { withinMs, exit, output }) {
  let ended = false;
  exit.then(() => {
    ended = true;
  });
  for (const end = Date.now() + withinMs; Date.now() < end && !ended; ) {
    const answer = look();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new StepError(`${ended ? 'ended before it was ready' : `not ready in ${withinMs} ms`}:\n${output()}`);
}

async function within(promise, ms, message) {
  let timer;
  const timeout = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new StepError(message())), ms);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/** npm's one child, from the process table; where there is none (not Linux), npm itself passes the signal on. */
function serverPidBelow(npmPid) {
  try {
    return (
      Number(readFileSync(`/proc/${npmPid}/task/${npmPid}/children`, 'utf8').trim().split(' ')[0]) || npmPid
    );
  } catch {
    return npmPid;
  }
}
