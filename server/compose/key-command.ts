import { MemoryChangeBus } from '../adapters/memory/change-bus.ts';
import { RandomIds } from '../adapters/system/random-ids.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import { INSTANCE, type KeyRotation } from '../domain/index.ts';
import { AuditChainer, createAudit } from '../features/audit/index.ts';
import { BackupFault } from '../ops/backup/format.ts';
import { Progress } from '../ops/progress.ts';
import type { Stores } from '../ports/index.ts';
import { commandLogger, NO_METRICS } from './command-logger.ts';
import type { CommandContext } from './commands.ts';
import { openGuardedStores } from './guarded-stores.ts';
import { composeKeys } from './keys.ts';

const LOOK_EVERY_MS = 200;
const PAGE = 200;

/**
 * `status`, `rotate-master`, or `rotate-account ACCOUNT`; also beside a running server. A rotation that is cut off is
 * taken up by the server, or by the next call.
 */
export async function keysCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const [what, accountId] = args;
  const { stores, floors, keys, keyRotations } = await composed(context);
  try {
    if (what === 'status') await status(keys, stores, context);
    else if (what === 'rotate-master') await rotate(keyRotations, INSTANCE, context);
    else if (what === 'rotate-account' && accountId !== undefined) {
      if ((await stores.entities.accounts.get(accountId)) === undefined)
        throw new BackupFault('no such account');
      await rotate(keyRotations, accountId, context);
    } else throw new BackupFault('say status, rotate-master, or rotate-account ACCOUNT');
  } finally {
    await keyRotations.close();
    await floors.writeAll();
    floors.close();
    await stores.close();
  }
}

type KeyParts = ReturnType<typeof composeKeys>;

async function status(keys: KeyParts['keys'], stores: Stores, { out }: CommandContext): Promise<void> {
  for (const { id, current, available, accountKeys, namedKeys } of await keys.masterKeys()) {
    const standing = current ? 'current' : available ? 'earlier' : 'MISSING';
    out.write(
      `master key ${id}: ${standing}, wraps ${accountKeys} account keys and ${namedKeys} named keys\n`,
    );
  }
  const { items } = await stores.entities.accounts.list({ limit: PAGE });
  for (const { id } of items) {
    for (const { version, current, createdAt, dataKeys } of (await keys.accountKeys(id)).versions) {
      const made = new Date(createdAt).toISOString().slice(0, 10);
      out.write(
        `account ${id}: version ${version}${current ? ', current' : ''}, of ${made}, wraps ${dataKeys}\n`,
      );
    }
  }
}

/** Waits for one that runs already, as for one that it starts. */
async function rotate(
  rotations: KeyParts['keyRotations'],
  accountId: string,
  context: CommandContext,
): Promise<void> {
  const progress = new Progress('rotation', context.progress, context.now);
  const newest = (await rotations.list(accountId, { limit: 1 })).items[0];
  const running =
    newest?.status === 'running' ? newest : await rotations.start(accountId, { kind: 'system' });
  await rotations.resume(0);
  let rotation: KeyRotation = running;
  while (rotation.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    rotation = await rotations.get(accountId, running.id);
    progress.show(rotation.rewrapped + rotation.failed, rotation.total);
  }
  progress.end();
  context.out.write(
    `put under ${rotation.target}: ${rotation.rewrapped} keys; could not be opened: ${rotation.failed}\n`,
  );
}

async function composed({ config, secrets, progress }: CommandContext) {
  const [clock, ids] = [new SystemClock(), new RandomIds()];
  const logger = commandLogger((line) => progress.write(`${line}\n`));
  const bus = new MemoryChangeBus((error) => logger.error('a change listener failed', error));
  const guard = await openGuardedStores({
    ...{ config, secrets, clock, logger },
    metrics: NO_METRICS,
    use: 'beside',
  });
  const { stores, floors, cipher, keyRing, vault } = guard;
  const chainer = new AuditChainer(cipher, () => vault.namedKey(INSTANCE, 'audit'));
  const audit = createAudit({ store: stores.audit, chainer, floors, ids, clock });
  return { stores, floors, ...composeKeys({ stores, bus, ids, clock, logger }, { vault, keyRing, audit }) };
}
