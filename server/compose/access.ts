import type { Access } from '../features/access/index.ts';
import { AccessGrants } from '../features/access-grants/index.ts';
import type { Audit } from '../features/audit/index.ts';
import { type DepartmentDirectory, Departments } from '../features/departments/index.ts';
import { Roles } from '../features/roles/index.ts';
import type { Routing } from '../features/routing/routing.ts';
import { hasAdministrator } from '../features/staff/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

export interface AccessParts {
  readonly access: Access;
  readonly audit: Audit;
  readonly routing: Routing;
}

/** How accounts let operators in. */
export function composeAccessGrants(base: Foundation, pipeline: Pipeline, parts: AccessParts): AccessGrants {
  const { stores, bus: changes, ids, clock } = base;
  const { access, audit, routing } = parts;
  return new AccessGrants({
    stores,
    access,
    redactor: pipeline.redactor,
    reconsider: (accountId, agentId) => routing.reconsider(accountId, agentId),
    changes,
    audit,
    ids,
    clock,
  });
}

/** The departments of accounts. */
export function composeDepartments(
  base: Foundation,
  parts: Omit<AccessParts, 'access'> & { readonly directory: DepartmentDirectory },
): Departments {
  const { stores, bus: changes, ids, clock } = base;
  const { directory, audit, routing } = parts;
  const drain = (accountId: string) => routing.drain(accountId);
  return new Departments({ stores, directory, drain, changes, audit, ids, clock });
}

/** The roles of accounts. */
export function composeRoles(base: Foundation, parts: AccessParts): Roles {
  const { stores, bus: changes, ids, clock } = base;
  const { access, audit, routing } = parts;
  const { users } = stores.entities;
  return new Roles({
    stores,
    access,
    hasAdministrator: async (accountId) =>
      hasAdministrator({ users, graph: await access.graph(accountId) }, accountId),
    reconsider: (accountId, agentId) => routing.reconsider(accountId, agentId),
    changes,
    audit,
    ids,
    clock,
  });
}
