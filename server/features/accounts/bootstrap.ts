import type { Private } from '../../domain/index.ts';
import { Refusal } from '../../domain/index.ts';
import { type ProvisionDeps, provisionAccount } from './provision.ts';

/** What a first start left unfinished is taken away when it is older than any start takes. */
const UNFINISHED_AFTER_MS = 60_000;

/**
 * Makes the first account on an empty store: its administrator, who is also the first operator, and one site.
 * Answers the account's id, or undefined when there is an account already or another node is just making it.
 */
export async function bootstrapAccount(
  deps: ProvisionDeps,
  first: {
    readonly email: string;
    readonly password: Private<string>;
    readonly account: string;
    readonly siteKey: string;
    readonly region: string;
  },
): Promise<string | undefined> {
  const { items } = await deps.stores.entities.accounts.list({ limit: 1 });
  if (items.length > 0) return undefined;
  await removeUnfinished(deps, first);
  const { email, password, account: name, siteKey, region } = first;
  const admin = {
    email,
    password,
    name: 'Administrator',
    roles: ['account-administrator', 'operator'] as const,
  };
  try {
    return (await provisionAccount(deps, { name, region, siteKey, admin })).id;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'already_exists') return undefined;
    throw error;
  }
}

/** A start that was killed between its writes left a user or a site of an account that never came to be. */
async function removeUnfinished(
  deps: ProvisionDeps,
  first: { email: string; siteKey: string },
): Promise<void> {
  const { users, sites } = deps.stores.entities;
  const before = deps.clock.now() - UNFINISHED_AFTER_MS;
  const [user, site] = await Promise.all([
    users.findBy('email', first.email.toLowerCase()),
    sites.findBy('siteKey', first.siteKey),
  ]);
  if (user !== undefined && user.createdAt < before) await users.delete(user.id);
  if (site !== undefined && site.createdAt < before) await sites.delete(site.id);
}
