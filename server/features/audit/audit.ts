import type { Page, WireAuditEntry } from '../../../shared/protocol/index.ts';
import type { AuditEntry, StaffPrincipal } from '../../domain/index.ts';
import type { AuditStore, Clock, Ids } from '../../ports/index.ts';
import { presentAuditEntry } from '../../presenters/audit-presenter.ts';

/** One thing that was done. `details` holds no personal data: counts, flags, names of fields. */
export interface AuditInput {
  readonly accountId: string;
  readonly actor: AuditEntry['actor'];
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string };
  readonly details?: AuditEntry['details'];
}

export interface AuditQuery {
  readonly action?: string | undefined;
  /** Epoch milliseconds, inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The account's record of every read of personal data and every change. */
export interface Audit {
  /** Resolves when the store has it; what is audited waits for it. */
  record(entry: AuditInput): Promise<void>;
  /** Notes what a staff member did in their account. */
  byStaff(staff: StaffPrincipal, entry: Omit<AuditInput, 'accountId' | 'actor'>): Promise<void>;
  /** Newest first. */
  list(staff: StaffPrincipal, query: AuditQuery): Promise<Page<WireAuditEntry>>;
}

export function createAudit(deps: {
  readonly stores: { readonly audit: AuditStore };
  readonly ids: Ids;
  readonly clock: Clock;
}): Audit {
  const { stores, ids, clock } = deps;
  const record = (entry: AuditInput) =>
    stores.audit.append([{ details: {}, ...entry, id: ids.id(), at: clock.now() }]);
  return {
    record,
    byStaff: (staff, entry) => record({ ...entry, accountId: staff.accountId, actor: actorOf(staff) }),
    list: async (staff, { limit, ...query }) => {
      const page = await stores.audit.list({ accountId: staff.accountId, limit, ...given(query) });
      return { ...page, items: page.items.map(presentAuditEntry) };
    },
  };
}

function actorOf({ userId, tokenId }: StaffPrincipal): AuditEntry['actor'] {
  return tokenId === undefined ? { kind: 'user', id: userId } : { kind: 'token', id: tokenId };
}

function given(query: Omit<AuditQuery, 'limit'>) {
  const { action, from, to, cursor } = query;
  return {
    ...(action !== undefined && { action }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(cursor !== undefined && { cursor }),
  };
}
