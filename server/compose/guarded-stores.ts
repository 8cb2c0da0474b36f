import type { Config, Secrets } from '../../config/index.ts';
import { INSTANCE } from '../domain/index.ts';
import { AuditChainer, AuditVerifier } from '../features/audit/index.ts';
import { type Guard, guardStores } from '../pipeline/guarded-stores.ts';
import { checkKeys } from '../pipeline/key-check.ts';
import { checkRecords, type FaultyRecord } from '../pipeline/record-check.ts';
import { accountIds } from '../pipeline/stored-records.ts';
import type { Clock, Logger, Metrics, RawStores } from '../ports/index.ts';
import { openStores, type StoreUse } from './stores.ts';
import { composeVault } from './vault.ts';

/** What records are sealed with. */
export const RECORDS = 'records';
const AUDIT = 'audit';

export type Guarded = Guard &
  ReturnType<typeof composeVault> & {
    /** What of everything that is kept is not as it was written. */
    readonly faults: () => AsyncGenerator<FaultyRecord>;
    /** Tells of it. */
    readonly checkRecords: () => Promise<void>;
  };

/** The configured store with its keys, every record checked where it is read. */
export async function openGuardedStores(of: {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly use?: StoreUse;
}): Promise<Guarded> {
  const { config, secrets, clock, logger, metrics, use = 'server' } = of;
  const stores = await openStores(config, use);
  const keys = composeVault({ stores, secrets, clock });
  const key = () => keys.vault.namedKey(INSTANCE, RECORDS);
  const guard = guardStores({ stores, cipher: keys.cipher, key, clock, logger, metrics });
  const chainer = new AuditChainer(keys.cipher, () => keys.vault.namedKey(INSTANCE, AUDIT));
  const audit = new AuditVerifier({ store: stores.audit, chainer, floors: guard.floors, clock });
  const faults = async function* () {
    yield* checkRecords(guard);
    for await (const id of accountIds(guard))
      if (!(await audit.verify(id)).ok) yield { kind: 'auditLog', id, fault: 'altered' as const };
    yield* checkKeys({ guard, vault: keys.vault, required: [RECORDS, AUDIT], now: () => clock.now() });
  };
  const alarmOfAll = async (): Promise<void> => {
    for await (const { kind, id, fault } of faults()) guard.alarm.raise(kind, id, fault);
  };
  return { ...keys, ...guard, faults, checkRecords: alarmOfAll };
}

/**
 * A store that has records and no key for them is of an earlier release, or somebody took the key away to have altered
 * records sealed anew; which of the two, nobody but the operator can tell.
 */
export async function requireSealed(stores: RawStores): Promise<void> {
  if ((await stores.namedKeys.get(INSTANCE, RECORDS)) !== undefined) return;
  const { items } = await stores.entities.accounts.list({ limit: 1 });
  if (items.length > 0)
    throw new Error('the records of the store carry no seal: see `npm run records -- adopt`');
}
