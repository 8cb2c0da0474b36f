import type { User } from '../../domain/index.ts';
import type { EntityStores } from '../../ports/index.ts';
import type { SignIns } from './sign-ins.ts';

/** The end of a person who works in no account any more, with everything by which they could come in again. */
export type EndUser = (user: User) => Promise<void>;

export function createEndUser(deps: {
  readonly entities: Pick<EntityStores, 'users' | 'secondFactors' | 'identityLinks' | 'passwordResets'>;
  readonly signIns: Pick<SignIns, 'endAllOf'>;
}): EndUser {
  const { users, secondFactors, identityLinks, passwordResets } = deps.entities;
  return async (user) => {
    await deps.signIns.endAllOf(user);
    await secondFactors.delete(user.id);
    await identityLinks.deleteWhere({ userId: user.id });
    await passwordResets.deleteWhere({ userId: user.id });
    await users.delete(user.id);
  };
}
