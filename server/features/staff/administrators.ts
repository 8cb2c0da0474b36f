import type { User } from '../../domain/index.ts';
import type { EntityStore } from '../../ports/index.ts';
import { rolesIn } from './staff-rules.ts';

const PAGE = 200;

/** Whether anyone who can sign in is an administrator of the account. */
export async function hasAdministrator(users: EntityStore<User>, accountId: string): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await users.list({
      where: { 'memberships.accountId': accountId },
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    if (page.items.some((user) => isAdministrator(user, accountId))) return true;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return false;
}

function isAdministrator(user: User, accountId: string): boolean {
  return !user.disabled && (rolesIn(user, accountId)?.includes('account-administrator') ?? false);
}
