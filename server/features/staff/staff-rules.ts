import { type Membership, Refusal, type StaffPrincipal, type User } from '../../domain/index.ts';

/** The user's roles in the account; undefined for a stranger to it. */
export function rolesIn(user: User, accountId: string): readonly string[] | undefined {
  return user.memberships.find((membership) => membership.accountId === accountId)?.roles;
}

/** The user's memberships with other roles in the account. */
export function withRoles(user: User, accountId: string, roles: readonly string[]): readonly Membership[] {
  return user.memberships.map((membership) =>
    membership.accountId === accountId ? { accountId, roles } : membership,
  );
}

/**
 * Operators act on the deployment as a whole, so only an operator makes another one.
 * @throws Refusal `forbidden`
 */
export function requireMayGrant(staff: StaffPrincipal, roles: readonly string[]): void {
  if (roles.includes('operator') && !staff.authorizations.has('account:create'))
    throw new Refusal('forbidden');
}

/**
 * Who may not make an operator may not take one over either, by a new password for instance.
 * @throws Refusal `forbidden`
 */
export function requireSameRank(staff: StaffPrincipal, user: User): void {
  for (const { roles } of user.memberships) requireMayGrant(staff, roles);
}

/**
 * Name, password and sign-in of a person who works for other accounts too are not one account's to change.
 * @throws Refusal `forbidden`
 */
export function requireOwnMember(staff: StaffPrincipal, user: User): void {
  if (user.id === staff.userId) return;
  if (user.memberships.some(({ accountId }) => accountId !== staff.accountId)) throw new Refusal('forbidden');
}
