import { rmSync } from 'node:fs';
import { ensureInstalled } from './install.mjs';
import { main, ROOT } from './run.mjs';

/** Installs from nothing, whatever is there, as on a fresh clone. */
await main(async () => {
  rmSync(new URL('node_modules/.package-lock.json', ROOT), { force: true });
  await ensureInstalled();
});
