import type { ConversationEvent, ConversationEvents } from '../../ports/index.ts';

/** Listeners of one process, called in the order in which they came. */
export class MemoryConversationEvents implements ConversationEvents {
  readonly #listeners = new Set<(event: ConversationEvent) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  tell(event: ConversationEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  subscribe(listener: (event: ConversationEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
