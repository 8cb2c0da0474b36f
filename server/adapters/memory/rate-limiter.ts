import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimiter } from '../../ports/index.ts';

/** Counts in this process's memory; a key is forgotten when its window ends. */
export function createMemoryRateLimiter(): RateLimiter {
  const limiters = new Map<string, RateLimiterMemory>();

  function limiterOf(limit: RateLimit): RateLimiterMemory {
    const name = `${limit.name}/${limit.points}/${limit.windowMs}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const made = new RateLimiterMemory({
      points: limit.points,
      duration: limit.windowMs / 1000,
      blockDuration: (limit.blockMs ?? 0) / 1000,
      keyPrefix: '',
    });
    limiters.set(name, made);
    return made;
  }

  return {
    take: async (limit, key, points = 1) => {
      try {
        await limiterOf(limit).consume(key, points);
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
        throw refused;
      }
    },
    reset: async (limit, key) => {
      await limiterOf(limit).delete(key);
    },
  };
}
