import type { Page, WireAccountKeys, WireAuditEntry, WireKeyRotation } from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** What the audit log is searched by; times are ISO 8601. */
export interface AuditQuery {
  readonly action?: string;
  readonly actorId?: string;
  readonly targetId?: string;
  readonly from?: string;
  readonly to?: string;
}

/** What a check of the audit log's chain found. */
export interface AuditVerification {
  readonly ok: boolean;
  readonly entries: number;
  readonly checkedAt: string;
  readonly fault?: { readonly kind: string; readonly seq: number };
}

/** The REST calls about the audit log; `base` is the account's path. */
export function createAuditCalls(http: Http, base: string) {
  return {
    list: (query: AuditQuery, cursor?: string): Promise<Page<WireAuditEntry>> =>
      http.get(`${base}/audit-log`, { query: { ...query, cursor } }),
    export: (query: AuditQuery, format: 'csv' | 'json') =>
      http.download(`${base}/audit-log/export`, { ...query, format }),
    verify: (): Promise<AuditVerification> => http.get(`${base}/audit-log/verify`),
  };
}

/** The REST calls about the account's keys; no key is ever among the answers. */
export function createKeyCalls(http: Http, base: string) {
  return {
    get: (): Promise<WireAccountKeys> => http.get(`${base}/keys`),
    rotations: (signal?: AbortSignal): Promise<Page<WireKeyRotation>> =>
      http.get(`${base}/key-rotations`, { signal }),
    rotate: (): Promise<WireKeyRotation> => http.send('POST', `${base}/key-rotations`),
  };
}
