import { type Clock, type Logger, logId } from '../../ports/index.ts';

/** After a failure of the store, so long until the next try. */
const RETRY_MS = 5_000;

export interface JobRunnerDeps {
  /** One step; false when the job has come to its end, is paused or is gone. */
  readonly step: (id: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs jobs that the store knows by id, step by step in the background: each once however often it is asked for,
 * again after a failure, and no longer than until `close`. What a job has done stands in the store, so another
 * start takes it up.
 */
export class JobRunner {
  readonly #deps: JobRunnerDeps;
  readonly #running = new Map<string, Promise<void>>();
  /** Asked for while it was on its way out: it goes on once more. */
  readonly #again = new Set<string>();
  readonly #retries = new Map<string, () => void>();
  #closed = false;

  constructor(deps: JobRunnerDeps) {
    this.#deps = deps;
  }

  run(id: string): void {
    if (this.#closed) return;
    if (this.#running.has(id)) {
      this.#again.add(id);
      return;
    }
    const work = this.#work(id)
      .catch((error) => this.#runLater(id, error))
      .finally(() => {
        this.#running.delete(id);
        if (this.#again.delete(id)) this.run(id);
      });
    this.#running.set(id, work);
  }

  /** Resolves when nothing runs here any more. */
  async whenIdle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Resolves when the step under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
    await this.whenIdle();
  }

  async #work(id: string): Promise<void> {
    while (!this.#closed && (await this.#deps.step(id)));
  }

  #runLater(id: string, error: unknown): void {
    this.#deps.logger.error('a job was interrupted and goes on later', error, { jobId: logId(id) });
    if (this.#closed) return;
    const cancel = this.#deps.clock.after(RETRY_MS, () => {
      this.#retries.delete(id);
      this.run(id);
    });
    this.#retries.set(id, cancel);
  }
}
