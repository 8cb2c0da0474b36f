import type { ChatUpdate, ErrorCode, VisitorSession, WireMessage } from '../../shared/protocol/index.ts';
import { createAttention } from './core/attention.ts';
import { backoffMs } from './core/backoff.ts';
import { createConnection } from './core/connection.ts';
import type { IdentitySender } from './core/identity-sender.ts';
import { createIdentitySender } from './core/identity-sender.ts';
import { createInvitation, type Invitation } from './core/invitation.ts';
import type { CreateLink, ServerEvent } from './core/link.ts';
import type { PageReporter } from './core/page-reporter.ts';
import { createPageReporter } from './core/page-reporter.ts';
import { createSender } from './core/sender.ts';
import type { OpenSession } from './core/session-source.ts';
import type { ChatState } from './core/state.ts';
import { createChatStore } from './core/store.ts';
import { createSync } from './core/sync.ts';
import { correctStored, EMPTY_TIMELINE, markPending } from './core/timeline.ts';
import { createTypingSender } from './core/typing-sender.ts';
import { createFileCalls } from './core/uploads.ts';

/** The agent counts as no longer writing when nothing more is heard for this long. */
const AGENT_TYPING_EXPIRES_MS = 8_000;
const RETRY = { baseMs: 500, maxMs: 15_000 } as const;

export interface ChatClientOptions {
  readonly openSession: OpenSession;
  readonly createLink: CreateLink;
  readonly fetch: typeof fetch;
  /** Makes the id under which a line is stored once, however often it is sent. */
  readonly newId: () => string;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** The server took profile fields, or refused them with this code. */
  onIdentified?(refusal?: ErrorCode): void;
}

/** What the screen can do; everything it shows is in `state`. */
export interface ChatClient {
  readonly state: ChatState;
  readonly pages: PageReporter;
  readonly identity: Pick<IdentitySender, 'set' | 'vouch'>;
  readonly invitation: Pick<Invitation, 'accept' | 'dismiss'>;
  /** Calls back after every change, until the returned function is called. */
  subscribe(listener: (state: ChatState) => void): () => void;
  connect(): void;
  /** Asks for a chat with the answers of the pre-chat form. */
  startChat(prechat?: Record<string, string>): void;
  /** Adds a line and sends it as soon as possible; starts a chat if there is none. */
  send(text: string): void;
  sendFile(file: File): void;
  /** The bytes of a file of the chat on screen. */
  openFile(fileId: string): Promise<Blob | undefined>;
  /** Leaves a message for later; answers whether the server has it. */
  leaveMessage(message: { text: string; email?: string }): Promise<boolean>;
  /** Sends a failed line again, under its own id. */
  retry(clientId: string): void;
  discard(clientId: string): void;
  /** The composer's text has changed. */
  composing(text: string): void;
  /** Whether the visitor has the lines before their eyes. */
  watching(watches: boolean): void;
  endChat(): void;
  /** Rates a closed chat, 1 to 5. */
  rate(score: number, comment: string): void;
  /** Leaves a closed chat. */
  newChat(): void;
  close(): void;
}

/** Events about the conversation on screen. */
type ChatEvent = Extract<ServerEvent, { name: 'message:update' | 'typing' | 'message:seen' }>;

