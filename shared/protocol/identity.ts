/** RFC 7518. The account pins one with each key. */
export const IDENTITY_ALGORITHMS = ['HS256', 'RS256', 'ES256'] as const;
export type IdentityAlgorithm = (typeof IDENTITY_ALGORITHMS)[number];

/** A key that signed identities are checked with. */
export interface WireIdentityKey {
  readonly id: string;
  readonly name: string;
  readonly algorithm: IdentityAlgorithm;
  /** PEM; of RS256 and ES256. */
  readonly publicKey?: string;
  readonly createdAt: string;
}

/** The answer to a new HS256 key: the secret is shown this once. */
export interface CreatedIdentityKey extends WireIdentityKey {
  /** 32 random bytes, base64url; sign with these characters as they stand. */
  readonly secret?: string;
}

/** `PATCH /visitors/:sessionId/profile`: what the account's own system knows of a visitor. */
export interface VisitorProfileChange {
  readonly fields: Readonly<Record<string, string>>;
}
