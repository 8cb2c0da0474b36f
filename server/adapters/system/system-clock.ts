import type { Clock } from '../../ports/index.ts';

/** A timer of Node fires at once when its delay does not fit 31 bits; longer waits go in steps. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The machine's clock. Its timers do not keep the process alive: that is the listening socket's part, and a
 * process that has closed everything ends without waiting for the next purge.
 */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(ms: number, callback: () => void): () => void {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : callback()), stepMs).unref();
    };
    wait(ms);
    return () => clearTimeout(timer);
  }

  /** @throws RangeError when `ms` is not between 1 and 2^31 - 1 */
  every(ms: number, callback: () => void): () => void {
    if (!(ms >= 1 && ms <= LONGEST_TIMER_MS)) throw new RangeError('an interval must fit a timer');
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  }
}
