import type { WireRedactionRescan, WireRedactionRuleChange } from '../../shared/protocol/index.ts';
import type { RedactionRescan, RedactionRuleChange } from '../domain/index.ts';
import { iso } from './iso.ts';

/** A change of a rule as administrators see it. */
export function presentRedactionRuleChange(change: RedactionRuleChange): WireRedactionRuleChange {
  const { id, ruleId, userId, action, before, after, createdAt } = change;
  return {
    id,
    ruleId,
    at: iso(createdAt),
    userId,
    action,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

/** How far a re-scan has come. */
export function presentRedactionRescan(rescan: RedactionRescan): WireRedactionRescan {
  const { id, status, startedBy, total, scanned, changed, failed, createdAt, updatedAt, finishedAt } = rescan;
  return {
    id,
    status,
    startedBy,
    total,
    scanned,
    changed,
    failed,
    startedAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    ...(finishedAt !== undefined && { finishedAt: iso(finishedAt) }),
  };
}
