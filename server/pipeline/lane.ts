import type { MessageAuthor } from '../../shared/protocol/index.ts';
import type { Conversation, Redacted, Stored } from '../domain/index.ts';
import type { RedactedText } from '../domain/redaction/index.ts';
import type { ChainHead, SealContext } from './seal.ts';

/** How many of a sender's own message ids a lane remembers; older ones are looked up in the store. */
const REMEMBERED_CLIENT_KEYS = 32;
/** A number may be split over this many messages before the one that completes it. */
export const TAIL_LENGTH = 2;
/** Kept of each sender, so that the tail is whole again when a message turns out to be a repeat. */
const TAIL_KEPT = 8;

/** What became of a message: kept now, or kept before under the same client id. */
export interface Persisted {
  readonly seq: number;
  readonly content: Pick<Redacted, 'id' | 'at' | 'text' | 'redacted' | 'removed' | 'file'>;
  readonly fresh: boolean;
}

/** A message that waits for the next commit. */
export interface LaneEntry {
  message: Redacted;
  readonly clientKey: string;
  attempts: number;
  /** Called once, in `seq` order, after the store has it and before the sender is told. */
  readonly deliver: (stored: Stored) => void;
  readonly resolve: (persisted: Persisted) => void;
  readonly reject: (reason: unknown) => void;
}

/** A recent message of one sender, as far as numbers split over messages need it. */
export interface TailText {
  readonly id: string;
  text: RedactedText;
}

/**
 * One conversation as this node works on it: its state, its opened key, the end of its chain and what
 * waits to be written. All messages of a conversation go through its lane in order; lanes know nothing
 * of one another.
 */
export class Lane {
  conversation: Conversation;
  readonly context: SealContext;
  head: ChainHead;
  readonly pending: LaneEntry[] = [];
  inFlight = 0;
  /** The store has moved on without us: read the head again before the next write. */
  stale = false;
  /** The transcript was erased or has expired; nothing may be written any more. */
  gone = false;
  /** Highest seq that each side has seen; live only. */
  readonly seen = { visitor: 0, agent: 0 };
  /** Head seq that the anchor in the store speaks of. */
  anchoredSeq: number;
  lastUsedAt: number;
  /** While set, new messages wait: earlier ones are being sealed anew. */
  gate: Promise<void> | undefined;
  readonly #recent = new Map<string, Promise<Persisted>>();
  readonly #tails = new Map<string, TailText[]>();
  #idleWaiters: (() => void)[] = [];

  constructor(state: { conversation: Conversation; context: SealContext; head: ChainHead; now: number }) {
    this.conversation = state.conversation;
    this.context = state.context;
    this.head = state.head;
    this.lastUsedAt = state.now;
    this.anchoredSeq = state.conversation.anchor?.seq ?? 0;
  }

  get id(): string {
    return this.context.conversationId;
  }

  /** Nothing waits and nothing is being written. */
  get idle(): boolean {
    return this.pending.length === 0 && this.inFlight === 0;
  }

  /** Idle, and no earlier messages are being sealed anew. */
  get quiet(): boolean {
    return this.idle && this.gate === undefined;
  }

  /** Resolves when everything handed in so far is written or refused. */
  async whenIdle(): Promise<void> {
    if (this.idle) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** To be called after each commit that touched the lane. */
  settled(): void {
    if (!this.idle) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const wake of waiters) wake();
  }

  /**
   * Runs work that needs the transcript to stand still: what was handed in before is written first, and new
   * messages wait until it is done.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const before = this.gate ?? Promise.resolve();
    const result = before.then(() => this.whenIdle()).then(work);
    const gate = result
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        if (this.gate === gate) this.gate = undefined;
      });
    this.gate = gate;
    return result;
  }

  recent(clientKey: string): Promise<Persisted> | undefined {
    return this.#recent.get(clientKey);
  }

  remember(clientKey: string, outcome: Promise<Persisted>): void {
    this.#recent.set(clientKey, outcome);
    if (this.#recent.size <= REMEMBERED_CLIENT_KEYS) return;
    const oldest = this.#recent.keys().next().value;
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  forget(clientKey: string): void {
    this.#recent.delete(clientKey);
  }

  /** The sender's last texts, oldest first. */
  tailOf(sender: MessageAuthor): readonly TailText[] {
    return (this.#tails.get(senderKey(sender)) ?? []).slice(-TAIL_LENGTH);
  }

  /** They are to be read again. */
  forgetTails(): void {
    this.#tails.clear();
  }

  extendTail(sender: MessageAuthor, item: TailText): void {
    const key = senderKey(sender);
    this.#tails.set(key, [...(this.#tails.get(key) ?? []), item].slice(-TAIL_KEPT));
  }

  /** Takes a message out of its sender's tail: it was not stored, for it was there already. */
  cutFromTail(sender: MessageAuthor, id: string): void {
    const key = senderKey(sender);
    const tail = this.#tails.get(key) ?? [];
    this.#tails.set(
      key,
      tail.filter((item) => item.id !== id),
    );
  }

  /** Tells the tails of a stored text that was changed: what was taken out must not come back through them. */
  correctTail(id: string, text: RedactedText): void {
    for (const tail of this.#tails.values()) {
      const item = tail.find((candidate) => candidate.id === id);
      if (item !== undefined) item.text = text;
    }
  }

  /** Puts the text in place of a waiting message's; false when it does not wait any more. */
  replacePending(id: string, change: (message: Redacted) => Redacted): boolean {
    const entry = this.pending.find((waiting) => waiting.message.id === id);
    if (entry === undefined) return false;
    entry.message = change(entry.message);
    return true;
  }
}

/** Tells senders of one conversation apart. */
export function senderKey(sender: MessageAuthor): string {
  return `${sender.kind}:${sender.id ?? ''}`;
}
