import type { Access } from '../features/access/index.ts';
import type { Audit } from '../features/audit/index.ts';
import { Roles } from '../features/roles/index.ts';
import type { Routing } from '../features/routing/routing.ts';
import { hasAdministrator } from '../features/staff/index.ts';
import type { Foundation } from './foundation.ts';

/** What decides who may do what. */
export function composeRoles(
  base: Foundation,
  parts: { readonly access: Access; readonly audit: Audit; readonly routing: Routing },
): Roles {
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
