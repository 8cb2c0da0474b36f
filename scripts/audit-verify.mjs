import { existsSync } from 'node:fs';
import process from 'node:process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT } from './lib/run.mjs';

/** `npm run audit:verify`: checks the audit log on the configured store, with the server's own settings. */
await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const settings = new URL('.env', ROOT);
  if (existsSync(settings)) process.loadEnvFile(settings);
  const { auditVerify } = await import(new URL('dist/server/commands/audit-verify.js', ROOT).href);
  return auditVerify(process.argv.slice(2));
});
