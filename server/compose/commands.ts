import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Config, Secrets } from '../../config/index.ts';
import { createMasterKeyRing } from '../adapters/crypto/master-key-ring.ts';
import { createNodeCipher } from '../adapters/crypto/node-cipher.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import { backUp } from '../ops/backup/backup.ts';
import { BackupFault } from '../ops/backup/format.ts';
import { backupsIn, folderOf, newestBackup } from '../ops/backup/places.ts';
import { type OpenBackup, openBackup, verifyBackup } from '../ops/backup/read-backup.ts';
import { restoreRows } from '../ops/backup/restore.ts';
import { settleRestored } from '../ops/backup/settle-restored.ts';
import { Progress, type ProgressOutput } from '../ops/progress.ts';
import { sealErasureList, settleFloors } from '../pipeline/record-settling.ts';
import type { KeyRing } from '../ports/index.ts';
import { commandLogger, NO_METRICS } from './command-logger.ts';
import { composeErasables } from './erasables.ts';
import { openGuardedStores } from './guarded-stores.ts';
import { openArchive } from './stores.ts';

/** What a command has at hand. */
export interface CommandContext {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly now: () => number;
  readonly out: ProgressOutput;
  readonly progress: ProgressOutput;
}

/** `--to DIR [--keys-to DIR] [--keys-only]` */
export async function backupCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { to: { type: 'string' }, 'keys-to': { type: 'string' }, 'keys-only': { type: 'boolean' } },
  });
  const to = required(values.to, '--to DIR');
  const archive = await openArchive(context.config);
  const progress = new Progress('backup', context.progress, context.now);
  const { cipher, current } = backupKeys(context);
  try {
    const { data, keys, destroyedKeyBackups } = await backUp(
      {
        archive,
        to,
        keysTo: values['keys-to'] === undefined ? to : resolve(values['keys-to']),
        keysOnly: values['keys-only'] === true,
        tail: Buffer.from(cipher.newKey()).toString('hex').slice(0, 8),
      },
      { cipher, keyRing: current, now: context.now, onProgress: (done, total) => progress.show(done, total) },
    );
    progress.end();
    if (data !== undefined) say(context, `data: ${data.rows} rows in ${data.bytes} bytes, ${data.id}`);
    say(context, `keys: ${keys.rows} rows in ${keys.bytes} bytes, ${keys.id}`);
    say(context, `older backups of the keys destroyed: ${destroyedKeyBackups}`);
  } finally {
    await archive.close();
  }
}

/** `--from DIR [--backup ID] [--keys-from DIR] [--force]` */
export async function restoreCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      backup: { type: 'string' },
      'keys-from': { type: 'string' },
      force: { type: 'boolean' },
    },
  });
  const from = required(values.from, '--from DIR');
  const keysFrom = values['keys-from'] === undefined ? from : resolve(values['keys-from']);
  const data = await opened(
    values.backup === undefined ? await newestBackup(from, 'data') : folderOf(from, 'data', values.backup),
    context,
  );
  const keys = await opened(await newestBackup(keysFrom, 'keys'), context);
  const guard = await openGuardedStores({
    ...context,
    ...{ clock: new SystemClock(), logger: commandLogger((line) => say(context, line)) },
    ...{ metrics: NO_METRICS, use: 'restore' },
  });
  const { stores } = guard;
  const archive = await openArchive(context.config);
  const progress = new Progress('restore', context.progress, context.now);
  try {
    const onProgress = (done: number, total: number) => progress.show(done, total);
    await restoreRows({ archive, data, keys, force: values.force === true, onProgress });
    progress.end();
    const left = await settleFloors(guard);
    const foreign = await sealErasureList(guard);
    if (foreign > 0) say(context, `erasures of before that were under another key, and count: ${foreign}`);
    if (left > 0) say(context, `records that are not what was written, and are not used: ${left}`);
    const settled = await settleRestored({
      stores,
      erasables: composeErasables({ stores }, { flushActivity: async () => {}, others: [] }),
      now: context.now,
    });
    await archive.noteRestore(undefined);
    say(
      context,
      `restored ${data.manifest.rows} rows of ${data.manifest.startedAt}, keys of ${keys.manifest.startedAt}`,
    );
    say(
      context,
      `erased again ${settled.erased}, without a key ${settled.withoutKey}, expired ${settled.expired}`,
    );
  } finally {
    await archive.close();
    guard.floors.close();
    await stores.close();
  }
}

/** `DIR`: checks every finished backup in it. */
export async function verifyBackupCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], options: {}, allowPositionals: true });
  const dir = required(positionals[0], 'DIR');
  let faults = 0;
  let found = 0;
  for (const part of ['data', 'keys'] as const) {
    for (const id of await backupsIn(dir, part, 'finished')) {
      found += 1;
      try {
        await verifyBackup(await opened(folderOf(dir, part, id), context));
        say(context, `${part}-${id}: good`);
      } catch (error) {
        if (!(error instanceof BackupFault)) throw error;
        faults += 1;
        say(context, `${part}-${id}: ${error.message}`);
      }
    }
  }
  if (found === 0) throw new BackupFault('there is no finished backup in the folder');
  if (faults > 0) throw new BackupFault(`${faults} of ${found} are not good`);
}

/** The backup key wraps when there is one; backups from before it was set are under the master key. */
function backupKeys({ config, secrets }: CommandContext) {
  const cipher = createNodeCipher();
  const master = createMasterKeyRing(
    { current: secrets.masterKey, previous: secrets.previousMasterKeys },
    cipher,
  );
  const own = config.security.backupKey?.reveal();
  const rings: readonly KeyRing[] =
    own === undefined ? [master] : [createMasterKeyRing({ current: own, previous: [] }, cipher), master];
  return { cipher, rings, current: rings[0] ?? master };
}

function opened(folder: string, context: CommandContext): Promise<OpenBackup> {
  const { cipher, rings } = backupKeys(context);
  return openBackup(folder, { cipher, keyRings: rings });
}

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new BackupFault(`${name} is missing`);
  return resolve(value);
}

function say({ out }: CommandContext, line: string): void {
  out.write(`${line}\n`);
}
