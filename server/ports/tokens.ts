import type { IdentityAlgorithm } from '../../shared/protocol/index.ts';
import type { VisitorPrincipal } from '../domain/index.ts';

/** What an access token of each audience says. Ids only: who holds a token can read it. */
export interface TokenClaims {
  /** `familyId` names the sign-in that it came from: it ends with it. */
  readonly staff: { readonly userId: string; readonly familyId: string };
  /** A sign-in whose password was right. `stamp` is of the password: a new one ends it. */
  readonly 'second-factor': { readonly userId: string; readonly stamp: string };
  readonly visitor: VisitorPrincipal;
}
export type TokenAudience = keyof TokenClaims;

/** Why an access token is not taken. */
export class TokenRejected extends Error {
  readonly reason: 'expired' | 'invalid';

  constructor(reason: 'expired' | 'invalid') {
    super(`the token is ${reason}`);
    this.name = 'TokenRejected';
    this.reason = reason;
  }
}

/** Signs short-lived access tokens and fingerprints the opaque ones that a store keeps. */
export interface Tokens {
  sign<Audience extends TokenAudience>(token: {
    audience: Audience;
    claims: TokenClaims[Audience];
    /** Epoch milliseconds, cut to whole seconds. */
    expiresAt: number;
  }): string;
  /** @throws TokenRejected also when the token was made for another audience */
  verify<Audience extends TokenAudience>(audience: Audience, token: string): TokenClaims[Audience];
  /** SHA-256 in hex of an opaque token that has at least 128 random bits of its own; what a store may keep of it. */
  fingerprint(opaque: string): string;
}

/** What an identity is checked with: the bytes of a shared secret, or a public key as PEM. */
export interface VerificationKey {
  readonly algorithm: IdentityAlgorithm;
  readonly key: string;
}

/** Reads tokens that other systems have signed. */
export interface IdentityTokens {
  /**
   * The claims of a token that one of the keys signed, with that key's own algorithm.
   * @throws TokenRejected also when it never expires
   */
  read(token: string, keys: readonly VerificationKey[]): Readonly<Record<string, unknown>>;
}
