import type { Conversation, Stored } from '../domain/index.ts';
import type { Broadcaster } from '../ports/index.ts';
import { presentMessage } from '../presenters/message-presenter.ts';

/**
 * Shows a stored message to those who may see it: the visitor (never a note), the agent whose conversation it is, those
 * who watch it, and the sender's other windows. Takes only what is stored.
 */
export function deliver(
  stored: Stored,
  conversation: Conversation,
  out: { readonly broadcaster: Broadcaster; readonly senderSocketId: string | undefined },
): void {
  const { content, seq } = stored;
  const { accountId, conversationId, from, original } = content;
  const { broadcaster, senderSocketId: exceptSocketId } = out;
  if (content.kind !== 'note') {
    const view = presentMessage(content, seq, { toSender: from.kind === 'visitor' });
    broadcaster.toVisitor({ sessionId: conversation.sessionId, exceptSocketId }, 'message:new', view);
  }
  const agentId = conversation.status === 'active' ? conversation.agentId : undefined;
  const authorId = from.kind === 'agent' ? from.id : undefined;
  const toSender = authorId !== undefined && authorId === agentId;
  // What was typed before redaction is for the agent alone, where the account lets them see it.
  const ofAgent = original === undefined ? agentId : undefined;
  const view = presentMessage(content, seq, { toSender });
  broadcaster.toChat({ accountId, conversationId, agentId: ofAgent, exceptSocketId }, 'message:new', view);
  const others = new Set([
    original === undefined ? undefined : agentId,
    authorId === agentId ? undefined : authorId,
  ]);
  for (const other of others) {
    if (other === undefined) continue;
    const shown = original === undefined ? content : { ...content, text: original.reveal() };
    const theirs = presentMessage(shown, seq, { toSender: other === authorId });
    broadcaster.toAgent({ accountId, agentId: other, exceptSocketId }, 'message:new', theirs);
  }
}
