import { existsSync } from 'node:fs';
import process from 'node:process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT } from './lib/run.mjs';

/** `npm run backup` and the like: what is done beside the server, with the same `.env`. The first argument names the command. */
await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const settings = new URL('.env', ROOT);
  if (existsSync(settings)) process.loadEnvFile(settings);
  process.setSourceMapsEnabled(true);
  await import(new URL('dist/server/commands.js', ROOT).href);
  return process.exitCode;
});
