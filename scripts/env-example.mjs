import { readFileSync, writeFileSync } from 'node:fs';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT, say } from './lib/run.mjs';

/** `npm run env:example`: writes `.env.example` from the table of variables. */
await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const { envExample } = await import(new URL('dist/config/index.js', ROOT).href);
  writeFileSync(new URL('.env.example', ROOT), envExample());
  say(
    `.env.example written: ${readFileSync(new URL('.env.example', ROOT), 'utf8').split('\n').length} lines`,
  );
});
