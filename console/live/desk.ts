import type { WireConversation, WirePresence } from '../../shared/protocol/index.ts';
import type { Chat, LiveState } from './state.ts';
import { newChat } from './timeline.ts';

/** Changes one chat; a chat that isn't on the desk is left alone. */
export function updateChat(state: LiveState, id: string, change: (chat: Chat) => Chat): LiveState {
  const chat = state.chats[id];
  if (chat === undefined) return state;
  const next = change(chat);
  return next === chat ? state : { ...state, chats: { ...state.chats, [id]: next } };
}

/** Lays a conversation on the desk, or refreshes what is known of it. */
export function putChat(state: LiveState, conversation: WireConversation): LiveState {
  const present = state.chats[conversation.id];
  if (present !== undefined) {
    const merged = { ...keptFacts(present.conversation), ...conversation };
    return updateChat(state, conversation.id, (chat) => ({ ...chat, conversation: merged }));
  }
  return {
    ...state,
    chats: { ...state.chats, [conversation.id]: newChat(conversation) },
    order: [...state.order, conversation.id],
  };
}

/** Whether the visitor is connected is told only now and then; what was last said holds until then. */
function keptFacts({ visitorOnline }: WireConversation): { visitorOnline?: boolean } {
  return visitorOnline === undefined ? {} : { visitorOnline };
}

/** Takes a chat off the desk. The selection moves to its neighbour. */
export function dropChat(state: LiveState, id: string): LiveState {
  const { [id]: _gone, ...chats } = state.chats;
  const at = state.order.indexOf(id);
  const order = state.order.filter((other) => other !== id);
  const next: LiveState = { ...state, chats, order };
  if (state.selectedId !== id) return next;
  return select(next, order[at] ?? order.at(-1));
}

/** Opens a chat, or none. */
export function select(state: LiveState, id: string | undefined): LiveState {
  const { selectedId: _former, ...rest } = state;
  return id === undefined ? rest : { ...rest, selectedId: id };
}

/** The queue as listed, longest waiting first. */
export function putQueue(state: LiveState, items: readonly WireConversation[]): LiveState {
  const queue = [...items].sort((a, b) => a.queuedAt.localeCompare(b.queuedAt));
  return { ...state, queue };
}

/** One conversation waits. */
export function enqueue(state: LiveState, conversation: WireConversation): LiveState {
  const others = state.queue.filter((item) => item.id !== conversation.id);
  return putQueue(state, [...others, conversation]);
}

/** A conversation no longer waits. */
export function dequeue(state: LiveState, id: string): LiveState {
  const queue = state.queue.filter((item) => item.id !== id);
  return queue.length === state.queue.length ? state : { ...state, queue };
}

/** Remembers an agent's presence. */
export function putPresence(state: LiveState, presence: WirePresence): LiveState {
  return { ...state, presence: { ...state.presence, [presence.agentId]: presence } };
}

/** Whether the conversation is this agent's to answer. */
export function isMine(conversation: WireConversation, agentId: string): boolean {
  return conversation.agent?.id === agentId && conversation.status === 'active';
}

/** Applies a change of a conversation's state, wherever that conversation is shown. */
export function applyConversation(
  state: LiveState,
  conversation: WireConversation,
  agentId: string,
): LiveState {
  const waiting =
    conversation.status === 'queued' ? enqueue(state, conversation) : dequeue(state, conversation.id);
  const onDesk = waiting.chats[conversation.id] !== undefined;
  return onDesk || isMine(conversation, agentId) ? putChat(waiting, conversation) : waiting;
}
