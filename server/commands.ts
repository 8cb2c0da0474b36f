import process from 'node:process';
import { ConfigError, loadConfig, resolveSecrets } from '../config/index.ts';
import { SystemClock } from './adapters/system/system-clock.ts';
import {
  backupCommand,
  type CommandContext,
  restoreCommand,
  verifyBackupCommand,
} from './compose/commands.ts';
import { keysCommand } from './compose/key-command.ts';
import { recordsCommand } from './compose/records-command.ts';

const COMMANDS: Readonly<
  Record<string, (args: readonly string[], context: CommandContext) => Promise<void>>
> = {
  backup: backupCommand,
  restore: restoreCommand,
  'backup:verify': verifyBackupCommand,
  keys: keysCommand,
  records: recordsCommand,
};

/** `node dist/server/commands.js NAME ...`: what is done beside the server, with its configuration. */
async function main(): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined)
    throw new Error(`there is no such command; there are ${Object.keys(COMMANDS).join(', ')}`);
  const config = loadConfig();
  const secrets = resolveSecrets(config);
  const clock = new SystemClock();
  await command(args, {
    config,
    secrets,
    now: () => clock.now(),
    out: process.stdout,
    progress: process.stderr,
  });
}

main().catch((error) => {
  const reasons =
    error instanceof ConfigError ? error.faults : [error instanceof Error ? error.message : 'unknown'];
  for (const reason of reasons) process.stderr.write(`failed: ${reason}\n`);
  process.exitCode = 1;
});
