import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimiter } from '../../ports/index.ts';
import type { ClusterStream } from './cluster-stream.ts';

/**
 * Counts for all nodes together; while Redis is away, each counts for itself. Names of keys in Redis are hashes, for a
 * limit's key may be made of an address or an e-mail.
 */
export function createRedisRateLimiter(deps: { stream: ClusterStream; local: RateLimiter }): RateLimiter {
  const { stream, local } = deps;
  const limiters = new Map<string, RateLimiterRedis>();

  function limiterOf(limit: RateLimit): RateLimiterRedis {
    const name = nameOf(limit);
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const made = new RateLimiterRedis({
      storeClient: stream.client,
      points: limit.points,
      duration: limit.windowMs / 1000,
      blockDuration: (limit.blockMs ?? 0) / 1000,
      keyPrefix: '',
    });
    limiters.set(name, made);
    return made;
  }

  const keyOf = (limit: RateLimit, key: string): string => stream.nameOf(`limit\n${nameOf(limit)}\n${key}`);
  return {
    take: async (limit, key, points = 1) => {
      if (!stream.isUp) return local.take(limit, key, points);
      try {
        await limiterOf(limit).consume(keyOf(limit, key), points);
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
        return local.take(limit, key, points);
      }
    },
    reset: async (limit, key) => {
      await local.reset(limit, key);
      if (!stream.isUp) return;
      // Redis went away just now: the count ends with its window.
      await limiterOf(limit)
        .delete(keyOf(limit, key))
        .catch(() => {});
    },
  };
}

function nameOf({ name, points, windowMs }: RateLimit): string {
  return `${name}/${points}/${windowMs}`;
}
