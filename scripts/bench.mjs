import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT, StepError } from './lib/run.mjs';

/** `npm run bench <name> [arguments]`: builds, then runs dist/bench/<name>/main.js in this process. */
await main(async () => {
  const name = process.argv[2] ?? '';
  await ensureInstalled();
  await ensureBuilt();
  const program = new URL(`dist/bench/${name}/main.js`, ROOT);
  if (!/^[\w-]+$/.test(name) || !existsSync(program))
    throw new StepError(`npm run bench NAME, where NAME is: ${names()}`);
  process.argv.splice(2, 1);
  await import(program.href);
  return process.exitCode;
});

function names() {
  const folder = new URL('dist/bench/', ROOT);
  if (!existsSync(folder)) return '(there is none yet)';
  const found = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/main.js`, folder)));
  return found.join(', ');
}
