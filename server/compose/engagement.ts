import { assertEngagementRule } from '../edge/http/check-engagement-rule.ts';
import type { Audit } from '../features/audit/index.ts';
import { ChatStarts } from '../features/engagement/chat-starts.ts';
import { Engagement, type EngagementParts } from '../features/engagement/engagement.ts';
import { EngagementReports } from '../features/engagement/engagement-report.ts';
import { EngagementRules } from '../features/engagement/engagement-rules.ts';
import { Funnel } from '../features/engagement/funnel.ts';
import { Invitations } from '../features/engagement/invitations.ts';
import { InviteHistories } from '../features/engagement/invite-histories.ts';
import { Recorder } from '../features/engagement/recorder.ts';
import { RuleRunner } from '../features/engagement/rule-runner.ts';
import { RuleSets } from '../features/engagement/rule-sets.ts';
import { RuleTrials } from '../features/engagement/rule-trials.ts';
import { EngagedSessions, keptDecisionsIn } from '../features/engagement/sessions.ts';
import type { Surroundings } from '../features/engagement/surroundings.ts';
import { VisitorBoard } from '../features/engagement/visitor-board.ts';
import type { LiveVisitors } from '../features/visitors/live-visitors.ts';
import type { VisitorKeeper } from '../features/visitors/visitor-keeper.ts';
import type { Broadcaster } from '../ports/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** What decides whom to invite, and what becomes of it. */
export function composeEngagement(
  base: Foundation,
  pipeline: Pipeline,
  given: { audit: Audit; live: LiveVisitors; keeper: VisitorKeeper; surroundings: Surroundings },
) {
  const { clock, ids, broadcaster, bus, logger, stores, metrics, events } = base;
  const { engagementRules, engagementVersions, engagementDays, visitorRecordings, visitorSessions } =
    stores.entities;
  const { settings, redactor } = pipeline;
  const { live, keeper, audit, surroundings } = given;
  const sessions = new EngagedSessions(live);
  const engagement: Engagement = new Engagement({ sessions, clock, metrics, parts: () => parts });
  const ruleSets = new RuleSets({ versions: engagementVersions, settings, bus, clock });
  const runner = new RuleRunner({
    sessions,
    ruleSets,
    surroundings,
    onDecision: (session, decision, world) => engagement.decided(session, decision, world),
    clock,
    logger,
  });
  const recorder = new Recorder({ recordings: visitorRecordings, settings, clock, logger });
  const parts: EngagementParts = {
    runner,
    recorder,
    histories: new InviteHistories({ sessions: visitorSessions, clock, logger }),
    funnel: new Funnel({ days: engagementDays, clock, logger }),
    invitations: new Invitations({
      sessions,
      redactor,
      broadcaster,
      audit,
      events,
      metrics,
      observer: engagement,
      ids,
      clock,
    }),
    board: new VisitorBoard({
      sessions,
      live,
      scoreOf: (session) => runner.scoreOf(session),
      keptDecisions: async (accountId, sessionId) =>
        keptDecisionsIn((await keeper.read({ accountId, sessionId }))?.parts.engagement),
      broadcaster,
      clock,
    }),
  };
  surroundings.onChange((accountId, now) => recorder.surroundings(accountId, now));
  live.onForgotten(({ sessionId }) => recorder.end(sessionId));
  keeper.register('engagement', sessions);
  keeper.register('recording', { keep: () => undefined, forget: (sessionId) => recorder.forget(sessionId) });
  const rules = new EngagementRules({
    rules: engagementRules,
    versions: engagementVersions,
    departments: stores.entities.departments,
    settings,
    bus,
    audit,
    ids,
    clock,
    assertRule: assertEngagementRule,
  });
  const trials = new RuleTrials({ rules, recordings: visitorRecordings, runner, redactor, settings });
  const closing = [parts.board, parts.funnel, parts.invitations, recorder, runner, ruleSets, surroundings];
  return {
    ...parts,
    engagement,
    rules,
    trials,
    reports: new EngagementReports(parts.funnel, clock),
    chatStarts: (deps: Omit<ConstructorParameters<typeof ChatStarts>[0], 'invitations'>) =>
      new ChatStarts({ ...deps, invitations: parts.invitations }),
    /** What is known of the session is gone, here and in the recordings. */
    forget: async (sessionId: string) => {
      sessions.forget(sessionId);
      await recorder.erase(sessionId);
      await ruleSets.forgetValues();
    },
    /** Writes what is still in memory. */
    flush: async () => {
      await parts.histories.flush();
      await parts.funnel.flush();
      await recorder.flush();
    },
    close: () => {
      for (const part of closing) part.close();
    },
  };
}

export type ComposedEngagement = ReturnType<typeof composeEngagement>;

/** Staff hears of every change of presence and queue; so do the rules, which ask how many agents are free. */
export function tellingSurroundings(broadcaster: Broadcaster, surroundings: Surroundings): Broadcaster {
  return {
    ...broadcaster,
    toStaff: (accountId, name, payload) => {
      broadcaster.toStaff(accountId, name, payload);
      surroundings.changed(accountId);
    },
  };
}
