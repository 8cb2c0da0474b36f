import type { Conversation, Stored } from '../domain/index.ts';
import type { Broadcaster } from '../ports/index.ts';
import { presentMessage } from '../presenters/message-presenter.ts';

/**
 * Shows a stored message to those who may see it: the visitor (never a note), the agent whose conversation
 * it is, and the sender's other windows. Takes only what is stored.
 */
export function deliver(
  stored: Stored,
  conversation: Conversation,
  out: { readonly broadcaster: Broadcaster; readonly senderSocketId: string | undefined },
): void {
  const { content, seq } = stored;
  const fromVisitor = content.from.kind === 'visitor';
  const exceptSocketId = out.senderSocketId;
  if (content.kind !== 'note') {
    const view = presentMessage(content, seq, { toSender: fromVisitor });
    out.broadcaster.toVisitor({ sessionId: conversation.sessionId, exceptSocketId }, 'message:new', view);
  }
  for (const agentId of readers(stored, conversation)) {
    const toSender = content.from.id === agentId;
    const shown = content.original === undefined ? content : { ...content, text: content.original.reveal() };
    const view = presentMessage(shown, seq, { toSender });
    out.broadcaster.toAgent({ accountId: content.accountId, agentId, exceptSocketId }, 'message:new', view);
  }
}

/** The conversation's agent, and another staff member who left a note. */
function readers(stored: Stored, conversation: Conversation): ReadonlySet<string> {
  const ids = new Set<string>();
  if (conversation.status === 'active') ids.add(conversation.agentId);
  if (stored.content.from.kind === 'agent' && stored.content.from.id !== undefined) {
    ids.add(stored.content.from.id);
  }
  return ids;
}
