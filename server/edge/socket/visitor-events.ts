import type { VisitorEvents } from '../../../shared/protocol/index.ts';
import { visitorEventSchemas as schemas } from '../../../shared/schemas/visitor-events.ts';
import { Private, Refusal, type VisitorPrincipal } from '../../domain/index.ts';
import type { Conversations } from '../../features/conversations/conversations.ts';
import type { LiveSignals } from '../../features/conversations/live-signals.ts';
import type { ChatStarts } from '../../features/engagement/chat-starts.ts';
import type { Invitations } from '../../features/engagement/invitations.ts';
import type { Identities } from '../../features/identity/index.ts';
import type { Visitors } from '../../features/visitors/visitors.ts';
import { assertFitting } from '../../pipeline/admit.ts';
import type { MessagePipeline, Submission } from '../../pipeline/message-pipeline.ts';
import type { Ids, RateLimit, RateLimiter } from '../../ports/index.ts';
import type { EventTable } from './define-event.ts';

export interface VisitorContext {
  readonly visitor: VisitorPrincipal;
  readonly socketId: string;
}

export interface VisitorEventDeps {
  readonly pipeline: MessagePipeline;
  readonly conversations: Conversations;
  readonly signals: LiveSignals;
  readonly visitors: Visitors;
  readonly chatStarts: ChatStarts;
  readonly invitations: Pick<Invitations, 'answer'>;
  readonly identities: Pick<Identities, 'read' | 'keep'>;
  readonly rateLimiter: RateLimiter;
  readonly ids: Ids;
  readonly limits: {
    /** Counted by session; stops a script that fills the queue of the agents. */
    readonly chatStarts: RateLimit;
  };
}

/** Everything a visitor's client may send. What is theirs is decided by their session. */
export function visitorEvents(
  deps: VisitorEventDeps,
): EventTable<VisitorEvents, VisitorContext, 'own-session'> {
  const { pipeline, conversations, signals, visitors, chatStarts, invitations, identities } = deps;
  const authorization = 'own-session';
  return {
    'page:view': {
      schema: schemas['page:view'],
      authorization,
      cost: 1,
      handle: async ({ visitor }, page) => {
        await visitors.pageView(visitor, page);
        return {};
      },
    },
    'page:activity': {
      schema: schemas['page:activity'],
      authorization,
      cost: 1,
      handle: async ({ visitor }, activity) => {
        await visitors.pageActivity(visitor, activity);
        return {};
      },
    },
    'profile:update': {
      schema: schemas['profile:update'],
      authorization,
      cost: 2,
      handle: async ({ visitor }, { fields }) => {
        await visitors.updateProfile(visitor, fields);
        return {};
      },
    },
    'visitor:identify': {
      schema: schemas['visitor:identify'],
      authorization,
      cost: 10,
      handle: async ({ visitor }, { identity }) => {
        await identities.keep(visitor, await identities.read(visitor.accountId, identity));
        return {};
      },
    },
    'invite:answer': {
      schema: schemas['invite:answer'],
      authorization,
      cost: 1,
      handle: async ({ visitor }, answer) => {
        await visitors.arrive(visitor);
        invitations.answer(visitor, answer);
        return {};
      },
    },
    'chat:start': {
      schema: schemas['chat:start'],
      authorization,
      cost: 5,
      handle: async ({ visitor }, { prechat, departmentId, inviteId }) => {
        await takeChatStart(deps, visitor);
        return chatStarts.start(visitor, { prechat, departmentId, inviteId });
      },
    },
    'message:send': {
      schema: schemas['message:send'],
      authorization,
      cost: 1,
      handle: (context, message) => pipeline.send(submission(context, message)),
    },
    'chat:resume': {
      schema: schemas['chat:resume'],
      authorization,
      cost: 3,
      handle: ({ visitor }, ref) => conversations.resume({ kind: 'visitor', ...visitor }, ref),
    },
    typing: {
      schema: schemas.typing,
      authorization,
      cost: 1,
      handle: async ({ visitor }, typing) => {
        await signals.visitorTyping(visitor, typing);
        return {};
      },
    },
    'message:seen': {
      schema: schemas['message:seen'],
      authorization,
      cost: 1,
      handle: async ({ visitor }, seen) => {
        await signals.visitorSeen(visitor, seen);
        return {};
      },
    },
    'chat:end': {
      schema: schemas['chat:end'],
      authorization,
      cost: 3,
      handle: async ({ visitor }, { conversationId }) => {
        await conversations.endByVisitor(visitor, conversationId);
        return {};
      },
    },
    'chat:rate': {
      schema: schemas['chat:rate'],
      authorization,
      cost: 3,
      handle: async ({ visitor }, rating) => {
        await conversations.rate(visitor, rating);
        return {};
      },
    },
    'offline:submit': {
      schema: schemas['offline:submit'],
      authorization,
      cost: 5,
      handle: async (context, { email, text }) => {
        // Judged before a conversation begins, so that none is left without its message.
        assertFitting(new Private(text));
        await takeChatStart(deps, context.visitor);
        const left = await conversations.leaveMessage(context.visitor, { email });
        const message = await pipeline.send(submission(context, { ...left, clientId: deps.ids.id(), text }));
        return { ...left, message };
      },
    },
  };
}

async function takeChatStart(deps: VisitorEventDeps, visitor: VisitorPrincipal): Promise<void> {
  const retryAfterMs = await deps.rateLimiter.take(deps.limits.chatStarts, visitor.sessionId);
  if (retryAfterMs > 0) throw new Refusal('rate_limited', { retryAfterMs });
}

function submission(
  { visitor, socketId }: VisitorContext,
  { conversationId, clientId, text }: { conversationId: string; clientId: string; text: string },
): Submission {
  return {
    draft: {
      accountId: visitor.accountId,
      conversationId,
      clientId,
      from: { kind: 'visitor', id: visitor.sessionId },
      kind: 'text',
      text: new Private(text),
    },
    sender: { kind: 'visitor', sessionId: visitor.sessionId },
    socketId,
  };
}
