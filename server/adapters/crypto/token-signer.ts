import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Clock } from '../../ports/index.ts';
import { type TokenAudience, type TokenClaims, TokenRejected, type Tokens } from '../../ports/tokens.ts';

const ALGORITHM = 'HS256';

/** The claims of each audience, by name; a token that lacks one is not taken. */
const CLAIMS: { readonly [Audience in TokenAudience]: readonly (keyof TokenClaims[Audience] & string)[] } = {
  staff: ['userId', 'familyId'],
  'second-factor': ['userId', 'stamp'],
  visitor: ['accountId', 'siteId', 'sessionId'],
};

/** JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256; one secret, the audience keeps the kinds apart. */
export function createTokenSigner(deps: { secret: string; clock: Clock }): Tokens {
  const nowSeconds = () => Math.floor(deps.clock.now() / 1000);
  return {
    sign: ({ audience, claims, expiresAt }) =>
      jwt.sign({ ...claims, iat: nowSeconds(), exp: Math.floor(expiresAt / 1000) }, deps.secret, {
        algorithm: ALGORITHM,
        audience,
      }),
    verify: (audience, token) => {
      const payload = read(token, { secret: deps.secret, audience, nowSeconds: nowSeconds() });
      return pickClaims(audience, payload);
    },
    fingerprint: (opaque) => createHash('sha256').update(opaque).digest('hex'),
  };
}

function read(token: string, how: { secret: string; audience: string; nowSeconds: number }): jwt.JwtPayload {
  try {
    const payload = jwt.verify(token, how.secret, {
      algorithms: [ALGORITHM],
      audience: how.audience,
      clockTimestamp: how.nowSeconds,
    });
    if (typeof payload === 'string' || payload.exp === undefined) throw new TokenRejected('invalid');
    return payload;
  } catch (error) {
    throw new TokenRejected(error instanceof jwt.TokenExpiredError ? 'expired' : 'invalid');
  }
}

function pickClaims<Audience extends TokenAudience>(
  audience: Audience,
  payload: jwt.JwtPayload,
): TokenClaims[Audience] {
  const claims = Object.fromEntries(CLAIMS[audience].map((name) => [name, payload[name]]));
  if (Object.values(claims).some((value) => typeof value !== 'string')) throw new TokenRejected('invalid');
  return claims as unknown as TokenClaims[Audience];
}
