import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, run, say } from './lib/run.mjs';
import { leftOut, totals } from './lib/test-report.mjs';

/** More workers than this compete for the disk, and each holds a whole server. */
const MOST_WORKERS = 6;

/** A folder in memory, on Linux: every write of a store would otherwise wait for a disk. */
const MEMORY = '/dev/shm';
/** What all tests together keep there at a time, several times over. */
const MEMORY_NEEDED_BYTES = 2 ** 31;

/**
 * `npm test [jest arguments]`: installs and builds what is missing, runs every test that this machine can run, and
 * names what it could not, and why. With `TEST_REPORT` set, jest's JSON report is kept there. What tests write is in
 * memory, where there is room and `TMPDIR` names no other place.
 */
await main(async () => {
  await ensureInstalled();
  // Page tests need the built pages, process tests the built server.
  await ensureBuilt();
  const folder = mkdtempSync(join(scratchFolder(), 'engagement-tests-'));
  const report = process.env.TEST_REPORT || join(folder, 'report.json');
  try {
    const workers = Math.max(2, Math.min(MOST_WORKERS, availableParallelism() - 1));
    const jest = [
      'node_modules/jest/bin/jest.js',
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${report}`,
    ];
    const { code } = await run(process.execPath, [...jest, ...process.argv.slice(2)], {
      hide: 'stdout',
      env: { ...process.env, TMPDIR: folder },
    });
    summarise(report);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function scratchFolder() {
  return process.env.TMPDIR || (hasRoom(MEMORY) ? MEMORY : tmpdir());
}

function hasRoom(path) {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= MEMORY_NEEDED_BYTES;
  } catch {
    return false;
  }
}

function summarise(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    say('jest ended without a report.');
    return;
  }
  for (const { reason, count } of leftOut(report))
    say(`Left out, ${count} ${count === 1 ? 'test' : 'tests'}: ${reason}`);
  process.stdout.write(`${totals(report)}\n`);
}
