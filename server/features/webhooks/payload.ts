import type { WebhookEvent } from '../../../shared/protocol/index.ts';
import type { Conversation, Stored } from '../../domain/index.ts';
import type { ConversationEvent } from '../../ports/index.ts';

/** What a webhook is told: ids, states, times and counts. A message's text only where the account chose it, redacted. */
export interface WebhookBody {
  readonly type: WebhookEvent | 'ping';
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface BodyOptions {
  readonly includeText: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Undefined for what no other system is told: notes. */
export function bodyOf(event: ConversationEvent, options: BodyOptions): WebhookBody | undefined {
  const data = dataOf(event, options);
  if (data === undefined) return undefined;
  return { type: event.name, timestamp: instant(options.now), data };
}

function dataOf(event: ConversationEvent, { includeText }: BodyOptions) {
  switch (event.name) {
    case 'transcript.erased':
      return { conversationId: event.conversationId };
    case 'visitor.invited':
      return invitationData(event);
    case 'message.created':
      return event.message.content.kind === 'note' ? undefined : messageData(event.message, includeText);
    default:
      return conversationData(event.conversation);
  }
}

function conversationData(conversation: Conversation) {
  const { id, caseId, siteId, status, startedAt, rating } = conversation;
  return {
    conversationId: id,
    caseId,
    siteId,
    status,
    startedAt: instant(startedAt),
    ...(conversation.status !== 'queued' && { agentId: conversation.agentId }),
    ...(conversation.departmentId !== undefined && { departmentId: conversation.departmentId }),
    ...(conversation.status === 'closed' && {
      closedAt: instant(conversation.closedAt),
      closedBy: conversation.closedBy,
    }),
    ...(rating !== undefined && { rating }),
  };
}

/** Whom it was shown to is told by the conversation that comes of it, if one does. */
function invitationData({ siteId, invitation }: ConversationEvent & { name: 'visitor.invited' }) {
  const { id, ruleId, variant, score, at, from } = invitation;
  return {
    inviteId: id,
    siteId,
    ruleId,
    ...(variant !== undefined && { variant }),
    ...(from !== undefined && { agentId: from.id }),
    score,
    at: instant(at),
  };
}

/** Who wrote is told of staff alone; a visitor is told apart by the conversation. */
function messageData({ content, seq }: Stored, includeText: boolean) {
  const { conversationId, id, kind, from, at, redacted, file, text } = content;
  return {
    conversationId,
    messageId: id,
    seq,
    kind,
    from: { kind: from.kind, ...(from.kind === 'agent' && from.id !== undefined && { id: from.id }) },
    at: instant(at),
    redacted,
    ...(file !== undefined && { file: { kind: file.kind, sizeBytes: file.sizeBytes } }),
    ...(includeText && { text }),
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
