import { type Private, Refusal } from '../../domain/index.ts';
import type { RateLimit, RateLimiter } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';

/** Failed sign-ins that lock, counted apart. */
export interface SignInLimits {
  /** One address guessing at one person. */
  readonly perEmailAndAddress: RateLimit;
  /** Many addresses guessing at one person. */
  readonly perEmail: RateLimit;
}

export interface SignInAttempt {
  readonly email: string;
  /** Key of the client's address; see the edge. */
  readonly addressKey: Private<string>;
}

/** Counts attempts before the password is looked at, so that guesses made at once count too. */
export interface SignInGuard {
  /** @throws Refusal `auth.locked` */
  enter(attempt: SignInAttempt): Promise<void>;
  /** The password was right: the attempts so far are forgotten. */
  succeeded(attempt: SignInAttempt): Promise<void>;
}

export function createSignInGuard(deps: {
  readonly rateLimiter: RateLimiter;
  readonly tokens: Pick<Tokens, 'fingerprint'>;
  readonly limits: SignInLimits;
}): SignInGuard {
  const { rateLimiter, limits, tokens } = deps;

  function counters({ email, addressKey }: SignInAttempt): readonly { limit: RateLimit; key: string }[] {
    return [
      { limit: limits.perEmailAndAddress, key: tokens.fingerprint(`${email} ${addressKey.reveal()}`) },
      { limit: limits.perEmail, key: tokens.fingerprint(email) },
    ];
  }

  return {
    enter: async (attempt) => {
      for (const { limit, key } of counters(attempt)) {
        const retryAfterMs = await rateLimiter.take(limit, key);
        if (retryAfterMs > 0) throw new Refusal('auth.locked', { retryAfterMs });
      }
    },
    succeeded: async (attempt) => {
      await Promise.all(counters(attempt).map(({ limit, key }) => rateLimiter.reset(limit, key)));
    },
  };
}
