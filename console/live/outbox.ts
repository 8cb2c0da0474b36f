import type { Ack, SentMessage } from '../../shared/protocol/index.ts';
import { NoAnswer } from './link.ts';
import type { PendingLine } from './state.ts';

export interface OutboxDeps {
  /** Sends one line; throws {@link NoAnswer} when it is unknown whether it arrived. */
  readonly send: (conversationId: string, line: PendingLine) => Promise<Ack<SentMessage>>;
  /** The lines of a conversation that wait, oldest first, as the state holds them. */
  readonly waiting: (conversationId: string) => readonly PendingLine[];
  readonly stored: (conversationId: string, line: PendingLine, ack: SentMessage) => void;
  readonly refused: (conversationId: string, line: PendingLine, reason: string) => void;
  /** Runs a function later; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/** Wait before a line that the server could not take just now is tried again, unless the server says how long. */
const RETRY_AFTER_MS = 2_000;

/**
 * Sends the waiting lines of each conversation in order, one under way at a time, so that a line repeated after a
 * cut never overtakes another. A line is sent with the same clientId until it is acknowledged: the server
 * stores it once, however often it comes.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #busy = new Set<string>();
  readonly #cancels = new Set<() => void>();
  #online = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** The line is up (and the chats are in step) or cut. */
  setOnline(online: boolean): void {
    this.#online = online;
  }

  /** Sends what waits in the conversation, unless that is being done. */
  async flush(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      for (let line = this.#next(conversationId); line !== undefined; line = this.#next(conversationId)) {
        if (!(await this.#deliver(conversationId, line))) return;
      }
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  close(): void {
    this.#online = false;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #next(conversationId: string): PendingLine | undefined {
    if (!this.#online) return undefined;
    return this.#deps.waiting(conversationId).find((line) => line.refusal === undefined);
  }

  /** @returns whether to go on with the next line */
  async #deliver(conversationId: string, line: PendingLine): Promise<boolean> {
    try {
      const ack = await this.#deps.send(conversationId, line);
      if (ack.ok) {
        this.#deps.stored(conversationId, line, ack.data);
        return true;
      }
      if (ack.error.retryable) {
        this.#retryLater(conversationId, ack.error.retryAfterMs ?? RETRY_AFTER_MS);
        return false;
      }
      this.#deps.refused(conversationId, line, ack.error.message);
      return true;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#retryLater(conversationId, RETRY_AFTER_MS);
      return false;
    }
  }

  #retryLater(conversationId: string, delayMs: number): void {
    const cancel = this.#deps.after(delayMs, () => {
      this.#cancels.delete(cancel);
      void this.flush(conversationId);
    });
    this.#cancels.add(cancel);
  }
}
