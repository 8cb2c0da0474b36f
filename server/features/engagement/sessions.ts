import { newVisitor, Timer, type VisitorFacts, VisitorState } from '../../domain/engagement/index.ts';
import type { Exposure, Invitation, StoredDecision, VisitorSession } from '../../domain/index.ts';
import type { LiveVisitor, LiveVisitors } from '../visitors/live-visitors.ts';

/** What engagement knows of one session, beside what its visitor did. */
export interface EngagedSession {
  readonly visitor: LiveVisitor;
  /** The visitor as the rules see them. */
  readonly state: VisitorState;
  readonly timer: Timer<EngagedSession>;
  /** Oldest first. */
  invitations: readonly Invitation[];
  /** Fired ones, held-out ones and near misses, oldest first. */
  decisions: readonly StoredDecision[];
  exposures: readonly Exposure[];
}

/** What of it is kept with the session. */
interface KeptSession {
  readonly facts: VisitorFacts;
  readonly invitations: readonly Invitation[];
  readonly decisions: readonly StoredDecision[];
  readonly exposures: readonly Exposure[];
}

/** Kept of one session; the oldest go first. */
const KEPT = { invitations: 20, decisions: 40, exposures: 40 } as const;

/** Sessions on this node as engagement sees them; what it keeps of them goes with the session's own record. */
export class EngagedSessions {
  readonly #sessions = new Map<string, EngagedSession>();
  readonly #perAccount = new Map<string, number>();
  readonly #forgotten: ((session: EngagedSession, last: boolean) => void)[] = [];

  constructor(live: LiveVisitors) {
    live.onForgotten(({ sessionId }) => this.forget(sessionId));
  }

  get(sessionId: string): EngagedSession | undefined {
    return this.#sessions.get(sessionId);
  }

  all(): Iterable<EngagedSession> {
    return this.#sessions.values();
  }

  /** Is told of every session that is forgotten, and whether it was the account's last. */
  onForgotten(listener: (session: EngagedSession, last: boolean) => void): void {
    this.#forgotten.push(listener);
  }

  /** The session is here, with what was kept of it. */
  begin(visitor: LiveVisitor, kept: unknown, stored: VisitorSession | undefined): EngagedSession {
    const { facts, invitations = [], decisions = [], exposures = [] } = (kept ?? {}) as Partial<KeptSession>;
    const state = new VisitorState(
      facts === undefined ? firstFacts(visitor, stored) : standingFacts(facts, { visitor, stored }),
    );
    const session = { visitor, state, invitations, decisions, exposures } as EngagedSession;
    Object.assign(session, { timer: new Timer(session) });
    const { accountId, sessionId } = visitor;
    const before = this.#sessions.get(sessionId);
    this.#sessions.set(sessionId, session);
    if (before === undefined) this.#perAccount.set(accountId, (this.#perAccount.get(accountId) ?? 0) + 1);
    else this.#tell(before, false);
    return session;
  }

  keep(sessionId: string): KeptSession | undefined {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return undefined;
    const { state, invitations, decisions, exposures } = session;
    return { facts: state.facts.toFacts(), invitations, decisions, exposures };
  }

  /** Nothing is known of the session any more. */
  forget(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    this.#sessions.delete(sessionId);
    const { accountId } = session.visitor;
    const left = (this.#perAccount.get(accountId) ?? 1) - 1;
    if (left > 0) this.#perAccount.set(accountId, left);
    else this.#perAccount.delete(accountId);
    this.#tell(session, left <= 0);
  }

  #tell(session: EngagedSession, last: boolean): void {
    for (const tell of this.#forgotten) tell(session, last);
  }
}

export function withInvitation(session: EngagedSession, invitation: Invitation): void {
  const others = session.invitations.filter(({ id }) => id !== invitation.id);
  session.invitations = [...others, invitation].slice(-KEPT.invitations);
  session.visitor.unsaved = true;
}

export function withDecision(session: EngagedSession, decision: StoredDecision): void {
  session.decisions = [...session.decisions, decision].slice(-KEPT.decisions);
  session.visitor.unsaved = true;
}

export function withExposure(session: EngagedSession, exposure: Exposure): void {
  session.exposures = [...session.exposures, exposure].slice(-KEPT.exposures);
  session.visitor.unsaved = true;
}

/** The invitation that the visitor has not answered. */
export function openInvitation(session: EngagedSession): Invitation | undefined {
  const last = session.invitations.at(-1);
  return last?.state === 'shown' ? last : undefined;
}

/** Hold-out and message stay the visitor's over all their sessions; without a stored session they are the session's. */
function firstFacts(visitor: LiveVisitor, stored: VisitorSession | undefined): VisitorFacts {
  const { startedAt, visits, client, fields, sessionId } = visitor;
  return newVisitor({
    ...{ key: stored?.visitorHash ?? sessionId, startedAt, visits, ...client, fields },
    ...(stored?.invited !== undefined && { history: stored.invited }),
  });
}

/**
 * The kept facts, with what is written at once and so is never older: visits, whether there is an open chat, and what
 * limits count.
 */
function standingFacts(
  facts: VisitorFacts,
  { visitor, stored }: { visitor: LiveVisitor; stored: VisitorSession | undefined },
): VisitorFacts {
  const { firings, dismissedAt } = stored?.invited ?? {};
  return {
    ...facts,
    ...visitor.client,
    visits: visitor.visits,
    inChat: visitor.inChat,
    firings: { ...facts.firings, ...firings },
    ...(dismissedAt !== undefined && { dismissedAt }),
  };
}

/** Decisions in what was kept of a session. */
export function keptDecisionsIn(kept: unknown): readonly StoredDecision[] | undefined {
  return (kept as Partial<KeptSession> | undefined)?.decisions;
}
