import cron, { type ScheduledTask } from 'node-cron';
import type { AuditRetention } from '../features/audit/index.ts';
import type { UserEnd } from '../features/auth/index.ts';
import type { AgreedValues } from '../features/field-sweeps/index.ts';
import type { LegalHolds } from '../features/legal-holds/index.ts';
import type { Retention } from '../features/retention/retention.ts';
import type { Logger } from '../ports/index.ts';

/** Well within the two minutes that anything may outlive its end. */
const PURGE_EVERY_30_SECONDS = '*/30 * * * * *';
/** What nobody reads would not be missed otherwise. */
const CHECK_EVERY_NIGHT = '0 17 3 * * *';

/** What runs by the clock. The answer stops it. */
export function scheduleJobs(deps: {
  retention: Retention;
  legalHolds: Pick<LegalHolds, 'sweep'>;
  auditRetention: AuditRetention;
  agreedValues: AgreedValues;
  userEnd: Pick<UserEnd, 'finishBroken'>;
  checkRecords: () => Promise<void>;
  logger: Logger;
}): () => Promise<void> {
  const purge: ScheduledTask = cron.schedule(PURGE_EVERY_30_SECONDS, async () => {
    // A search for what is held may take long; no transcript is young enough to be purged meanwhile.
    deps.legalHolds.sweep().catch((error) => deps.logger.error('legal holds could not be swept', error));
    try {
      await deps.retention.purge();
      await deps.agreedValues.endFields();
      await deps.auditRetention.purge();
      await deps.userEnd.finishBroken();
    } catch (error) {
      deps.logger.error('the purge failed', error);
    }
  });
  const check: ScheduledTask = cron.schedule(CHECK_EVERY_NIGHT, async () => {
    await deps.checkRecords().catch((error) => deps.logger.error('records could not be checked', error));
  });
  return async () => {
    await purge.destroy();
    await check.destroy();
  };
}
