import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, run, say } from './lib/run.mjs';
import { leftOut, totals } from './lib/test-report.mjs';

/** More workers than this compete for the disk, and each holds a whole server. */
const MOST_WORKERS = 6;

/**
 * `npm test [jest arguments]`: installs and builds what is missing, runs every test that this machine can run, and
 * names what it could not, and why. With `TEST_REPORT` set, jest's JSON report is kept there.
 */
await main(async () => {
  await ensureInstalled();
  // Page tests need the built pages, process tests the built server.
  await ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'));
  const report = process.env.TEST_REPORT || join(folder, 'report.json');
  try {
    const workers = Math.max(2, Math.min(MOST_WORKERS, availableParallelism() - 1));
    const jest = [
      'node_modules/jest/bin/jest.js',
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${report}`,
    ];
    const { code } = await run(process.execPath, [...jest, ...process.argv.slice(2)], { hide: 'stdout' });
    summarise(report);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

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
