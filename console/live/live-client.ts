import type { Ack, ServerToAgent, WireConversation, WirePresence } from '../../shared/protocol/index.ts';
import {
  applyConversation,
  dequeue,
  dropChat,
  isMine,
  putChat,
  putQueue,
  select,
  updateChat,
} from './desk.ts';
import type { Data, LinkStatus, Payload } from './link.ts';
import type { Alert, LiveDeps } from './live-deps.ts';
import { Outbox } from './outbox.ts';
import { PresenceKeeper } from './presence-keeper.ts';
import { QueueWatch } from './queue-watch.ts';
import { isRefusedOrCut, Requests, unanswered } from './requests.ts';
import { INITIAL_STATE, type LiveState, type PendingLine, type PresenceIntent } from './state.ts';
import { createStore, type Store } from './store.ts';
import { Supervising } from './supervising.ts';
import {
  hasGap,
  withAllRead,
  withMessages,
  withoutPending,
  withPending,
  withRefusal,
  withResume,
  withSent,
  withUpdate,
} from './timeline.ts';
import { TypingMarks } from './typing-marks.ts';
import { TypingReporter } from './typing-reporter.ts';
import { VisitorWatch } from './visitor-watch.ts';

/** What the server could not do just now is tried again after this long. */
const RETRY_AFTER_MS = 2_000;

/**
 * The live side of the console without any interface: one socket, the agent's chats and the queue. After every
 * connect it says again what the agent wants to be, reads the queue and the own chats, resumes each from the
 * last message it has, and sends what is not acknowledged. So nothing is lost or doubled, whatever was cut.
 */
export class LiveClient {
  readonly state: Store<LiveState>;
  /** Who is on the sites now, while somebody looks. */
  readonly visitors: VisitorWatch;
  /** The chats of others. */
  readonly supervising: Supervising;
  readonly #deps: LiveDeps;
  readonly #requests: Requests;
  readonly #outbox: Outbox;
  readonly #typing: TypingReporter;
  readonly #marks: TypingMarks;
  readonly #presence: PresenceKeeper;
  readonly #queue: QueueWatch;
  #attentive = true;
  /** Counts connections, so that an answer to an earlier one is not taken for this one's. */
  #connection = 0;
  #closed = false;

