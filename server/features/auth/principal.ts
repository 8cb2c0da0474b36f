import type { StaffPrincipal } from '../../domain/index.ts';
import type { Access } from '../access/index.ts';
import type { SignIns } from './sign-ins.ts';

/** The member as the store has them now; undefined when disabled, a stranger to the account, or signed out. */
export async function currentPrincipal(
  deps: { readonly access: Pick<Access, 'current'>; readonly signIns: Pick<SignIns, 'alive'> },
  { userId, accountId, signInId }: StaffPrincipal,
): Promise<StaffPrincipal | undefined> {
  if (signInId === undefined || !(await deps.signIns.alive(signInId, userId))) return undefined;
  const current = await deps.access.current(userId, accountId);
  return current && { ...current, signInId };
}
