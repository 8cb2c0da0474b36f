import { SystemClock } from '../../server/adapters/system/system-clock.ts';
import type { Clock } from '../../server/ports/index.ts';

/** A clock that runs as the system's does, and can be put forward by days without running every timer in between. */
export class ShiftedClock implements Clock {
  readonly #system = new SystemClock();
  #shiftMs = 0;

  now(): number {
    return this.#system.now() + this.#shiftMs;
  }

  shift(ms: number): void {
    this.#shiftMs += ms;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#system.after(ms, callback);
  }

  every(ms: number, callback: () => void): () => void {
    return this.#system.every(ms, callback);
  }
}
