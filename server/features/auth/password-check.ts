import { type Private, Refusal, type User } from '../../domain/index.ts';
import type { RateLimit, RateLimiter } from '../../ports/index.ts';
import type { Passwords } from '../../ports/passwords.ts';

/** Asks signed-in users for their password once more, before what a borrowed session must not do. */
export interface PasswordCheck {
  /** @throws Refusal `auth.password_wrong`, `auth.locked` */
  require(user: User, password: Private<string>): Promise<void>;
}

export function createPasswordCheck(deps: {
  readonly passwords: Passwords;
  readonly rateLimiter: RateLimiter;
  /** Wrong passwords of one signed-in user. */
  readonly limit: RateLimit;
}): PasswordCheck {
  const { passwords, rateLimiter, limit } = deps;
  return {
    require: async (user, password) => {
      const retryAfterMs = await rateLimiter.take(limit, user.id);
      if (retryAfterMs > 0) throw new Refusal('auth.locked', { retryAfterMs });
      if (!(await passwords.verify(user.passwordHash, password.reveal())))
        throw new Refusal('auth.password_wrong');
      await rateLimiter.reset(limit, user.id);
    },
  };
}
