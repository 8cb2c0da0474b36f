import { type Audit, createAudit } from '../features/audit/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** The record of who read and changed what; its ends are signed with a key of the deployment. */
export function composeAudit(base: Foundation, { cipher, vault }: Pipeline): Audit {
  const { stores, ids, clock } = base;
  const key = () => vault.namedKey('instance', 'audit');
  return createAudit({ stores, cipher, key, ids, clock });
}
