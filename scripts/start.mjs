import { existsSync } from 'node:fs';
import process from 'node:process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT } from './lib/run.mjs';

/**
 * `npm start`: installs and builds what is missing, takes `.env` when there is one (what is set already wins), and
 * becomes the server. The server runs in this very process, so that a signal to npm or to node reaches it and its
 * exit code is npm's.
 */
await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const settings = new URL('.env', ROOT);
  if (existsSync(settings)) process.loadEnvFile(settings);
  process.setSourceMapsEnabled(true);
  await import(new URL('dist/server/main.js', ROOT).href);
  return process.exitCode;
});
