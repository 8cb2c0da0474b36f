import type { Change, ChangeBus } from '../../ports/index.ts';

/**
 * Carries notices within one process. Listeners hear a notice before `publish` returns, in the order of
 * subscription; one that throws does not keep it from the others, and its error goes to `onError`.
 */
export class MemoryChangeBus implements ChangeBus {
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  publish(change: Change): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  subscribe(listener: (change: Change) => void): () => void {
    // A wrapper of its own, so that the same function subscribed twice is ended once at a time.
    const entry = (change: Change): void => listener(change);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  close(): void {
    this.#listeners.clear();
  }
}
