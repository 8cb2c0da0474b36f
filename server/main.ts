import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ConfigError, loadConfig, resolveSecrets } from '../config/index.ts';
import { createLogger } from './adapters/logging/winston-logger.ts';
import { SystemClock } from './adapters/system/system-clock.ts';
import { compose, type EngagementServer } from './compose.ts';
import { WrongKeyError } from './ports/index.ts';

/** A stop that takes longer than this is not clean any more. */
const STOP_WITHIN_MS = 9_500;

/** The folder that the build makes; the product's own folder is around it. */
const builtDir = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<void> {
  const config = loadConfig();
  const secrets = resolveSecrets(config);
  const clock = new SystemClock();
  const logger = createLogger({ ...config.logs, clock });
  const publicDir = join(builtDir, 'public');
  const server = await compose({ config, secrets, logger, publicDir, version: productVersion(), clock });
  const signIn = await server.bootstrap();
  stopOnSignal(server);
  server.warmUp();
  process.on('SIGHUP', () => server.reloadCertificate());
  const { url } = await server.listen();
  for (const warning of config.warnings) say(`warning: ${warning}`);
  say(`demo shop   ${url}/demo`);
  say(`console     ${url}/console`);
  say(`API         ${url}/api/docs`);
  if (signIn !== undefined) {
    say(`sign in with ${signIn.email} and the password ${signIn.password} (shown this once)`);
  }
  say(`ready ${JSON.stringify({ url })}`);
}

function productVersion(): string {
  const manifest = JSON.parse(readFileSync(join(builtDir, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

function stopOnSignal(server: EngagementServer): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Why the server does not start, in words that hold no secret. */
function reasons(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.faults;
  if (error instanceof WrongKeyError) {
    return ['ENCRYPTION_MASTER_KEY is not the key that the stored data was encrypted with'];
  }
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return [`${error instanceof Error ? error.message : 'unknown failure'}${code}`];
}

main().catch((error) => {
  for (const reason of reasons(error)) process.stderr.write(`cannot start: ${reason}\n`);
  process.exit(1);
});
