export interface TypingReporterDeps {
  /** Runs a function later; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly report: (conversationId: string, active: boolean) => void;
}

/** While writing goes on, "is typing" is repeated this often. */
const REPEAT_MS = 3_000;
/** Without a key for this long, writing has stopped. */
const IDLE_MS = 4_000;

interface Writing {
  readonly cancelRepeat: () => void;
  cancelIdle: () => void;
}

/** Tells the visitor that the agent is writing: at once, then now and then, and when it has stopped. */
export class TypingReporter {
  readonly #deps: TypingReporterDeps;
  readonly #writing = new Map<string, Writing>();
  readonly #quiet = new Set<string>();

  constructor(deps: TypingReporterDeps) {
    this.#deps = deps;
  }

  /** A key was pressed in the composer. */
  touch(conversationId: string): void {
    const { after, report } = this.#deps;
    const current = this.#writing.get(conversationId);
    current?.cancelIdle();
    const cancelIdle = after(IDLE_MS, () => this.stop(conversationId));
    if (current !== undefined && !this.#quiet.has(conversationId)) {
      current.cancelIdle = cancelIdle;
      return;
    }
    this.#quiet.delete(conversationId);
    const cancelRepeat = after(REPEAT_MS, () => this.#quiet.add(conversationId));
    this.#writing.set(conversationId, { cancelRepeat, cancelIdle });
    report(conversationId, true);
  }

  /** Writing has stopped, or the line was sent. */
  stop(conversationId: string): void {
    if (!this.#writing.has(conversationId)) return;
    this.forget(conversationId);
    this.#deps.report(conversationId, false);
  }

  /** The chat is over; nobody is told. */
  forget(conversationId: string): void {
    const current = this.#writing.get(conversationId);
    current?.cancelIdle();
    current?.cancelRepeat();
    this.#writing.delete(conversationId);
    this.#quiet.delete(conversationId);
  }

  close(): void {
    for (const id of [...this.#writing.keys()]) this.forget(id);
  }
}
