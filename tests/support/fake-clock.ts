import type { Clock } from '../../server/ports/index.ts';

interface Timer {
  readonly id: number;
  readonly callback: () => void;
  readonly everyMs: number | undefined;
  dueAt: number;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #nextId = 0;
  readonly #timers = new Map<number, Timer>();

  /** @param startMs epoch milliseconds; by default 2026-01-01T00:00:00Z */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#add(ms, callback, undefined);
  }

  every(ms: number, callback: () => void): () => void {
    if (!(ms >= 1)) throw new RangeError('an interval must be at least 1 ms');
    return this.#add(ms, callback, ms);
  }

  /** How many timers are set: a test of `close()` expects 0. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves time on. Timers that come due run in order of their time, then of their making, each at its own time;
   * those that they set run too, when due. Runs callbacks only: see {@link advanceAsync} for what they start.
   */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) this.#run(timer);
    this.#now = end;
  }

  /** As {@link advance}, letting promises and I/O callbacks settle after every timer. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#run(timer);
      await settle();
    }
    this.#now = end;
  }

  /**
   * Jumps ahead as after a long pause of the machine: each timer that is due runs once, however often it would have
   * come due meanwhile. For days; {@link advanceAsync} would run a timer of a second a hundred thousand times.
   */
  async leap(ms: number): Promise<void> {
    this.#now += ms;
    const due = [...this.#timers.values()].filter((timer) => timer.dueAt <= this.#now);
    for (const timer of due) {
      if (!this.#timers.has(timer.id)) continue;
      if (timer.everyMs === undefined) this.#timers.delete(timer.id);
      else timer.dueAt = this.#now + timer.everyMs;
      timer.callback();
      await settle();
    }
  }

  #add(ms: number, callback: () => void, everyMs: number | undefined): () => void {
    const id = this.#nextId++;
    this.#timers.set(id, { id, callback, everyMs, dueAt: this.#now + Math.max(0, ms) });
    return () => {
      this.#timers.delete(id);
    };
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.dueAt <= end && (first === undefined || timer.dueAt < first.dueAt)) first = timer;
    }
    return first;
  }

  #run(timer: Timer): void {
    this.#now = Math.max(this.#now, timer.dueAt);
    if (timer.everyMs === undefined) this.#timers.delete(timer.id);
    else timer.dueAt += timer.everyMs;
    timer.callback();
  }
}

/** Lets what is ready run: promise callbacks, then one round of the event loop. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