  constructor(deps: LiveDeps) {
    this.#deps = deps;
    const { intent } = deps;
    this.state = createStore<LiveState>(intent === undefined ? INITIAL_STATE : { ...INITIAL_STATE, intent });
    this.#requests = new Requests(deps.link, () => this.state.get().connection.kind === 'online');
    this.#outbox = new Outbox({
      send: (conversationId, line) => this.#sendLine(conversationId, line),
      waiting: (conversationId) => this.state.get().chats[conversationId]?.pending ?? [],
      stored: (conversationId, line, ack) => {
        const author = { kind: 'agent' as const, ...this.#deps.me };
        this.#change(conversationId, (chat) => withSent(chat, { line, ack, author }));
        this.#closeGap(conversationId);
      },
      refused: (conversationId, line, reason) =>
        this.#change(conversationId, (chat) => withRefusal(chat, line.clientId, reason)),
      after: deps.after,
    });
    this.#typing = new TypingReporter({
      after: deps.after,
      report: (conversationId, active) => this.#requests.tell('typing', { conversationId, active }),
    });
    this.#marks = new TypingMarks({ after: deps.after, change: (id, change) => this.#change(id, change) });
    this.#presence = new PresenceKeeper({
      state: this.state,
      agentId: deps.me.id,
      ask: (payload) => this.#requests.ask('presence:set', payload),
      saveIntent: deps.saveIntent,
    });
    this.#queue = new QueueWatch({
      state: this.state,
      list: () => this.#requests.ask('queue:list', {}),
      ignoreCut: (work) => this.#requests.ignoreCut(work),
      after: deps.after,
    });
    this.visitors = new VisitorWatch({
      list: () => this.#requests.ask('visitor:list', {}),
      ignoreCut: (work) => this.#requests.ignoreCut(work),
    });
    this.supervising = new Supervising({
      state: this.state,
      requests: this.#requests,
      me: deps.me.id,
      resume: (conversationId) => this.#resume(conversationId),
    });
    this.#listen();
  }

  /** Connects and stays connected until `close`. */
  start(): void {
    this.#deps.link.open();
  }

  close(): void {
    this.#closed = true;
    this.#connection += 1;
    this.#outbox.close();
    this.#typing.close();
    this.#marks.close();
    this.#queue.close();
    this.#deps.link.close();
  }

  /** What the user wants to be. Said again after every reconnect. */
  async setPresence(intent: PresenceIntent): Promise<void> {
    await this.#presence.choose(intent);
  }

  /** Takes a waiting conversation and opens it. @throws ActionRefused */
  async accept(conversationId: string): Promise<void> {
    try {
      const conversation = await this.#requests.ask('chat:accept', { conversationId });
      this.state.set((state) => select(applyConversation(state, conversation, this.#me), conversationId));
      await this.#resume(conversationId);
    } catch (error) {
      this.#queue.refreshSoon();
      throw error;
    }
  }

  /** Ends the chat; it stays on the desk, closed, until it is put away. @throws ActionRefused */
  async closeChat(conversationId: string): Promise<void> {
    this.#apply(await this.#requests.ask('chat:close', { conversationId }));
  }

  /** @throws ActionRefused */
  async setTags(conversationId: string, tags: readonly string[]): Promise<void> {
    this.#apply(await this.#requests.ask('chat:tag', { conversationId, tags: [...tags] }));
  }

  /** @throws ActionRefused */
  async setCaseId(conversationId: string, caseId: string): Promise<void> {
    this.#apply(await this.#requests.ask('chat:case', { conversationId, caseId }));
  }

  /** Agents who are there, the user among them. @throws ActionRefused */
  async colleagues(): Promise<readonly WirePresence[]> {
    return (await this.#requests.ask('presence:list', {})).items;
  }

  /** Hands a chat on. @throws ActionRefused */
  async transfer(transfer: Payload<'chat:transfer'>): Promise<void> {
    this.#apply(await this.#requests.ask('chat:transfer', transfer));
  }

  /** Invites a visitor to a chat. @throws ActionRefused */
  async invite(sessionId: string, message: string): Promise<void> {
    await this.#requests.ask('visitor:invite', { sessionId, message });
  }

  /** Takes a chat that is no longer this agent's off the desk. */
  putAway(conversationId: string): void {
    this.supervising.stop(conversationId);
    this.state.set((state) => dropChat(state, conversationId));
  }

  /** Opens a chat and marks it read. */
  select(conversationId: string | undefined): void {
    this.state.set((state) => select(state, conversationId));
    if (conversationId !== undefined) this.#markRead(conversationId);
  }

  /** Whether the user is looking at the page; only then is a message seen. */
  setAttentive(attentive: boolean): void {
    this.#attentive = attentive;
    const { selectedId } = this.state.get();
    if (attentive && selectedId !== undefined) this.#markRead(selectedId);
  }

  /** Sends a line, or leaves a note that only staff sees. It is on the screen at once and sent until acknowledged. */
  send(conversationId: string, content: { readonly text: string; readonly kind: 'text' | 'note' }): void {
    const line: PendingLine = {
      ...content,
      clientId: this.#deps.newClientId(),
      at: this.#deps.now().toISOString(),
    };
    this.#typing.stop(conversationId);
    this.#change(conversationId, (chat) => withPending(chat, line));
    this.#flush(conversationId);
  }

  /** Tries a refused line once more. */
  retry(conversationId: string, clientId: string): void {
    this.#change(conversationId, (chat) => withRefusal(chat, clientId, undefined));
    this.#flush(conversationId);
  }

  /** Gives a refused line up. */
  discard(conversationId: string, clientId: string): void {
    this.#change(conversationId, (chat) => withoutPending(chat, clientId));
  }

  /** The user is writing a message to the visitor (not a note). */
  composing(conversationId: string): void {
    this.#typing.touch(conversationId);
  }

  get #me(): string {
    return this.#deps.me.id;
  }

  #listen(): void {
    const { link } = this.#deps;
    link.onStatus((status) => this.#onStatus(status));
    link.on('chat:offered', (conversation) => this.#onOffered(conversation));
    link.on('chat:assigned', (conversation) => this.#onAssigned(conversation));
    link.on('chat:update', (conversation) => this.#apply(conversation));
    link.on('queue:update', (update) => this.#queue.updated(update));
    link.on('message:new', (message) => this.#onMessage(message));
    link.on('message:update', (update) =>
      this.#change(update.conversationId, (chat) => withUpdate(chat, update)),
    );
    link.on('typing', (notice) => this.#marks.apply(notice));
    link.on('message:seen', ({ conversationId, from, seq }) => {
      if (from.kind !== 'visitor') return;
      this.#change(conversationId, (chat) =>
        seq > chat.visitorSeenSeq ? { ...chat, visitorSeenSeq: seq } : chat,
      );
    });
    link.on('presence:update', (presence) => this.#presence.told(presence));
    link.on('access:update', ({ authorizations }) => this.#onAccess(authorizations));
    link.on('visitor:update', (update) => this.visitors.updated(update));
  }

  #onAccess(authorizations: readonly string[]): void {
    const known = this.state.get().authorizations;
    if (known?.join() === authorizations.join()) return;
    this.state.set((state) => ({ ...state, authorizations }));
  }

  #onStatus(status: LinkStatus): void {
    if (this.#closed) return;
    this.#connection += 1;
    this.#outbox.setOnline(false);
    if (status.kind === 'up') {
      this.state.set((state) => ({ ...state, connection: { kind: 'online' } }));
      void this.#resync(this.#connection);
      return;
    }
    this.#presence.disconnected();
    const connection = status.kind === 'down' ? ({ kind: 'reconnecting' } as const) : status;
    this.state.set((state) => ({ ...state, connection }));
  }

  /** Brings everything in step with the server. A cut meanwhile ends it; the next connect begins anew. */
  async #resync(connection: number): Promise<void> {
    try {
      await this.#presence.connected();
      const [queue, mine] = await Promise.all([
        this.#requests.ask('queue:list', {}),
        this.#requests.ask('chat:list', {}),
      ]);
      if (connection !== this.#connection) return;
      this.state.set((state) => mine.items.reduce(putChat, putQueue(state, queue.items)));
      this.#outbox.setOnline(true);
      this.visitors.refresh();
      await Promise.all(this.state.get().order.map((id) => this.#resumeAndFlush(id)));
    } catch (error) {
      if (connection !== this.#connection) return;
      if (!isRefusedOrCut(error)) throw error;
      this.#later(() => this.#resync(connection));
    }
  }

  async #resumeAndFlush(conversationId: string): Promise<void> {
    await this.supervising.watchAgain(conversationId);
    await this.#resume(conversationId);
    this.#flush(conversationId);
  }

  /** Fetches what is missing; tries again while the server cannot answer. */
  async #resume(conversationId: string): Promise<void> {
    const chat = this.state.get().chats[conversationId];
    if (chat === undefined) return;
    const afterSeq = chat.contiguousSeq;
    const ack = await this.#deps.link.ask('chat:resume', { conversationId, afterSeq }).catch(unanswered);
    if (ack?.ok === true) {
      this.#change(conversationId, (current) => withResume(current, ack.data, this.#me));
      this.#markReadIfOpen(conversationId);
    } else if (ack === undefined || ack.error.retryable) {
      this.#later(() => this.#resume(conversationId));
    } else if (chat.pending.length === 0) {
      // Erased, or no longer this agent's to see. Unsent lines stay until the agent has read why they were refused.
      this.putAway(conversationId);
    }
  }

  /** Does something a little later, if the connection is still the same; a new one resyncs everything anyway. */
  #later(work: () => Promise<void>): void {
    const connection = this.#connection;
    this.#deps.after(RETRY_AFTER_MS, () => {
      if (connection === this.#connection && !this.#closed) this.#requests.ignoreCut(work());
    });
  }

  #onOffered(conversation: WireConversation): void {
    this.#queue.offered(conversation);
    const online = this.state.get().presence[this.#me]?.status === 'online';
    if (online) this.#alert('offered', conversation);
  }

  #onAssigned(conversation: WireConversation): void {
    const isNew = this.state.get().chats[conversation.id] === undefined;
    this.state.set((state) => {
      const next = putChat(dequeue(state, conversation.id), conversation);
      return next.selectedId === undefined ? select(next, conversation.id) : next;
    });
    if (isNew) this.#alert('assigned', conversation);
    void this.#resume(conversation.id);
  }

  #apply(conversation: WireConversation): void {
    const isNew = this.state.get().chats[conversation.id] === undefined;
    this.state.set((state) => applyConversation(state, conversation, this.#me));
    if (conversation.status !== 'active') this.#typing.forget(conversation.id);
    if (isNew && isMine(conversation, this.#me)) void this.#resume(conversation.id);
  }

  #onMessage(message: ServerToAgent['message:new']): void {
    const { conversationId } = message;
    const before = this.state.get().chats[conversationId];
    if (before === undefined) return;
    if (message.from.kind === 'visitor') this.#marks.clear(conversationId);
    this.#change(conversationId, (chat) => withMessages(chat, [message]));
    const after = this.state.get().chats[conversationId];
    if (after === before) return;
    this.#closeGap(conversationId);
    this.#markReadIfOpen(conversationId);
    if (message.from.kind === 'visitor') this.#alert('message', before.conversation);
  }

  #closeGap(conversationId: string): void {
    const chat = this.state.get().chats[conversationId];
    if (chat?.loaded === true && hasGap(chat)) void this.#resume(conversationId);
  }

  #markReadIfOpen(conversationId: string): void {
    if (this.state.get().selectedId === conversationId) this.#markRead(conversationId);
  }

  #markRead(conversationId: string): void {
    const chat = this.state.get().chats[conversationId];
    if (!this.#attentive || chat === undefined) return;
    const read = withAllRead(chat);
    const seen = chat.messages.findLast((message) => message.from.kind === 'visitor')?.seq;
    this.#change(conversationId, () => read);
    if (seen === undefined || seen <= chat.readSeq || !isMine(chat.conversation, this.#me)) return;
    this.#requests.tell('message:seen', { conversationId, seq: seen });
  }

  #sendLine(conversationId: string, line: PendingLine): Promise<Ack<Data<'message:send'>>> {
    const { clientId, text } = line;
    const note = this.state.get().chats[conversationId]?.watched === true ? 'chat:whisper' : 'note:add';
    const name = line.kind === 'note' ? note : 'message:send';
    return this.#deps.link.ask(name, { conversationId, clientId, text });
  }

  #flush(conversationId: string): void {
    void this.#outbox.flush(conversationId);
  }

  #change(id: string, change: Parameters<typeof updateChat>[2]): void {
    this.state.set((state) => updateChat(state, id, change));
  }

  #alert(kind: Alert['kind'], { id, caseId }: WireConversation): void {
    this.#deps.alert?.({ kind, conversationId: id, caseId });
  }
}
