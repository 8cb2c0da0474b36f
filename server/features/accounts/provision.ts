import type { RoleKey } from '../../../shared/protocol/index.ts';
import {
  type Account,
  defaultSettings,
  type Entity,
  type Private,
  Refusal,
  type User,
} from '../../domain/index.ts';
import type { Clock, EntityStore, EntityStores, Ids } from '../../ports/index.ts';
import { UniqueViolation } from '../../ports/index.ts';
import type { HashNewPassword } from '../auth/index.ts';
import { builtinRulesFor } from '../redaction-rules/builtin-rules.ts';
import { generatedSiteKey, newSite } from '../sites/new-site.ts';

export interface ProvisionDeps {
  readonly stores: {
    readonly entities: Pick<EntityStores, 'accounts' | 'users' | 'sites' | 'redactionRules'>;
  };
  readonly hashNewPassword: HashNewPassword;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface NewAccount {
  readonly name: string;
  readonly region: string;
  readonly siteKey?: string | undefined;
  readonly admin: {
    readonly email: string;
    readonly name: string;
    readonly password: Private<string>;
    readonly roles: readonly RoleKey[];
  };
}

/**
 * Makes an account with its first administrator, one site and the built-in redaction rules. The account
 * itself is written last, so that it is there whole or not at all; after a failure the rest is taken back.
 * @throws Refusal `already_exists` when the e-mail or the site key is taken
 */
export async function provisionAccount(deps: ProvisionDeps, input: NewAccount): Promise<Account> {
  const { accounts, users, sites, redactionRules } = deps.stores.entities;
  const account = newAccount(deps, input);
  const { id: accountId } = account;
  const now = account.createdAt;
  const siteKey = input.siteKey ?? generatedSiteKey(deps.ids.secret());
  const undo: (() => Promise<unknown>)[] = [];

  async function insert<T extends Entity>(store: EntityStore<T>, entity: T): Promise<void> {
    await store.insert(entity);
    undo.push(() => store.delete(entity.id));
  }

  try {
    await insert(users, await firstUser(deps, account, input.admin));
    await insert(sites, newSite({ id: deps.ids.id(), accountId, name: input.name, siteKey, now }));
    for (const rule of builtinRulesFor({ accountId, ids: deps.ids, now })) await insert(redactionRules, rule);
    await insert(accounts, account);
  } catch (error) {
    await Promise.allSettled(undo.map((step) => step()));
    throw error instanceof UniqueViolation ? new Refusal('already_exists') : error;
  }
  return account;
}

function newAccount({ ids, clock }: ProvisionDeps, { name, region }: NewAccount): Account {
  const now = clock.now();
  return {
    id: ids.id(),
    version: 1,
    createdAt: now,
    updatedAt: now,
    settings: defaultSettings(name, region),
  };
}

async function firstUser(deps: ProvisionDeps, account: Account, admin: NewAccount['admin']): Promise<User> {
  return {
    id: deps.ids.id(),
    version: 1,
    createdAt: account.createdAt,
    updatedAt: account.createdAt,
    email: admin.email.toLowerCase(),
    name: admin.name,
    passwordHash: await deps.hashNewPassword(admin.password, admin),
    memberships: [{ accountId: account.id, roles: admin.roles }],
    disabled: false,
  };
}
