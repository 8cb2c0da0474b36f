import type { Config, Secrets } from '../../config/index.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import type { Account } from '../domain/index.ts';
import { AuditChainer, AuditVerifier, type ChainEnd } from '../features/audit/index.ts';
import type { EntityStore } from '../ports/index.ts';
import { commandLogger, NO_METRICS } from './command-logger.ts';
import { openGuardedStores } from './guarded-stores.ts';

const PAGE = 200;

/** Checks the audit log of one account, or of all, on the store alone: no server runs, nothing is changed. */
export async function* verifyAudit(of: {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly accountId?: string | undefined;
  /** An earlier answer's end, kept elsewhere. */
  readonly head?: ChainEnd | undefined;
}) {
  const { config, secrets, accountId: only, head } = of;
  const clock = new SystemClock();
  const logger = commandLogger(() => {});
  const guard = await openGuardedStores({ config, secrets, clock, logger, metrics: NO_METRICS });
  const { raw: stores, floors, cipher, vault } = guard;
  try {
    const chainer = new AuditChainer(cipher, () => vault.namedKey('instance', 'audit'));
    const verifier = new AuditVerifier({ store: stores.audit, chainer, floors, clock });
    const accountIds = only === undefined ? everyId(stores.entities.accounts) : [only];
    for await (const accountId of accountIds) {
      yield { accountId, verification: await verifier.verify(accountId, head) };
    }
  } finally {
    floors.close();
    await stores.close();
  }
}

async function* everyId(accounts: EntityStore<Account>): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page = await accounts.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    for (const { id } of page.items) yield id;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
