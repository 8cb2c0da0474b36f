import type { Audit } from '../features/audit/index.ts';
import { ChatStarts } from '../features/engagement/chat-starts.ts';
import { Engagement } from '../features/engagement/engagement.ts';
import { Invitations } from '../features/engagement/invitations.ts';
import { EngagedSessions } from '../features/engagement/sessions.ts';
import { VisitorBoard } from '../features/engagement/visitor-board.ts';
import type { LiveVisitors } from '../features/visitors/live-visitors.ts';
import type { VisitorKeeper } from '../features/visitors/visitor-keeper.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** What decides whom to invite, and what becomes of it. */
export function composeEngagement(
  base: Foundation,
  pipeline: Pipeline,
  parts: { audit: Audit; live: LiveVisitors; keeper: VisitorKeeper },
) {
  const { clock, ids, broadcaster } = base;
  const { live, keeper, audit } = parts;
  const sessions = new EngagedSessions(live);
  const engagement: Engagement = new Engagement({ sessions, board: () => board });
  const board = new VisitorBoard({
    sessions,
    live,
    scoreOf: (session) => engagement.scoreOf(session),
    broadcaster,
    clock,
  });
  const invitations = new Invitations({
    sessions,
    redactor: pipeline.redactor,
    broadcaster,
    audit,
    observer: engagement,
    ids,
    clock,
  });
  keeper.register('engagement', sessions);
  return {
    engagement,
    board,
    invitations,
    sessions,
    chatStarts: (deps: Omit<ConstructorParameters<typeof ChatStarts>[0], 'invitations'>) =>
      new ChatStarts({ ...deps, invitations }),
    close: () => board.close(),
  };
}

export type EngagementParts = ReturnType<typeof composeEngagement>;
