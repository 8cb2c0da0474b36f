import type { RoleGraph, User } from '../../domain/index.ts';
import type { EntityStore } from '../../ports/index.ts';

const PAGE = 200;

/** Whether anyone who can sign in, `besides` one person, is an administrator of the account. */
export async function hasAdministrator(
  of: { readonly users: EntityStore<User>; readonly graph: RoleGraph; readonly besides?: string },
  accountId: string,
): Promise<boolean> {
  const { users, graph, besides } = of;
  let cursor: string | undefined;
  do {
    const page = await users.list({
      where: { 'memberships.accountId': accountId },
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    const others = page.items.filter(({ id }) => id !== besides);
    if (others.some((user) => isAdministrator(user, { accountId, graph }))) return true;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return false;
}

/** By the built-in role, be it inside another one; not when that was given for some departments alone. */
export function isAdministrator(
  { disabled, memberships }: User,
  { accountId, graph }: { readonly accountId: string; readonly graph: RoleGraph },
): boolean {
  const membership = memberships.find((candidate) => candidate.accountId === accountId);
  if (disabled || membership === undefined) return false;
  const whole = membership.roles.filter((role) => membership.departmentLimits?.[role] === undefined);
  return graph.contained(whole).includes('account-administrator');
}
