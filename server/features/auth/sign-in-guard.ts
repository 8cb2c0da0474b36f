import { type Private, Refusal } from '../../domain/index.ts';
import type { Clock, RateLimit, RateLimiter } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';

/** Failed sign-ins, counted apart. */
export interface SignInLimits {
  /** One network guessing at one person: it is locked out, they are not. */
  readonly perEmailAndAddress: RateLimit;
  /** Many networks guessing at one person: from there on each attempt has to wait, wherever it comes from. */
  readonly perEmail: RateLimit;
}

/**
 * What an attempt waits when many networks guess at one person. It slows guessing down and keeps nobody out: a lock
 * by e-mail alone would let everyone who knows an address shut its owner out.
 */
export const SLOW_DOWN_MS = 3_000;

export interface SignInAttempt {
  readonly email: string;
  /** Key of the client's address; see the edge. */
  readonly addressKey: Private<string>;
}

/** Counts attempts before the password is looked at, so that guesses made at once count too. */
export interface SignInGuard {
  /** Resolves when the password may be looked at. @throws Refusal `auth.locked` */
  enter(attempt: SignInAttempt): Promise<void>;
  /** The password was right: the attempts so far are forgotten. */
  succeeded(attempt: SignInAttempt): Promise<void>;
}

export function createSignInGuard(deps: {
  readonly rateLimiter: RateLimiter;
  readonly tokens: Pick<Tokens, 'fingerprint'>;
  readonly limits: SignInLimits;
  readonly clock: Pick<Clock, 'after'>;
}): SignInGuard {
  const { rateLimiter, tokens, clock } = deps;
  const { perEmailAndAddress, perEmail } = deps.limits;
  const personKey = ({ email }: SignInAttempt): string => tokens.fingerprint(email);
  const placeKey = ({ email, addressKey }: SignInAttempt): string =>
    tokens.fingerprint(`${email} ${addressKey.reveal()}`);

  return {
    enter: async (attempt) => {
      const retryAfterMs = await rateLimiter.take(perEmailAndAddress, placeKey(attempt));
      if (retryAfterMs > 0) throw new Refusal('auth.locked', { retryAfterMs });
      const underAttack = (await rateLimiter.take(perEmail, personKey(attempt))) > 0;
      if (underAttack) await new Promise<void>((resolve) => clock.after(SLOW_DOWN_MS, resolve));
    },
    succeeded: async (attempt) => {
      await Promise.all([
        rateLimiter.reset(perEmailAndAddress, placeKey(attempt)),
        rateLimiter.reset(perEmail, personKey(attempt)),
      ]);
    },
  };
}
