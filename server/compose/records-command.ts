import { SystemClock } from '../adapters/system/system-clock.ts';
import { BackupFault } from '../ops/backup/format.ts';
import { acceptRecord, adoptRecords } from '../pipeline/record-settling.ts';
import { commandLogger, NO_METRICS } from './command-logger.ts';
import type { CommandContext } from './commands.ts';
import { type Guarded, openGuardedStores, requireSealed } from './guarded-stores.ts';

/**
 * `verify`, also beside a running server; `accept KIND ID` and `adopt` with the server stopped.
 * @throws BackupFault when a record is not what was written, or for a wrong call
 */
export async function recordsCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const [what, kind, id] = args;
  const guard = await openGuardedStores({
    ...context,
    ...{ clock: new SystemClock(), logger: commandLogger(() => {}), metrics: NO_METRICS },
    use: what === 'verify' ? 'beside' : 'server',
  });
  try {
    if (what === 'verify') await verify(guard, context);
    else if (what === 'adopt') context.out.write(`sealed ${await adoptRecords(guard)} records\n`);
    else if (what === 'accept' && kind !== undefined && id !== undefined) {
      if (!(await acceptRecord(guard, kind, id))) throw new BackupFault('there is no such record');
      context.out.write(`accepted ${kind} ${id} as it stands\n`);
    } else throw new BackupFault('say verify, adopt, or accept KIND ID');
  } finally {
    guard.floors.close();
    await guard.raw.close();
  }
}

async function verify(guard: Guarded, { out }: CommandContext): Promise<void> {
  // A key that is made anew here would hide that the old one is gone.
  await requireSealed(guard.raw);
  let faults = 0;
  for await (const { kind, id, fault } of guard.faults()) {
    faults += 1;
    out.write(`${kind} ${id}: ${fault}\n`);
  }
  if (faults > 0) throw new BackupFault(`${faults} records are not what was written`);
  out.write('every record is what was written\n');
}
