import type { TypingNotice } from '../../shared/protocol/index.ts';
import type { Chat } from './state.ts';

export interface TypingMarksDeps {
  /** Runs a function later; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly change: (conversationId: string, change: (chat: Chat) => Chat) => void;
}

/** A mark that is not renewed goes out after this long. */
const SHOWN_MS = 8_000;

/** Shows that a visitor is writing, and stops showing it when they stop, send, or fall silent. */
export class TypingMarks {
  readonly #deps: TypingMarksDeps;
  readonly #expiry = new Map<string, () => void>();

  constructor(deps: TypingMarksDeps) {
    this.#deps = deps;
  }

  apply({ conversationId, from, active, text }: TypingNotice): void {
    if (from.kind !== 'visitor') return;
    if (!active) {
      this.clear(conversationId);
      return;
    }
    this.#expiry.get(conversationId)?.();
    this.#deps.change(conversationId, (chat) => ({ ...chat, typing: { text: text ?? '' } }));
    this.#expiry.set(
      conversationId,
      this.#deps.after(SHOWN_MS, () => this.clear(conversationId)),
    );
  }

  clear(conversationId: string): void {
    this.#expiry.get(conversationId)?.();
    this.#expiry.delete(conversationId);
    this.#deps.change(conversationId, (chat) => {
      if (chat.typing === undefined) return chat;
      const { typing: _former, ...rest } = chat;
      return rest;
    });
  }

  close(): void {
    for (const cancel of this.#expiry.values()) cancel();
    this.#expiry.clear();
  }
}
