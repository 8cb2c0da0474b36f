import { type Rights, rightsOf, unitedRights } from './access.ts';
import type { AccountEntity } from './entity.ts';
import type { Authorization } from './permissions.ts';
import type { RoleGraph } from './role-graph.ts';

/** That an account lets someone in who is not on its staff: for a reason, for a time, and as far as it says. */
export interface AccessGrant extends AccountEntity {
  /** Who is let in. */
  readonly userId: string;
  readonly roles: readonly string[];
  readonly authorizations: readonly Authorization[];
  /** Redacted. */
  readonly reason: string;
  readonly grantedBy: string;
  /** Epoch milliseconds at which it ends by itself. */
  readonly until: number;
  readonly revokedAt?: number;
  readonly revokedBy?: string;
  /** When it was used first and last, and on how many occasions; see `AccessGrants.used`. */
  readonly firstUsedAt?: number;
  readonly lastUsedAt?: number;
  readonly uses: number;
  /** When the record itself goes. */
  readonly expiresAt: number;
}

/** Whether it lets anyone in at `now`. */
export function isInForce(grant: AccessGrant, now: number): boolean {
  return grant.revokedAt === undefined && grant.until > now;
}

/** What it lends. */
export function grantedRights(
  graph: RoleGraph,
  { roles, authorizations }: Pick<AccessGrant, 'roles' | 'authorizations'>,
): Rights {
  const single = new Map(authorizations.map((authorization) => [authorization, 'account' as const]));
  return unitedRights(rightsOf(graph, { roles }), single);
}
