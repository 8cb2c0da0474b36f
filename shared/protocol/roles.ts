/** Something that can be allowed; `about` completes "may ...". */
export interface WireAuthorization {
  readonly key: string;
  readonly about: string;
  /** What it counts for: the deployment, the account, or conversations (then a role can be kept to departments). */
  readonly reach: 'deployment' | 'account' | 'conversation';
}

/** A role with what it allows itself, what it contains, and what that adds up to. */
export interface WireRole {
  /** The key of a built-in role, or an id. */
  readonly id: string;
  readonly builtin: boolean;
  readonly name: string;
  readonly about: string;
  /** What it allows itself. */
  readonly authorizations: readonly string[];
  /** The roles that it contains: keys and ids. */
  readonly roles: readonly string[];
  /** Everything that it allows; `from` names the roles that allow it themselves, this one among them where it does. */
  readonly effective: readonly { readonly authorization: string; readonly from: readonly string[] }[];
  /** Absent for a built-in one. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** By role: the departments whose conversations it reaches. A role that is not there reaches those of all. */
export type DepartmentLimits = Readonly<Record<string, readonly string[]>>;

/** That someone from outside the account's staff is let in, for a reason and a time. */
export interface WireAccessGrant {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly roles: readonly string[];
  readonly authorizations: readonly string[];
  readonly reason: string;
  readonly status: 'in-force' | 'ended' | 'revoked';
  readonly grantedBy: string;
  readonly createdAt: string;
  readonly until: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
  readonly firstUsedAt?: string;
  readonly lastUsedAt?: string;
  /** Occasions on which it was used; each stands in the audit log as `access-grant.used`. */
  readonly uses: number;
}
