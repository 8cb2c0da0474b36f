import type { AuditVerification, Page, WireAuditEntry } from '../../../shared/protocol/index.ts';
import { type AuditEntry, actorOf, type StaffPrincipal } from '../../domain/index.ts';
import type { AuditFilter, AuditStore, Clock, Ids } from '../../ports/index.ts';
import { type AuditExportFormat, type AuditFile, auditFile } from '../../presenters/audit-file.ts';
import { presentAuditEntry } from '../../presenters/audit-presenter.ts';
import type { AuditChainer } from './audit-chain.ts';
import type { AuditFloors } from './audit-floors.ts';
import { AuditVerifier } from './audit-verifier.ts';
import { AuditWriter } from './audit-writer.ts';

/** One thing that was done. `details` holds no personal data: counts, flags, names of fields. */
export interface AuditInput {
  readonly accountId: string;
  readonly actor: AuditEntry['actor'];
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string };
  readonly details?: AuditEntry['details'];
}

/** What is looked for; times are epoch milliseconds, inclusive. */
export type AuditSearch = {
  readonly [Key in keyof Omit<AuditFilter, 'accountId'>]?: AuditFilter[Key] | undefined;
};
export type AuditQuery = AuditSearch & { readonly limit: number; readonly cursor?: string | undefined };

/** The account's record of every read of personal data and every change: a chain of which nothing can be taken. */
export interface Audit {
  /** Resolves when the store has it; what is audited waits for it, and does not happen when it rejects. */
  record(entry: AuditInput): Promise<void>;
  /** Notes what a staff member did in their account. */
  byStaff(staff: StaffPrincipal, entry: Omit<AuditInput, 'accountId' | 'actor'>): Promise<void>;
  /** Newest first. Reading is noted too, once for all pages. */
  list(staff: StaffPrincipal, query: AuditQuery): Promise<Page<WireAuditEntry>>;
  /** Checks the account's whole chain. */
  verify(staff: StaffPrincipal): Promise<AuditVerification>;
  /** Everything that the search finds, newest first, as a file that is made while it is sent. */
  export(staff: StaffPrincipal, query: AuditSearch & { format: AuditExportFormat }): Promise<AuditFile>;
}

export interface AuditDeps {
  readonly store: AuditStore;
  readonly chainer: AuditChainer;
  readonly floors: AuditFloors;
  readonly ids: Ids;
  readonly clock: Clock;
}

const EXPORT_PAGE = 200;

export function createAudit(deps: AuditDeps): Audit {
  const { store, chainer, floors, ids, clock } = deps;
  const writer = new AuditWriter(deps);
  const verifier = new AuditVerifier({ store, chainer, floors, clock });
  const record: Audit['record'] = (entry) =>
    writer.append({ details: {}, ...entry, id: ids.id(), at: clock.now() });
  const byStaff: Audit['byStaff'] = (staff, entry) =>
    record({ ...entry, accountId: staff.accountId, actor: actorOf(staff) });
  return {
    record,
    byStaff,
    list: async (staff, { limit, cursor, ...search }) => {
      const filter = { accountId: staff.accountId, ...given(search) };
      const page = await store.list({ ...filter, limit, ...given({ cursor }) });
      if (cursor === undefined) await byStaff(staff, { action: 'audit-log.read', details: namesOf(search) });
      return { ...page, items: page.items.map(presentAuditEntry) };
    },
    verify: async (staff) => {
      const found = await verifier.verify(staff.accountId);
      await byStaff(staff, { action: 'audit-log.verified', details: { ok: found.ok } });
      return found;
    },
    export: async (staff, { format, ...search }) => {
      await byStaff(staff, { action: 'audit-log.exported', details: { format, ...namesOf(search) } });
      const pages = pagesOf(store, { accountId: staff.accountId, ...given(search) });
      return auditFile(format, { accountId: staff.accountId, at: clock.now(), pages });
    },
  };
}

async function* pagesOf(store: AuditStore, filter: AuditFilter): AsyncGenerator<readonly WireAuditEntry[]> {
  let cursor: string | undefined;
  do {
    const page = await store.list({ ...filter, limit: EXPORT_PAGE, ...given({ cursor }) });
    yield page.items.map(presentAuditEntry);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(query: T): Given<T> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** By what it was searched, not for what: an id may be a person's. */
function namesOf(search: AuditSearch): AuditEntry['details'] {
  const by = Object.keys(given(search)).sort().join(' ');
  return by === '' ? {} : { by };
}
