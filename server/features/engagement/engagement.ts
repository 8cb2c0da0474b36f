import type { Conversation, Invitation, ScoreView, VisitorSession } from '../../domain/index.ts';
import type { ConversationObserver } from '../conversations/conversations.ts';
import type { LiveVisitor } from '../visitors/live-visitors.ts';
import type { VisitorAct, VisitorObserver } from '../visitors/visitors.ts';
import type { InvitationObserver } from './invitations.ts';
import type { EngagedSession, EngagedSessions } from './sessions.ts';
import type { VisitorBoard } from './visitor-board.ts';

export interface EngagementDeps {
  readonly sessions: EngagedSessions;
  readonly board: () => VisitorBoard;
}

/** What happens with visitors, brought to those who work on it. */
export class Engagement implements VisitorObserver, ConversationObserver, InvitationObserver {
  readonly #deps: EngagementDeps;

  constructor(deps: EngagementDeps) {
    this.#deps = deps;
  }

  arrived(
    visitor: LiveVisitor,
    kept: Readonly<Record<string, unknown>>,
    stored: VisitorSession | undefined,
  ): void {
    const session = this.#deps.sessions.begin(visitor, kept.engagement, stored);
    this.#deps.board().changed(session);
  }

  acted(visitor: LiveVisitor, _act: VisitorAct): void {
    this.#changed(visitor.sessionId);
  }

  started({ sessionId }: Conversation): void {
    this.#changed(sessionId);
  }

  closed({ sessionId, id }: Conversation): void {
    const session = this.#deps.sessions.get(sessionId);
    if (session?.visitor.conversation?.id === id) session.visitor.inChat = false;
    this.#changed(sessionId);
  }

  rated(_conversation: Conversation): void {}

  shown(session: EngagedSession, _invitation: Invitation): void {
    this.#deps.board().changed(session);
  }

  answered(session: EngagedSession, _invitation: Invitation): void {
    this.#deps.board().changed(session);
  }

  scoreOf(_session: EngagedSession): ScoreView {
    return { total: 0, parts: [] };
  }

  #changed(sessionId: string): void {
    const session = this.#deps.sessions.get(sessionId);
    if (session !== undefined) this.#deps.board().changed(session);
  }
}
