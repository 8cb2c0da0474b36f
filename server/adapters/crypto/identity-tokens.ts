import jwt from 'jsonwebtoken';
import type { Clock } from '../../ports/index.ts';
import { type IdentityTokens, TokenRejected, type VerificationKey } from '../../ports/tokens.ts';

/** Seconds that the clock of the system that signs may be off. */
const CLOCK_TOLERANCE_S = 30;

/**
 * Identities as JSON Web Tokens (RFC 7519). The key decides the algorithm: a token that names another, or none, is
 * not taken (RFC 8725, 3.1).
 */
export function createIdentityTokens(clock: Clock): IdentityTokens {
  const verify = (token: string, { algorithm, key }: VerificationKey): jwt.JwtPayload => {
    const payload = jwt.verify(token, key, {
      algorithms: [algorithm],
      clockTimestamp: Math.floor(clock.now() / 1_000),
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    if (typeof payload === 'string' || payload.exp === undefined) throw new TokenRejected('invalid');
    return payload;
  };
  return {
    read: (token, keys) => {
      let reason: TokenRejected['reason'] = 'invalid';
      for (const key of keys) {
        try {
          return verify(token, key);
        } catch (error) {
          if (error instanceof jwt.TokenExpiredError) reason = 'expired';
        }
      }
      throw new TokenRejected(reason);
    },
  };
}
