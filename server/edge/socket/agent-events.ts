import type { AgentEvents, WireConversation } from '../../../shared/protocol/index.ts';
import { agentEventSchemas as schemas } from '../../../shared/schemas/agent-events.ts';
import {
  type Authorization,
  type Conversation,
  type Draft,
  Private,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { AgentInbox } from '../../features/conversations/agent-inbox.ts';
import type { Conversations } from '../../features/conversations/conversations.ts';
import type { LiveSignals } from '../../features/conversations/live-signals.ts';
import type { StaffNotes } from '../../features/conversations/staff-notes.ts';
import type { Watching } from '../../features/conversations/watching.ts';
import type { Invitations } from '../../features/engagement/invitations.ts';
import type { VisitorBoard } from '../../features/engagement/visitor-board.ts';
import type { Handover } from '../../features/routing/handover.ts';
import type { Routing } from '../../features/routing/routing.ts';
import type { MessagePipeline, Submission } from '../../pipeline/message-pipeline.ts';
import { presentPresence } from '../../presenters/presence-presenter.ts';
import type { EventTable } from './define-event.ts';

export interface AgentContext {
  readonly agent: StaffPrincipal;
  readonly socketId: string;
}

export interface AgentEventDeps {
  readonly pipeline: MessagePipeline;
  readonly conversations: Conversations;
  readonly inbox: AgentInbox;
  readonly signals: LiveSignals;
  readonly routing: Routing;
  readonly handover: Handover;
  readonly watching: Watching;
  readonly notes: StaffNotes;
  readonly invitations: Pick<Invitations, 'byHand'>;
  readonly board: Pick<VisitorBoard, 'follow'>;
}

/** Everything a staff client may send, and the authorization that each needs. */
export function agentEvents(deps: AgentEventDeps): EventTable<AgentEvents, AgentContext, Authorization> {
  const { pipeline, conversations, inbox, signals, routing, handover, watching, notes } = deps;
  const { invitations, board } = deps;
  const handles = { authorization: 'conversation:handle', cost: 1 } as const;
  const supervises = { authorization: 'conversation:supervise', cost: 1 } as const;
  const present = async (conversation: Conversation | Promise<Conversation>): Promise<WireConversation> =>
    inbox.present(await conversation);
  return {
    'presence:set': {
      ...handles,
      schema: schemas['presence:set'],
      handle: async ({ agent }, intent) => presentPresence(await routing.setPresence(agent, intent)),
    },
    'presence:list': {
      ...handles,
      schema: schemas['presence:list'],
      cost: 3,
      handle: async ({ agent }) => ({ items: (await routing.present(agent.accountId)).map(presentPresence) }),
    },
    'queue:list': {
      schema: schemas['queue:list'],
      authorization: 'conversation:read',
      cost: 3,
      handle: ({ agent }) => inbox.queue(agent),
    },
    'chat:list': {
      schema: schemas['chat:list'],
      authorization: 'conversation:read',
      cost: 3,
      handle: ({ agent }) => inbox.chatsOf(agent),
    },
    'chat:accept': {
      ...handles,
      schema: schemas['chat:accept'],
      audit: 'conversation.accepted',
      handle: ({ agent }, { conversationId }) => present(routing.accept(agent, conversationId)),
    },
    'message:send': {
      ...handles,
      schema: schemas['message:send'],
      handle: (context, payload) => pipeline.send(submission(context, payload, 'text')),
    },
    'note:add': {
      ...handles,
      schema: schemas['note:add'],
      handle: (context, payload) => notes.add(context.agent, submission(context, payload, 'note')),
    },
    'chat:resume': {
      schema: schemas['chat:resume'],
      authorization: 'conversation:read',
      cost: 3,
      handle: ({ agent }, ref) => inbox.resume(agent, ref),
    },
    typing: {
      ...handles,
      schema: schemas.typing,
      handle: async ({ agent }, typing) => {
        await signals.agentTyping(agent, typing);
        return {};
      },
    },
    'message:seen': {
      ...handles,
      schema: schemas['message:seen'],
      handle: async ({ agent }, seen) => {
        await signals.agentSeen(agent, seen);
        return {};
      },
    },
    'chat:transfer': {
      ...handles,
      schema: schemas['chat:transfer'],
      audit: 'conversation.transferred',
      handle: ({ agent }, transfer) => present(handover.transfer(agent, transfer)),
    },
    'chat:monitor': {
      ...supervises,
      schema: schemas['chat:monitor'],
      handle: (context, watch) => present(watching.monitor(context, watch)),
    },
    'chat:whisper': {
      ...supervises,
      schema: schemas['chat:whisper'],
      handle: (context, payload) => notes.whisper(context.agent, submission(context, payload, 'note')),
    },
    'chat:takeover': {
      ...supervises,
      schema: schemas['chat:takeover'],
      audit: 'conversation.taken_over',
      handle: ({ agent }, { conversationId }) => present(handover.takeOver(agent, conversationId)),
    },
    'chat:close': {
      ...handles,
      schema: schemas['chat:close'],
      audit: 'conversation.closed',
      handle: ({ agent }, { conversationId }) => present(conversations.closeByAgent(agent, conversationId)),
    },
    'chat:tag': {
      ...handles,
      schema: schemas['chat:tag'],
      audit: 'conversation.tagged',
      handle: ({ agent }, { conversationId, tags }) =>
        present(conversations.tag(agent, conversationId, tags)),
    },
    'visitor:list': {
      schema: schemas['visitor:list'],
      audit: 'visitor.listed',
      authorization: 'visitor:read',
      cost: 5,
      handle: ({ agent, socketId }) => board.follow(agent, socketId),
    },
    'visitor:invite': {
      schema: schemas['visitor:invite'],
      authorization: 'visitor:invite',
      cost: 2,
      handle: async ({ agent }, invite) => ({ inviteId: (await invitations.byHand(agent, invite)).id }),
    },
    'chat:case': {
      ...handles,
      schema: schemas['chat:case'],
      audit: 'conversation.case_changed',
      handle: ({ agent }, { conversationId, caseId }) =>
        present(conversations.setCase(agent, conversationId, caseId)),
    },
  };
}

function submission(
  { agent, socketId }: AgentContext,
  payload: { conversationId: string; clientId: string; text: string },
  kind: Draft['kind'],
): Submission {
  return {
    draft: {
      accountId: agent.accountId,
      conversationId: payload.conversationId,
      clientId: payload.clientId,
      from: { kind: 'agent', id: agent.userId, name: agent.name },
      kind,
      text: new Private(payload.text),
    },
    sender: { kind: 'agent', agentId: agent.userId },
    socketId,
  };
}
