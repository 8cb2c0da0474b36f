import type { WireVisitorDetail } from '../../../shared/protocol/index.ts';
import type { StaffPrincipal } from '../../domain/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Visitors } from '../visitors/visitors.ts';
import type { VisitorBoard } from './visitor-board.ts';

export interface VisitorProfilesDeps {
  readonly board: Pick<VisitorBoard, 'find' | 'get'>;
  readonly visitors: Pick<Visitors, 'updateProfile'>;
  readonly audit: Audit;
}

/** What the account's own systems tie to a session: a customer number, a login, what their CRM knows. */
export class VisitorProfiles {
  readonly #deps: VisitorProfilesDeps;

  constructor(deps: VisitorProfilesDeps) {
    this.#deps = deps;
  }

  /**
   * Keeps the fields with the live session, vouched for.
   * @throws Refusal `not_found`, `profile.field_not_allowed`
   */
  async change(
    staff: StaffPrincipal,
    sessionId: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<WireVisitorDetail> {
    const { board, visitors, audit } = this.#deps;
    const { visitor } = board.find(staff.accountId, sessionId);
    await visitors.updateProfile(visitor, fields, { verified: true });
    const details = { fields: Object.keys(fields).length };
    await audit.byStaff(staff, {
      action: 'visitor.changed',
      target: { kind: 'visitor', id: sessionId },
      details,
    });
    return board.get(staff, sessionId);
  }
}
