import type { EngineDecision, VisitorEvent, World } from '../../domain/engagement/index.ts';
import { invitationOf } from '../../domain/engagement/index.ts';
import {
  type Conversation,
  type Exposure,
  type FunnelStep,
  type Invitation,
  recordedDecision,
  type VisitorSession,
} from '../../domain/index.ts';
import type { Clock, Metrics } from '../../ports/index.ts';
import type { ConversationObserver } from '../conversations/conversations.ts';
import type { LiveVisitor } from '../visitors/live-visitors.ts';
import type { VisitorAct, VisitorObserver } from '../visitors/visitors.ts';
import type { Funnel } from './funnel.ts';
import type { InvitationObserver, Invitations } from './invitations.ts';
import type { InviteHistories } from './invite-histories.ts';
import type { Recorder } from './recorder.ts';
import type { RuleRunner } from './rule-runner.ts';
import { type EngagedSession, type EngagedSessions, withDecision, withExposure } from './sessions.ts';
import type { VisitorBoard } from './visitor-board.ts';

/** Those that work on what happens; each is made with this as its listener, so it is handed over afterwards. */
export interface EngagementParts {
  readonly runner: RuleRunner;
  readonly invitations: Invitations;
  readonly board: VisitorBoard;
  readonly funnel: Funnel;
  readonly histories: InviteHistories;
  readonly recorder: Recorder;
}

/** What happens with visitors, brought to those who work on it, and what the rules decide, carried out. */
export class Engagement implements VisitorObserver, ConversationObserver, InvitationObserver {
  readonly #sessions: EngagedSessions;
  readonly #clock: Clock;
  readonly #metrics: Pick<Metrics, 'count'>;
  readonly #parts: () => EngagementParts;

  constructor(deps: {
    sessions: EngagedSessions;
    clock: Clock;
    metrics: Pick<Metrics, 'count'>;
    parts: () => EngagementParts;
  }) {
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#parts = deps.parts;
  }

  async prepare(accountId: string): Promise<void> {
    const { runner, recorder } = this.#parts();
    await Promise.all([runner.prepare(accountId), recorder.prepare(accountId)]);
  }

  arrived(
    visitor: LiveVisitor,
    kept: Readonly<Record<string, unknown>>,
    stored: VisitorSession | undefined,
  ): void {
    const { runner, board, recorder } = this.#parts();
    const session = this.#sessions.begin(visitor, kept.engagement, stored);
    const world = runner.worldOf(visitor.accountId);
    if (world !== undefined) recorder.begin(session, world);
    board.changed(session);
  }

  /** A tab of the session has opened: what became true while nobody looked is decided now. */
  present(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    this.#parts().runner.look(session);
    this.#parts().board.changed(session);
  }

  acted({ sessionId }: LiveVisitor, act: VisitorAct): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    this.#apply(session, eventOf(act, this.#clock.now()));
    const event = act.name === 'page:activity' ? act.payload.event : undefined;
    if (event !== undefined) this.#reached(session, event.name);
  }

  started(conversation: Conversation): void {
    const session = this.#sessions.get(conversation.sessionId);
    if (session === undefined) return;
    const at = this.#clock.now();
    this.#apply(session, { at, type: 'chat-started' });
    this.#mark(session, ({ chatted }) => !chatted, { chatted: true }, 'chats');
  }

  closed({ sessionId, id }: Conversation): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    if (session.visitor.conversation?.id === id) session.visitor.inChat = false;
    this.#apply(session, { at: this.#clock.now(), type: 'chat-ended' });
  }

  /** Counted with the rule that the conversation came from, once. */
  rated({ accountId, engagement, version }: Conversation, before: Conversation): void {
    if (engagement === undefined || before.rating !== undefined || before.version + 1 !== version) return;
    this.#parts().funnel.add(accountId, { ...engagement, arm: 'shown' }, 'rated');
  }

  shown(session: EngagedSession, invitation: Invitation): void {
    if (invitation.from !== undefined) this.#apply(session, { at: invitation.at, type: 'invited' });
    else this.#parts().board.changed(session);
  }

  answered(session: EngagedSession, invitation: Invitation): void {
    const { funnel, histories } = this.#parts();
    const { accountId } = session.visitor;
    const accepted = invitation.state === 'accepted';
    this.#apply(session, { at: this.#clock.now(), type: 'invitation-answered', accepted });
    if (invitation.from === undefined) {
      funnel.add(accountId, { ...invitation, arm: 'shown' }, accepted ? 'accepted' : 'dismissed');
    }
    if (!accepted) histories.keep(session);
  }

  /** Carries out what a rule decided. */
  decided(session: EngagedSession, decision: EngineDecision, world: World): void {
    withDecision(session, recordedDecision(decision, { showFields: false }));
    const rule = world.ruleSet.byId.get(decision.ruleId);
    const [blocker] = decision.trace.blockers;
    const heldOut = blocker?.code === 'holdout';
    this.#metrics.count('engagement_decisions_total', { outcome: blocker?.code ?? 'fired' });
    if (rule === undefined || (!decision.fired && !heldOut)) return;
    const { invitations, funnel, histories } = this.#parts();
    const exposure: Exposure = {
      ...{ ruleId: rule.id, ruleName: rule.name, arm: heldOut ? 'holdout' : 'shown', at: decision.at },
      ...(decision.variant !== undefined && { variant: decision.variant }),
      ...(rule.goal !== undefined && { goal: rule.goal }),
      ...{ chatted: false, reachedGoal: false },
    };
    withExposure(session, exposure);
    funnel.add(session.visitor.accountId, exposure, 'shown');
    histories.keep(session);
    if (heldOut) return;
    const { key, language } = session.state.facts;
    const invitation = invitationOf(rule, { key, language });
    if (invitation === undefined) return;
    const { id: ruleId, name: ruleName } = rule;
    invitations.show(session, { ...invitation, ruleId, ruleName, score: decision.score });
  }

  #apply(session: EngagedSession, event: VisitorEvent): void {
    this.#parts().recorder.event(session, event);
    this.#parts().runner.apply(session, event);
    session.visitor.unsaved = true;
    this.#parts().board.changed(session);
  }

  /** The event is the goal of rules that chose this visitor before. */
  #reached(session: EngagedSession, name: string): void {
    if (session.exposures.length === 0) return;
    this.#mark(
      session,
      ({ goal, reachedGoal }) => goal === name && !reachedGoal,
      { reachedGoal: true },
      'goals',
    );
  }

  /** Of each rule that chose the visitor, what came of it is counted once. */
  #mark(
    session: EngagedSession,
    applies: (exposure: Exposure) => boolean,
    change: Partial<Exposure>,
    step: FunnelStep,
  ): void {
    const { funnel } = this.#parts();
    session.exposures = session.exposures.map((exposure) => {
      if (!applies(exposure)) return exposure;
      funnel.add(session.visitor.accountId, exposure, step);
      return { ...exposure, ...change };
    });
  }
}

function eventOf(act: VisitorAct, at: number): VisitorEvent {
  switch (act.name) {
    case 'page:view':
      return { at, type: 'page', ...act.payload };
    case 'page:activity':
      return { at, type: 'activity', ...act.payload };
    case 'profile:update':
      return { at, type: 'fields', fields: act.payload.fields };
  }
}
