import type { RoleKey, WireRole } from '../../shared/protocol/index.ts';
import { BUILTIN_ROLES, type RoleGraph, type StoredRole } from '../domain/index.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

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

function effectiveOf(id: string, graph: RoleGraph): WireRole['effective'] {
  return [...graph.effective([id])].map(([authorization, from]) => ({ authorization, from }));
}
