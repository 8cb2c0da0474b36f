import type { ResumedChat, WireError, WireMessage } from '../../../shared/protocol/index.ts';
import type { Attention } from './attention.ts';
import type { Ask } from './link.ts';
import type { ChatStore } from './store.ts';
import type { StoredLine, Timeline } from './timeline.ts';
import { hasGap, lastOtherSeq, mergeResumed, mergeStored } from './timeline.ts';

/** Lines may overtake one another for a moment; only a gap that stays is asked for. */
const GAP_WAIT_MS = 300;

export interface SyncOptions {
  readonly store: ChatStore;
  readonly ask: Ask;
  readonly attention: Attention;
  /** Milliseconds to wait before try number n. */
  readonly waitMs: (attempt: number) => number;
  onClosed(): void;
  /** The server knows the conversation no longer, or never let us see it. */
  onGone(): void;
}

/** Makes the conversation on screen equal to the server's. */
export interface Sync {
  /** Fetches all that is new and the whole state. */
  resume(): Promise<void>;
  /** Takes lines that came unasked. */
  receive(messages: readonly StoredLine[]): void;
  /** Asks for what is missing, if anything still is after a moment. */
  closeGap(): void;
  /** The server has just told the conversation's state: an answer under way is older than that. */
  stateTold(): void;
  reset(): void;
}

export function createSync(options: SyncOptions): Sync {
  const { store, ask, attention } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let toldCount = 0;

  const resumeIn = (afterMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void resume(), afterMs);
  };
  const closeGap = () => {
    if (hasGap(store.state.timeline)) resumeIn(attempt === 0 ? GAP_WAIT_MS : options.waitMs(attempt));
  };
  const show = (timeline: Timeline, countNews: boolean) => {
    const before = lastOtherSeq(store.state.timeline);
    const isNews = (line: WireMessage) => line.seq > before && line.from.kind === 'agent';
    store.update({ timeline });
    attention.arrived(countNews ? timeline.stored.filter(isNews).length : 0);
  };
  const takeState = (id: string, { status, caseId, agent, queuePosition }: ResumedChat) => {
    store.setConversation({
      id,
      caseId,
      status,
      ...(agent !== undefined && { agent }),
      ...(queuePosition !== undefined && { queuePosition }),
    });
    if (status === 'closed') options.onClosed();
  };
  const refused = (error: WireError) => {
    const { conversation } = store;
    if (error.retryable) return resumeIn(error.retryAfterMs ?? options.waitMs(attempt++));
    if (error.code === 'not_found' || conversation === undefined) return options.onGone();
    store.setConversation({ ...conversation, status: 'closed' });
    options.onClosed();
  };
  const resume = async () => {
    const id = store.conversation?.id;
    if (id === undefined) return;
    const toldBefore = toldCount;
    const afterSeq = store.state.timeline.completeSeq;
    const answer = await ask('chat:resume', { conversationId: id, afterSeq });
    if (answer === undefined || !store.isCurrent(id)) return;
    if (!answer.ok) return refused(answer.error);
    const { messages, seenSeq } = answer.data;
    // What was there before the page was loaded is history, not news.
    show(mergeResumed(store.state.timeline, messages), afterSeq > 0);
    store.update({ seenSeq: Math.max(store.state.seenSeq, seenSeq) });
    if (toldCount === toldBefore) takeState(id, answer.data);
    attempt = hasGap(store.state.timeline) ? attempt + 1 : 0;
    closeGap();
  };

  return {
    resume,
    closeGap,
    receive: (messages) => {
      show(mergeStored(store.state.timeline, messages), true);
      closeGap();
    },
    stateTold: () => {
      toldCount += 1;
    },
    reset: () => {
      clearTimeout(timer);
      attempt = 0;
    },
  };
}