/**
 * The visitor's side of a chat, without a screen: what was written is sent until it is acknowledged, what
 * the server says is shown once and in order, and after every break the whole state is fetched anew.
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  let endRequested = false;
  let sessionId: string | undefined;
  let sessionToken: string | undefined;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  const store = createChatStore();
  const waitMs = (attempt: number) => backoffMs(attempt, { ...RETRY, random: options.random });

  const connection = createConnection({
    openSession: options.openSession,
    createLink: options.createLink,
    random: options.random,
    onSession: adoptSession,
    onEvent,
    onState: (next) => {
      store.update({ connection: next });
      if (next === 'online') void catchUp();
      else setAgentTyping(false);
    },
  });
  const { ask } = connection;
  const pages = createPageReporter(ask);
  const identity = createIdentitySender(ask, (refusal) => options.onIdentified?.(refusal));
  const attention = createAttention({ store, ask });
  const sync = createSync({ store, ask, attention, waitMs, onClosed, onGone: leave });
  const invitation = createInvitation({ store, ask });
  const files = createFileCalls({ fetch: options.fetch, token: () => sessionToken });
  const { upload } = files;
  const sender = createSender({ store, ask, sync, waitMs, newId: options.newId, invitation, upload });
  const typing = createTypingSender((active, text) => {
    const { conversation } = store;
    if (conversation === undefined || conversation.status === 'closed' || !connection.online) return;
    void ask('typing', { conversationId: conversation.id, active, ...(text !== undefined && { text }) });
  });

  /** After every (re)connect: the state as the server has it, then what it has not got from us. */
  async function catchUp(): Promise<void> {
    pages.flush();
    identity.flush();
    invitation.flush();
    await sync.resume();
    if (endRequested) await finishEnding();
    await sender.continue();
    attention.report();
  }

  function leave(): void {
    sender.reset();
    sync.reset();
    attention.reset();
    typing.stop();
    endRequested = false;
    store.leaveConversation();
  }

  function adoptSession(session: VisitorSession): void {
    if (sessionId !== undefined && sessionId !== session.sessionId) identity.sessionChanged();
    sessionId = session.sessionId;
    sessionToken = session.token;
    store.update({ site: session.site });
    const { conversation } = store;
    const open = session.openConversationId;
    if (open === undefined || open === conversation?.id) return;
    if (conversation === undefined || conversation.status === 'closed') adopt(open);
  }

  /** Takes up a conversation that exists on the server already. */
  function adopt(conversationId: string): void {
    const { pending } = store.state.timeline;
    if (store.conversation !== undefined) leave();
    else store.update({ timeline: { ...EMPTY_TIMELINE, pending } });
    store.setConversation({ id: conversationId, status: 'queued' });
  }

  function onEvent(event: ServerEvent): void {
    if (event.name === 'message:new') onMessage(event.payload);
    else if (event.name === 'chat:update') onChatUpdate(event.payload);
    else if (event.name === 'engagement:invite') invitation.received(event.payload);
    else if (event.name === 'engagement:withdraw') invitation.withdrawn(event.payload.inviteId);
    else if (store.isCurrent(event.payload.conversationId)) onChatEvent(event);
  }

  function onChatEvent(event: ChatEvent): void {
    if (event.name === 'message:update') {
      store.update({ timeline: correctStored(store.state.timeline, event.payload) });
    } else if (event.payload.from.kind !== 'visitor') {
      if (event.name === 'typing') setAgentTyping(event.payload.active);
      else store.update({ seenSeq: Math.max(store.state.seenSeq, event.payload.seq) });
    }
  }

  function onMessage(message: WireMessage): void {
    if (message.kind === 'note') return;
    if (!store.isCurrent(message.conversationId)) {
      onForeign(message.conversationId);
      return;
    }
    if (message.from.kind !== 'visitor') setAgentTyping(false);
    sync.receive([message]);
  }

  /** News of a chat that another tab of this visitor has started. */
  function onForeign(conversationId: string): void {
    const { conversation } = store;
    if (sender.starting || (conversation !== undefined && conversation.status !== 'closed')) return;
    adopt(conversationId);
    void sync.resume();
  }

  function onChatUpdate({ conversationId: id, ...rest }: ChatUpdate): void {
    const known = store.conversation;
    if (known?.id !== id) {
      if (rest.status !== 'closed') onForeign(id);
      return;
    }
    sync.stateTold();
    store.setConversation({ id, ...(known.caseId !== undefined && { caseId: known.caseId }), ...rest });
    if (rest.status === 'closed') onClosed();
  }

  /** Nothing more can be sent; lines that were not are shown as such. */
  function onClosed(): void {
    endRequested = false;
    typing.stop();
    setAgentTyping(false);
    let { timeline } = store.state;
    for (const { clientId } of timeline.pending) {
      timeline = markPending(timeline, clientId, 'conversation.closed');
    }
    store.update({ ending: false, timeline });
  }

  function setAgentTyping(active: boolean): void {
    clearTimeout(typingTimer);
    if (active) typingTimer = setTimeout(() => setAgentTyping(false), AGENT_TYPING_EXPIRES_MS);
    if (store.state.agentTyping !== active) store.update({ agentTyping: active });
  }

  async function finishEnding(): Promise<void> {
    const { conversation } = store;
    if (conversation === undefined || conversation.status === 'closed') return;
    const answer = await ask('chat:end', { conversationId: conversation.id });
    if (answer === undefined || !store.isCurrent(conversation.id)) return;
    endRequested = false;
    store.update({ ending: false });
    if (!answer.ok) return await sync.resume();
    sync.stateTold();
    store.setConversation({ ...conversation, closedBy: 'visitor', status: 'closed' });
    onClosed();
  }

  async function leaveMessage({ text, email }: { text: string; email?: string }): Promise<boolean> {
    const answer = await ask('offline:submit', { text, ...(email !== undefined && { email }) });
    if (answer?.ok !== true) return false;
    const { conversationId: id, caseId, message } = answer.data;
    if (!store.isCurrent(id)) adopt(id);
    store.setConversation({ id, caseId, status: 'queued' });
    await sync.resume();
    const stored = store.state.timeline.stored.find(({ seq }) => seq === message.seq);
    if (stored !== undefined) sync.receive([{ ...stored, removed: message.removed }]);
    return true;
  }

  async function sendRating(score: number, comment: string): Promise<void> {
    const conversationId = store.conversation?.id;
    if (conversationId === undefined) return;
    store.update({ rating: 'sending' });
    const rating = { conversationId, score, ...(comment.trim() !== '' && { comment: comment.trim() }) };
    const answer = await ask('chat:rate', rating);
    if (store.isCurrent(conversationId)) store.update({ rating: answer?.ok === true ? 'sent' : 'failed' });
  }

  return {
    get state() {
      return store.state;
    },
    pages,
    identity,
    invitation,
    subscribe: store.subscribe,
    connect: connection.start,
    startChat: sender.startChat,
    send: (text) => {
      typing.stop();
      sender.send(text);
    },
    sendFile: sender.sendFile,
    openFile: async (fileId) => {
      const id = store.conversation?.id;
      return id === undefined ? undefined : await files.open(id, fileId);
    },
    leaveMessage,
    retry: sender.retry,
    discard: sender.discard,
    composing: typing.changed,
    watching: attention.watching,
    endChat: () => {
      endRequested = true;
      store.update({ ending: true });
      if (connection.online) void finishEnding();
    },
    rate: (score, comment) => void sendRating(score, comment),
    newChat: leave,
    close: () => {
      clearTimeout(typingTimer);
      sender.reset();
      sync.reset();
      typing.stop();
      connection.close();
      store.close();
    },
  };
}
