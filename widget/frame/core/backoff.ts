export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  /** A number from 0 up to 1; injected so that tests can decide it. */
  readonly random: () => number;
}

/**
 * How long to wait before try number `attempt` (from 0): doubles up to a ceiling, of which half is fixed
 * and half is random, so that a thousand clients of a restarted server do not return in step.
 * Source: "equal jitter" in Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
 */
export function backoffMs(attempt: number, { baseMs, maxMs, random }: BackoffOptions): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** attempt);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
