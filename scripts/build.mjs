import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, say } from './lib/run.mjs';

/** `npm run build`: installs and builds what is missing or has changed. */
await main(async () => {
  await ensureInstalled();
  if (!(await ensureBuilt())) say('Everything is built already.');
});
