import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { authorizationsPage } from './lib/authorizations-page.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { errorsPage } from './lib/errors-page.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT, StepError, say } from './lib/run.mjs';

/** Files that are written from the code, and compared with it by tests. */
const FILES = {
  env: { path: '.env.example', module: 'dist/config/index.js', text: ({ envExample }) => envExample() },
  errors: {
    path: 'docs/ERRORS.md',
    module: 'dist/shared/protocol/index.js',
    text: ({ ERRORS }) => errorsPage(ERRORS),
  },
  authorizations: {
    path: 'docs/AUTHORIZATIONS.md',
    module: 'dist/server/edge/authorization-table.js',
    text: authorizationsPage,
  },
};

/** `npm run env:example`, `npm run docs:errors` and `npm run docs:authorizations`: writes one of them. */
await main(async () => {
  const file = FILES[process.argv[2]];
  if (file === undefined) throw new StepError(`one of: ${Object.keys(FILES).join(', ')}`);
  await ensureInstalled();
  await ensureBuilt();
  const module = await import(new URL(file.module, ROOT).href);
  mkdirSync(new URL('docs/', ROOT), { recursive: true });
  writeFileSync(new URL(file.path, ROOT), file.text(module));
  say(`${file.path} written`);
});
