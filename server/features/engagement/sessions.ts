import type { Invitation, VisitorSession } from '../../domain/index.ts';
import type { LiveVisitor, LiveVisitors } from '../visitors/live-visitors.ts';

/** What engagement knows of one session, beside what its visitor did. */
export interface EngagedSession {
  readonly visitor: LiveVisitor;
  /** Of the visitor's token; the same over all their sessions. */
  readonly visitorKey: string;
  /** Oldest first. */
  invitations: readonly Invitation[];
}

/** What of it is kept with the session. */
interface KeptSession {
  readonly invitations: readonly Invitation[];
}

/** Invitations kept of one session. */
const KEPT_INVITATIONS = 20;

/** Sessions on this node as engagement sees them; what it keeps of them goes with the session's own record. */
export class EngagedSessions {
  readonly #sessions = new Map<string, EngagedSession>();

  constructor(live: LiveVisitors) {
    live.onForgotten(({ sessionId }) => this.#sessions.delete(sessionId));
  }

  get(sessionId: string): EngagedSession | undefined {
    return this.#sessions.get(sessionId);
  }

  all(): Iterable<EngagedSession> {
    return this.#sessions.values();
  }

  /** The session is here, with what was kept of it. */
  begin(visitor: LiveVisitor, kept: unknown, stored: VisitorSession | undefined): EngagedSession {
    const { invitations = [] } = (kept ?? {}) as Partial<KeptSession>;
    const visitorKey = stored?.visitorHash ?? visitor.sessionId;
    const session: EngagedSession = { visitor, visitorKey, invitations };
    this.#sessions.set(visitor.sessionId, session);
    return session;
  }

  keep(sessionId: string): KeptSession | undefined {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.invitations.length === 0) return undefined;
    return { invitations: session.invitations };
  }

  /** Nothing is known of the session any more. */
  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }
}

export function withInvitation(session: EngagedSession, invitation: Invitation): void {
  const others = session.invitations.filter(({ id }) => id !== invitation.id);
  session.invitations = [...others, invitation].slice(-KEPT_INVITATIONS);
  session.visitor.unsaved = true;
}

/** The invitation that the visitor has not answered. */
export function openInvitation(session: EngagedSession): Invitation | undefined {
  const last = session.invitations.at(-1);
  return last?.state === 'shown' ? last : undefined;
}
