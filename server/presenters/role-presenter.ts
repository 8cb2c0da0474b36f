import type { RoleKey, WireAccessGrant, WireRole } from '../../shared/protocol/index.ts';
import {
  type AccessGrant,
  BUILTIN_ROLES,
  isInForce,
  type RoleGraph,
  type StoredRole,
} from '../domain/index.ts';
import { iso } from './iso.ts';

/** A role of the account, with what it adds up to among the others. */
export function presentRole(role: StoredRole, graph: RoleGraph): WireRole {
  const { id, name, about, authorizations, roles, createdAt, updatedAt } = role;
  return {
    id,
    builtin: false,
    name,
    about,
    authorizations,
    roles,
    effective: effectiveOf(id, graph),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
}

/** A role that comes with the product. */
export function presentBuiltinRole(key: RoleKey, graph: RoleGraph): WireRole {
  const { name, about, authorizations, roles } = BUILTIN_ROLES[key];
  return { id: key, builtin: true, name, about, authorizations, roles, effective: effectiveOf(key, graph) };
}

/** A grant as the account that gave it sees it. */
export function presentAccessGrant(
  grant: AccessGrant,
  { userName, now }: { readonly userName: string; readonly now: number },
): WireAccessGrant {
  const { id, userId, roles, authorizations, reason, grantedBy, revokedAt, revokedBy, uses } = grant;
  const over = revokedAt === undefined ? 'ended' : 'revoked';
  return {
    ...{ id, userId, userName, roles, authorizations, reason, grantedBy, uses },
    status: isInForce(grant, now) ? 'in-force' : over,
    createdAt: iso(grant.createdAt),
    until: iso(grant.until),
    ...(revokedAt !== undefined && { revokedAt: iso(revokedAt) }),
    ...(revokedBy !== undefined && { revokedBy }),
    ...(grant.firstUsedAt !== undefined && { firstUsedAt: iso(grant.firstUsedAt) }),
    ...(grant.lastUsedAt !== undefined && { lastUsedAt: iso(grant.lastUsedAt) }),
  };
}

function effectiveOf(id: string, graph: RoleGraph): WireRole['effective'] {
  return [...graph.effective([id])].map(([authorization, from]) => ({ authorization, from }));
}
