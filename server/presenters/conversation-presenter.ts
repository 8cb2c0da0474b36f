import type {
  ChatUpdate,
  ConversationEngagement,
  WireAgent,
  WireConversation,
} from '../../shared/protocol/index.ts';
import type { Conversation, ConversationOrigin } from '../domain/index.ts';
import { iso } from './iso.ts';

/** A conversation as staff sees it; `agentName` is looked up by the caller. */
export function presentConversation(
  conversation: Conversation,
  more: { readonly agentName?: string | undefined; readonly visitorOnline?: boolean } = {},
): WireConversation {
  const { id, caseId, status, siteId, sessionId, tags, startedAt, queuedAt, expiresAt } = conversation;
  return {
    id,
    caseId,
    status,
    siteId,
    sessionId,
    tags,
    startedAt: iso(startedAt),
    queuedAt: iso(queuedAt),
    expiresAt: iso(expiresAt),
    ...agentOf(conversation, more.agentName),
    ...(conversation.departmentId !== undefined && { departmentId: conversation.departmentId }),
    ...(conversation.rating !== undefined && { rating: conversation.rating }),
    ...(conversation.engagement !== undefined && { engagement: presentOrigin(conversation.engagement) }),
    ...(more.visitorOnline !== undefined && { visitorOnline: more.visitorOnline }),
    ...(conversation.status !== 'queued' &&
      conversation.assignedAt !== undefined && { assignedAt: iso(conversation.assignedAt) }),
    ...(conversation.status === 'closed' && {
      closedAt: iso(conversation.closedAt),
      closedBy: conversation.closedBy,
    }),
  };
}

function presentOrigin({ variant, at, ...origin }: ConversationOrigin): ConversationEngagement {
  return { ...origin, ...(variant !== undefined && { variant }), decidedAt: iso(at) };
}

/** What the visitor is told of the state. */
export function presentChatUpdate(
  conversation: Conversation,
  more: { readonly agentName?: string | undefined; readonly queuePosition?: number | undefined } = {},
): ChatUpdate {
  return {
    conversationId: conversation.id,
    status: conversation.status,
    ...(conversation.status === 'active' && agentOf(conversation, more.agentName)),
    ...(conversation.status === 'queued' &&
      more.queuePosition !== undefined && { queuePosition: more.queuePosition }),
    ...(conversation.status === 'closed' && { closedBy: conversation.closedBy }),
  };
}

function agentOf(conversation: Conversation, name: string | undefined): { agent?: WireAgent } {
  if (conversation.status === 'queued' || conversation.agentId === undefined) return {};
  return { agent: { id: conversation.agentId, name: name ?? '' } };
}
