import { AuditChainer, AuditRetention, createAudit } from '../features/audit/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** The record of who read and changed what, and its end; both are signed with a key of the deployment. */
export function composeAudit(base: Foundation, { cipher, vault }: Pipeline) {
  const { stores, floors, ids, clock } = base;
  const chainer = new AuditChainer(cipher, () => vault.namedKey('instance', 'audit'));
  const { accounts } = stores.entities;
  return {
    audit: createAudit({ store: stores.audit, chainer, floors, ids, clock }),
    auditRetention: new AuditRetention({ store: stores.audit, accounts, chainer, clock }),
  };
}
