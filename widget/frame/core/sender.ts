import type { WireError } from '../../../shared/protocol/index.ts';
import type { Invitation } from './invitation.ts';
import type { Ask } from './link.ts';
import type { Delivery, OutboxLine } from './outbox.ts';
import { createOutbox } from './outbox.ts';
import type { ChatStore } from './store.ts';
import type { Sync } from './sync.ts';
import { addPending, confirmSent, dropPending, markPending } from './timeline.ts';
import type { Upload } from './uploads.ts';
import { refusalOf } from './uploads.ts';

/** Automatic tries of a line that the server cannot take now, before the visitor is asked. */
const SEND_TRIES = 6;

export interface SenderOptions {
  readonly store: ChatStore;
  readonly ask: Ask;
  readonly sync: Sync;
  readonly newId: () => string;
  readonly upload: Upload;
  readonly waitMs: (attempt: number) => number;
  readonly invitation: Pick<Invitation, 'inviteId'>;
}

/** Gets what the visitor writes to the server, starting the chat when there is none. */
export interface Sender {
  /** Whether a chat is being asked for at this moment. */
  readonly starting: boolean;
  /** Remembers the pre-chat answers and asks for a chat. */
  startChat(prechat?: Record<string, string>): void;
  /** After a (re)connect: asks again for the chat that was wanted, then sends what waits. */
  continue(): Promise<void>;
  send(text: string): void;
  /** Sends a file; one that the account does not take is shown as such at once. */
  sendFile(file: File): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
  reset(): void;
}

export function createSender(options: SenderOptions): Sender {
  const { store, ask, sync } = options;
  const tries = new Map<string, number>();
  let prechat: Record<string, string> | undefined;
  let starting: Promise<void> | undefined;
  let startRefusal: WireError | undefined;
  let startTries = 0;

  const mark = (clientId: string, error?: WireError['code']) =>
    store.update({ timeline: markPending(store.state.timeline, clientId, error) });

  const askForChat = async (): Promise<void> => {
    store.update({ phase: { name: 'starting' } });
    const { inviteId } = options.invitation;
    const answer = await ask('chat:start', {
      ...(prechat !== undefined && { prechat }),
      ...(inviteId !== undefined && { inviteId }),
    });
    if (answer?.ok === false && answer.error.code === 'invalid_value' && inviteId !== undefined) {
      // The invitation has ended meanwhile; that must not cost the visitor the chat.
      store.update({ invitation: undefined });
      return await askForChat();
    }
    startRefusal = answer?.ok === false ? answer.error : undefined;
    if (answer === undefined || store.conversation !== undefined) return;
    if (!answer.ok) return store.update({ phase: { name: 'starting', error: answer.error.code } });
    startTries = 0;
    const { conversationId: id, ...rest } = answer.data;
    store.setConversation({ id, ...rest });
    store.update({ invitation: undefined });
    // The server answers with the open chat if there is one: it may have lines already.
    await sync.resume();
  };
  const start = async () => {
    starting ??= askForChat().finally(() => {
      starting = undefined;
    });
    await starting;
  };

  /** No chat: the connection broke, or the server refuses one, which in the end fails every line that waits. */
  const withoutChat = (): Delivery => {
    if (startRefusal === undefined) return { kind: 'offline' };
    startTries += 1;
    if (startRefusal.retryable && startTries < SEND_TRIES) {
      return { kind: 'retry', afterMs: startRefusal.retryAfterMs ?? options.waitMs(startTries) };
    }
    startTries = 0;
    for (const { clientId } of store.state.timeline.pending) mark(clientId, startRefusal.code);
    outbox.clear();
    store.update({ phase: { name: 'none' } });
    return { kind: 'settled' };
  };
  const refused = (clientId: string, error: WireError): Delivery => {
    const tried = (tries.get(clientId) ?? 0) + 1;
    tries.set(clientId, tried);
    if (error.retryable && tried < SEND_TRIES) {
      return { kind: 'retry', afterMs: error.retryAfterMs ?? options.waitMs(tried) };
    }
    mark(clientId, error.code);
    if (error.code === 'conversation.closed') void sync.resume();
    return { kind: 'settled' };
  };
  const deliver = async ({ clientId, text, file }: OutboxLine): Promise<Delivery> => {
    if (store.state.connection !== 'online') return { kind: 'offline' };
    if (store.conversation === undefined) await start();
    const conversationId = store.conversation?.id;
    if (conversationId === undefined) return withoutChat();
    const answer =
      file === undefined
        ? await ask('message:send', { conversationId, clientId, text })
        : await options.upload({ conversationId, clientId, file });
    if (answer === undefined) return { kind: 'offline' };
    if (!store.isCurrent(conversationId)) return { kind: 'settled' };
    if (!answer.ok) return refused(clientId, answer.error);
    tries.delete(clientId);
    const sent = { conversationId, clientId, answer: answer.data };
    store.update({ timeline: confirmSent(store.state.timeline, sent) });
    sync.closeGap();
    return { kind: 'settled' };
  };
  const outbox = createOutbox(deliver);

  return {
    get starting() {
      return starting !== undefined;
    },
    startChat: (fields) => {
      prechat = fields;
      store.update({ phase: { name: 'starting' } });
      if (store.state.connection === 'online') void start().then(outbox.flush);
    },
    continue: async () => {
      if (store.state.phase.name === 'starting') await start();
      outbox.flush();
    },
    send: (text) => {
      const clientId = options.newId();
      store.update({ timeline: addPending(store.state.timeline, { clientId, text }) });
      outbox.add({ clientId, text });
    },
    sendFile: (file) => {
      const clientId = options.newId();
      const error = refusalOf(file, store.state.site?.attachments);
      const line = { clientId, text: file.name, file };
      store.update({
        timeline: addPending(store.state.timeline, { ...line, ...(error !== undefined && { error }) }),
      });
      if (error === undefined) outbox.add(line);
    },
    retry: (clientId) => {
      const line = store.state.timeline.pending.find((pending) => pending.clientId === clientId);
      if (line?.error === undefined) return;
      tries.delete(clientId);
      mark(clientId);
      outbox.add({ clientId, text: line.text, ...(line.file !== undefined && { file: line.file }) });
    },
    discard: (clientId) => store.update({ timeline: dropPending(store.state.timeline, clientId) }),
    reset: () => {
      outbox.clear();
      tries.clear();
      startTries = 0;
      prechat = undefined;
    },
  };
}
