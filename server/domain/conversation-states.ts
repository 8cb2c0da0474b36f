import type { ClosedBy } from '../../shared/protocol/index.ts';
import type {
  ActiveConversation,
  ClosedConversation,
  Conversation,
  QueuedConversation,
} from './conversation.ts';
import { Refusal } from './errors.ts';

/**
 * `queued -> active`.
 * @throws Refusal `conversation.taken` when another agent has it, `conversation.closed`
 */
export function assigned(conversation: Conversation, agentId: string, now: number): ActiveConversation {
  switch (conversation.status) {
    case 'closed':
      throw new Refusal('conversation.closed');
    case 'active':
      throw new Refusal('conversation.taken');
    case 'queued':
      return {
        ...conversation,
        status: 'active',
        agentId,
        assignedAt: now,
        participants: [...new Set([...(conversation.participants ?? []), agentId])],
        version: conversation.version + 1,
      };
  }
}

/**
 * `active -> queued`: the agent is gone. It keeps its time of arrival, and with it its place before all who came later.
 * @throws Refusal `conversation.closed`
 */
export function requeued(conversation: Conversation): QueuedConversation {
  if (conversation.status === 'closed') throw new Refusal('conversation.closed');
  if (conversation.status === 'queued') return conversation;
  const { agentId: _agentId, assignedAt: _assignedAt, ...rest } = conversation;
  return { ...rest, status: 'queued', version: conversation.version + 1 };
}

/**
 * `active -> active`: another agent has it from now on.
 * @throws Refusal `conversation.closed`, `conversation.taken` when it is not (any more) that agent's who had it
 */
export function handedTo(
  conversation: Conversation,
  agents: { readonly from: string; readonly to: string },
  now: number,
): ActiveConversation {
  if (conversation.status === 'closed') throw new Refusal('conversation.closed');
  if (conversation.status === 'queued' || conversation.agentId !== agents.from)
    throw new Refusal('conversation.taken');
  const { version } = conversation;
  return { ...assigned(requeued(conversation), agents.to, now), version: version + 1 };
}

/**
 * Any open state `-> queued` in a department, at the place of its time of arrival.
 * @throws Refusal `conversation.closed`
 */
export function handedToDepartment(conversation: Conversation, departmentId: string): QueuedConversation {
  return { ...requeued(conversation), departmentId, version: conversation.version + 1 };
}

/**
 * Any open state `-> closed`.
 * @throws Refusal `conversation.closed`
 */
export function closed(conversation: Conversation, closedBy: ClosedBy, now: number): ClosedConversation {
  if (conversation.status === 'closed') throw new Refusal('conversation.closed');
  return { ...conversation, status: 'closed', closedAt: now, closedBy, version: conversation.version + 1 };
}
