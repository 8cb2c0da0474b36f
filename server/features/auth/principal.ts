import {
  type Authorization,
  authorizationsOf,
  Refusal,
  type StaffPrincipal,
  type User,
} from '../../domain/index.ts';
import type { EntityStore } from '../../ports/index.ts';
import type { SignIns } from './sign-ins.ts';

/**
 * The user as a staff member of one account.
 * @throws Refusal `not_found` without a membership: who is a stranger to an account learns nothing of it (P6)
 */
export function principalIn(user: User, accountId: string): StaffPrincipal {
  const membership = user.memberships.find((candidate) => candidate.accountId === accountId);
  if (membership === undefined) throw new Refusal('not_found');
  return {
    userId: user.id,
    name: user.name,
    accountId,
    authorizations: authorizationsOf(membership.roles),
  };
}

/** The member as the store has them now; undefined when disabled, no longer a member, or signed out. */
export async function currentPrincipal(
  deps: { readonly users: EntityStore<User>; readonly signIns: Pick<SignIns, 'alive'> },
  { userId, accountId, signInId }: StaffPrincipal,
): Promise<StaffPrincipal | undefined> {
  if (signInId === undefined || !(await deps.signIns.alive(signInId, userId))) return undefined;
  const user = await deps.users.get(userId);
  const member = user?.memberships.some((membership) => membership.accountId === accountId);
  if (user === undefined || user.disabled || !member) return undefined;
  return { ...principalIn(user, accountId), signInId };
}

/** Whether the user has the authorization in any account: for what belongs to the deployment as a whole. */
export function allowedAnywhere(user: User, authorization: Authorization): boolean {
  return user.memberships.some(({ roles }) => authorizationsOf(roles).has(authorization));
}
