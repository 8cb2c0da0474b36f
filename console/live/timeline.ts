import type {
  MessageUpdate,
  ResumedChat,
  SentMessage,
  WireConversation,
  WireMessage,
} from '../../shared/protocol/index.ts';
import type { Chat, PendingLine } from './state.ts';

/** A chat of which nothing but its conversation is known yet. */
export function newChat(conversation: WireConversation): Chat {
  return {
    conversation,
    messages: [],
    contiguousSeq: 0,
    pending: [],
    readSeq: 0,
    visitorSeenSeq: 0,
    loaded: false,
    watched: false,
  };
}

/**
 * Puts messages into a chat: each seq once, in order, whatever order or how often they arrive. A pending line
 * that turns up as a message is no longer pending.
 */
export function withMessages(chat: Chat, arrived: readonly WireMessage[]): Chat {
  const known = new Set(chat.messages.map((message) => message.seq));
  const fresh = arrived.filter((message) => !known.has(message.seq) && known.add(message.seq));
  const stored = new Set(arrived.map((message) => message.clientId));
  const pending = chat.pending.filter((line) => !stored.has(line.clientId));
  if (fresh.length === 0 && pending.length === chat.pending.length) return chat;
  const messages = [...chat.messages, ...fresh].sort((a, b) => a.seq - b.seq);
  return { ...chat, messages, pending, contiguousSeq: contiguousFrom(messages, chat.contiguousSeq) };
}

function contiguousFrom(messages: readonly WireMessage[], start: number): number {
  let seq = start;
  for (const message of messages) {
    if (message.seq === seq + 1) seq = message.seq;
  }
  return seq;
}

/** Whether a message is missing before the last one that is here. */
export function hasGap(chat: Chat): boolean {
  const last = chat.messages.at(-1);
  return last !== undefined && last.seq > chat.contiguousSeq;
}

/** Applies the answer to `chat:resume`: after it the chat is as the server has it. */
export function withResume(
  chat: Chat,
  resumed: ResumedChat & { readonly conversation: WireConversation },
  agentId: string,
): Chat {
  const merged = withMessages(chat, resumed.messages);
  return {
    ...merged,
    conversation: resumed.conversation,
    visitorSeenSeq: Math.max(chat.visitorSeenSeq, resumed.seenSeq),
    readSeq: chat.loaded ? merged.readSeq : Math.max(chat.readSeq, lastSeqOf(merged.messages, agentId)),
    loaded: true,
  };
}

/** Who has answered has read what came before: the best guess after a reload of the page. */
function lastSeqOf(messages: readonly WireMessage[], agentId: string): number {
  return messages.findLast((message) => message.from.id === agentId)?.seq ?? 0;
}

/** The acknowledged line takes its place among the messages, with the text as it was stored. */
export function withSent(
  chat: Chat,
  sent: { readonly line: PendingLine; readonly ack: SentMessage; readonly author: WireMessage['from'] },
): Chat {
  const { line, ack, author } = sent;
  const message: WireMessage = {
    id: ack.id,
    conversationId: chat.conversation.id,
    seq: ack.seq,
    clientId: line.clientId,
    from: author,
    kind: line.kind,
    text: ack.text,
    at: ack.at,
    redacted: ack.redacted,
  };
  return withMessages(chat, [message]);
}

/** A stored text was redacted afterwards; the old one disappears from the screen. */
export function withUpdate(chat: Chat, update: MessageUpdate): Chat {
  const messages = chat.messages.map((message) =>
    message.seq === update.seq ? { ...message, text: update.text, redacted: update.redacted } : message,
  );
  return { ...chat, messages };
}

/** Adds a line to what waits to be sent. */
export function withPending(chat: Chat, line: PendingLine): Chat {
  return { ...chat, pending: [...chat.pending, line] };
}

/** Marks a waiting line as refused, or as under way again when `refusal` is undefined. */
export function withRefusal(chat: Chat, clientId: string, refusal: string | undefined): Chat {
  const pending = chat.pending.map((line): PendingLine => {
    if (line.clientId !== clientId) return line;
    const { refusal: _former, ...rest } = line;
    return refusal === undefined ? rest : { ...rest, refusal };
  });
  return { ...chat, pending };
}

/** Takes a waiting line away. */
export function withoutPending(chat: Chat, clientId: string): Chat {
  return { ...chat, pending: chat.pending.filter((line) => line.clientId !== clientId) };
}

/** Everything that is here counts as read. */
export function withAllRead(chat: Chat): Chat {
  const last = chat.messages.at(-1)?.seq ?? 0;
  return last > chat.readSeq ? { ...chat, readSeq: last } : chat;
}
