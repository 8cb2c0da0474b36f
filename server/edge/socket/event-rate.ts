import type { Clock } from '../../ports/index.ts';

/** Events a socket may send: `perSecond` on average, `burst` at once. Stops one client from taking the whole hub. */
export interface EventRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A socket that goes on after so many refusals in a row is cut off. */
const REFUSALS_BEFORE_CUT = 200;

/**
 * A token bucket for one socket: `take` answers 0, or how many milliseconds to wait; `cut` is called once
 * when a client keeps flooding in spite of being told.
 */
export function createEventBucket(
  rate: EventRate,
  clock: Clock,
  cut: () => void,
): (points: number) => number {
  let tokens = rate.burst;
  let filledAt = clock.now();
  let refusals = 0;
  return (points) => {
    const now = clock.now();
    tokens = Math.min(rate.burst, tokens + ((now - filledAt) / 1_000) * rate.perSecond);
    filledAt = now;
    if (tokens >= points) {
      tokens -= points;
      refusals = 0;
      return 0;
    }
    refusals += 1;
    if (refusals === REFUSALS_BEFORE_CUT) cut();
    return Math.ceil(((points - tokens) / rate.perSecond) * 1_000);
  };
}
