import type { Page, WireActivity } from '../../../shared/protocol/index.ts';
import { Refusal, type StaffPrincipal } from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { Clock, Stores } from '../../ports/index.ts';
import { presentActivity } from '../../presenters/audit-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** What is looked for: exactly one of the three. An address in the form that the log keeps. */
export type ActivitySubject =
  | { readonly sessionId: string }
  | { readonly conversationId: string }
  | { readonly ip: string };

/** Who connected when and from where, for those who may know; every look-up is audited before it is answered. */
export interface ActivityLog {
  /**
   * @throws Refusal `not_found` when the conversation is not the account's, `invalid_value` when the account wants
   *   a reason and there is none
   */
  find(
    staff: StaffPrincipal,
    subject: ActivitySubject,
    /** `reason`: why they look; redacted, it is kept in the audit log, which says so when there is none. The account may insist on one. */
    query: { reason?: string | undefined; limit: number; cursor?: string | undefined },
  ): Promise<Page<WireActivity>>;
  /** Erases what the account's log holds of one address; answers how many records. */
  eraseAddress(staff: StaffPrincipal, ip: string): Promise<{ deleted: number; certificateId: string }>;
}

export function createActivityLog(deps: {
  readonly stores: Pick<Stores, 'activity'> & {
    readonly conversations: Pick<Stores['conversations'], 'get'>;
  };
  readonly audit: Audit;
  readonly redactor: Pick<Redactor, 'text'>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  /** Writes entries that are still in memory, so that a look-up and an erasure see them. */
  readonly flush: () => Promise<void>;
  /** Signs what was erased; answers the id of the certificate. */
  readonly certify: (erased: {
    staff: StaffPrincipal;
    ip: string;
    startedAt: number;
    deleted: number;
  }) => Promise<string>;
  readonly clock: Clock;
}): ActivityLog {
  const { stores, audit, redactor } = deps;

  async function sessionOf({ accountId }: StaffPrincipal, conversationId: string): Promise<string> {
    const conversation = await stores.conversations.get(accountId, conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
    return conversation.sessionId;
  }

  async function reasonOf({ accountId }: StaffPrincipal, reason: string | undefined) {
    if (reason !== undefined) {
      return {
        reasonGiven: true,
        reason: (await redactor.text(accountId, reason, { from: 'agent', place: 'message' })).text,
      };
    }
    const { activityLog } = await deps.settings.get(accountId);
    if (!activityLog.reasonRequired) return { reasonGiven: false };
    throw new Refusal('invalid_value', { errors: [{ path: 'reason', message: 'must be given' }] });
  }

  async function find(...[staff, subject, { reason, limit, cursor }]: Parameters<ActivityLog['find']>) {
    const why = await reasonOf(staff, reason);
    const where =
      'conversationId' in subject ? { sessionId: await sessionOf(staff, subject.conversationId) } : subject;
    await deps.flush();
    const page = await stores.activity.find({
      accountId: staff.accountId,
      ...where,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    await audit.byStaff(staff, {
      action: 'activity-log.read',
      ...(page.items.length > 0 && targetOf(subject)),
      details: { by: Object.keys(subject).join(), found: page.items.length, ...why },
    });
    // What is over is not shown any more, even while the purge is late.
    const now = deps.clock.now();
    return { ...page, items: page.items.filter(({ expiresAt }) => expiresAt > now).map(presentActivity) };
  }

  return {
    find,
    eraseAddress: async (staff, ip) => {
      const startedAt = deps.clock.now();
      await deps.flush();
      const deleted = await stores.activity.deleteByIp(staff.accountId, ip);
      const certificateId = await deps.certify({ staff, ip, startedAt, deleted });
      await audit.byStaff(staff, { action: 'activity-log.erased', details: { deleted, certificateId } });
      return { deleted, certificateId };
    },
  };
}

/** An address is personal data and is not written to the audit log; nor is an id that nothing was found for. */
function targetOf(subject: ActivitySubject): { target?: { kind: string; id: string } } {
  if ('conversationId' in subject) return { target: { kind: 'conversation', id: subject.conversationId } };
  if ('sessionId' in subject) return { target: { kind: 'session', id: subject.sessionId } };
  return {};
}
