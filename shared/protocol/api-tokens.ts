/** A key for scripts, as administrators see it. */
export interface WireApiToken {
  readonly id: string;
  readonly name: string;
  /** First characters of the token, to tell tokens apart by. */
  readonly hint: string;
  /** Authorizations that it may use, as far as the user who made it has them at the time. */
  readonly scopes: readonly string[];
  /** Id of the user for whom it acts. */
  readonly createdBy: string;
  /** Addresses and networks (CIDR) that it is good from; empty: any. */
  readonly addressRanges: readonly string[];
  readonly createdAt: string;
  /** Absent: until it is removed. */
  readonly expiresAt?: string;
  /** To the hour. */
  readonly lastUsedAt?: string;
}

/** A new token; `token` is shown this once. */
export type CreatedApiToken = WireApiToken & { readonly token: string };

/** What no token can be made for: by making users, roles or tokens it could make itself stronger or outlive its end. */
export const NEVER_IN_TOKENS = [
  'account:create',
  'access-grant:write',
  'api-token:write',
  'role:write',
  'user:write',
] as const;
