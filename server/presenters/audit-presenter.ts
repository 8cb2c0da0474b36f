import type { WireActivity, WireAuditEntry } from '../../shared/protocol/index.ts';
import type { ActivityRecord, StoredAuditEntry } from '../domain/index.ts';
import { iso } from './iso.ts';

/** An entry of the audit log as staff sees it. */
export function presentAuditEntry(entry: StoredAuditEntry): WireAuditEntry {
  const { id, at, actor, action, target, details, seq, previous, hash } = entry;
  return {
    id,
    at: iso(at),
    actor,
    action,
    ...(target !== undefined && { target }),
    details,
    ...(seq !== undefined && { seq }),
    ...(previous !== undefined && { previous }),
    ...(hash !== undefined && { hash }),
  };
}

/** A connection of the activity log, for those who may see addresses. */
export function presentActivity(record: ActivityRecord): WireActivity {
  const { sessionId, ip, userAgent, connectedAt, disconnectedAt } = record;
  return {
    sessionId,
    ip,
    userAgent,
    connectedAt: iso(connectedAt),
    ...(disconnectedAt !== undefined && { disconnectedAt: iso(disconnectedAt) }),
  };
}
