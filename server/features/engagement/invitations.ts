import { INVITED_BY_HAND, type InviteState } from '../../../shared/protocol/index.ts';
import {
  type Invitation,
  inParts,
  nothingSuch,
  Refusal,
  type StaffPrincipal,
  type StoredDecision,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { Broadcaster, Clock, ConversationEvents, Ids, Metrics } from '../../ports/index.ts';
import { presentInvite } from '../../presenters/visitor-presenter.ts';
import type { Audit } from '../audit/index.ts';
import { type EngagedSession, type EngagedSessions, openInvitation, withInvitation } from './sessions.ts';

/** An invitation that nobody answers ends this long after the rules count it as over, at the latest. */
const LAPSE_SWEEP_MS = 5_000;

/** Sessions that are looked at in one turn of the event loop. */
const SWEPT_AT_ONCE = 500;

/** Who wants to know what becomes of invitations. */
export interface InvitationObserver {
  shown(session: EngagedSession, invitation: Invitation): void;
  answered(session: EngagedSession, invitation: Invitation): void;
}

export interface InvitationsDeps {
  readonly sessions: EngagedSessions;
  readonly redactor: Redactor;
  readonly broadcaster: Broadcaster;
  readonly audit: Audit;
  readonly events: Pick<ConversationEvents, 'tell'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly observer: InvitationObserver;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Invitations from being shown to being answered: one at a time for a session, in all of its tabs. */
export class Invitations {
  readonly #deps: InvitationsDeps;
  readonly #stop: () => void;
  #stopPart: () => void = () => {};

  constructor(deps: InvitationsDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(LAPSE_SWEEP_MS, () => this.#lapse());
  }

  close(): void {
    this.#stop();
    this.#stopPart();
  }

  /** Shows it in every tab of the session; one that nobody answered is over then. */
  show(
    session: EngagedSession,
    what: Pick<Invitation, 'ruleId' | 'ruleName' | 'type' | 'message' | 'score'> &
      Partial<Pick<Invitation, 'variant' | 'departmentId' | 'from'>>,
  ): Invitation {
    const { ids, clock, broadcaster, observer, metrics, events } = this.#deps;
    const open = openInvitation(session);
    if (open !== undefined) this.withdraw(session, open);
    const invitation: Invitation = { ...what, id: ids.id(), at: clock.now(), state: 'shown' };
    withInvitation(session, invitation);
    broadcaster.toVisitor(session.visitor, 'engagement:invite', presentInvite(invitation));
    metrics.count('invitations_total', { outcome: 'shown' });
    const { accountId, siteId } = session.visitor;
    events.tell({ name: 'visitor.invited', accountId, siteId, invitation });
    observer.shown(session, invitation);
    return invitation;
  }

  /** The invitation that stands in the session, for a tab that was not there when it was shown. */
  standing(sessionId: string): Invitation | undefined {
    const session = this.#deps.sessions.get(sessionId);
    return session && openInvitation(session);
  }

  /**
   * An agent invites by hand. What they typed is redacted.
   * @throws Refusal `not_found`, `visitor.not_invitable`
   */
  async byHand(agent: StaffPrincipal, input: { sessionId: string; message: string }): Promise<Invitation> {
    const { accountId, userId: id, name } = agent;
    const origin = { from: 'agent', place: 'message' } as const;
    const { text: message } = await this.#deps.redactor.text(accountId, input.message, origin);
    const session = this.#deps.sessions.get(input.sessionId);
    if (session === undefined || session.visitor.accountId !== accountId) throw new Refusal('not_found');
    assertInvitable(session);
    const rule = { ruleId: INVITED_BY_HAND, ruleName: '', type: 'invite', score: 0 } as const;
    const invitation = this.show(session, { ...rule, message, from: { id, name } });
    const target = { kind: 'visitor', id: input.sessionId };
    await this.#deps.audit.byStaff(agent, { action: 'visitor.invited', target });
    return invitation;
  }

  /**
   * The visitor's answer; only the first one counts, whichever tab it comes from.
   * @throws Refusal `not_found`
   */
  answer(visitor: VisitorPrincipal, answer: { inviteId: string; accepted: boolean }): void {
    const { session, invitation } = this.#find(visitor, answer.inviteId);
    this.#settle(session, invitation, answer.accepted ? 'accepted' : 'dismissed');
  }

  /** The rule's decision that an invitation comes from; there is none for one made by hand. */
  decisionBehind(sessionId: string, { ruleId, at }: Invitation): StoredDecision | undefined {
    return this.#deps.sessions
      .get(sessionId)
      ?.decisions.findLast((one) => one.fired && one.ruleId === ruleId && Date.parse(String(one.at)) <= at);
  }

  /**
   * The invitation that a chat comes from; beginning one accepts it.
   * @throws Refusal `invalid_value`
   */
  forChat(visitor: VisitorPrincipal, inviteId: string): Invitation {
    const found = this.#deps.sessions.get(visitor.sessionId)?.invitations.find(({ id }) => id === inviteId);
    if (found === undefined) throw nothingSuch([{ path: 'inviteId', kind: 'invitation', id: inviteId }]);
    return found;
  }

  /** A chat has begun: what stands is accepted when the chat comes from it, and is over otherwise. */
  chatBegan(sessionId: string, inviteId: string | undefined): void {
    const session = this.#deps.sessions.get(sessionId);
    const open = session && openInvitation(session);
    if (session === undefined || open === undefined) return;
    if (open.id === inviteId) this.#settle(session, open, 'accepted');
    else this.withdraw(session, open);
  }

  /** It is over without an answer. */
  withdraw(session: EngagedSession, invitation: Invitation): void {
    withInvitation(session, { ...invitation, state: 'lapsed', answeredAt: this.#deps.clock.now() });
    this.#deps.metrics.count('invitations_total', { outcome: 'lapsed' });
    this.#deps.broadcaster.toVisitor(session.visitor, 'engagement:withdraw', { inviteId: invitation.id });
  }

  /** The rules may invite again when the time is over; the widget then shows nothing stale. */
  #lapse(): void {
    this.#stopPart();
    this.#stopPart = inParts(this.#deps.sessions.all(), {
      size: SWEPT_AT_ONCE,
      later: (next) => this.#deps.clock.after(0, next),
      visit: (session) => this.#lapseIfOld(session),
    });
  }

  #lapseIfOld(session: EngagedSession): void {
    const open = openInvitation(session);
    if (open === undefined) return;
    const ttlMs = session.state.ruleSet?.timing.invitationTtlMs ?? Number.POSITIVE_INFINITY;
    if (this.#deps.clock.now() >= open.at + ttlMs) this.withdraw(session, open);
  }

  #settle(session: EngagedSession, invitation: Invitation, state: InviteState): void {
    if (invitation.state !== 'shown') return;
    const settled = { ...invitation, state, answeredAt: this.#deps.clock.now() };
    withInvitation(session, settled);
    this.#deps.metrics.count('invitations_total', { outcome: state });
    this.#deps.broadcaster.toVisitor(session.visitor, 'engagement:withdraw', { inviteId: invitation.id });
    this.#deps.observer.answered(session, settled);
  }

  #find(visitor: VisitorPrincipal, inviteId: string) {
    const session = this.#deps.sessions.get(visitor.sessionId);
    const invitation = session?.invitations.find(({ id }) => id === inviteId);
    if (session === undefined || invitation === undefined) throw new Refusal('not_found');
    return { session, invitation };
  }
}

/** @throws Refusal `visitor.not_invitable` */
function assertInvitable(session: EngagedSession): void {
  const { visitor } = session;
  const busy = visitor.sockets <= 0 || visitor.inChat || openInvitation(session) !== undefined;
  if (busy) throw new Refusal('visitor.not_invitable');
}
