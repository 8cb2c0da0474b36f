/** Counts points in a window, per key. */
export interface RateLimiter {
  /** Takes points; `retryAfterMs` is 0 when there were enough. */
  take(limit: RateLimit, key: string, points?: number): Promise<number>;
  /** Points gone so far are forgotten. */
  reset(limit: RateLimit, key: string): Promise<void>;
}

/** `points` per `windowMs`; `blockMs` longer once it is passed. `stops` is the attack it is there for. */
export interface RateLimit {
  readonly name: string;
  readonly points: number;
  readonly windowMs: number;
  readonly blockMs?: number;
  readonly stops: string;
}
