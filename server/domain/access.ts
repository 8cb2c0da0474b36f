import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import type { RoleKey } from '../../shared/protocol/index.ts';
import type { Membership } from './account.ts';
import { type Authorization, BUILTIN_ROLES } from './permissions.ts';

/** The authorizations that the role keys add up to; an unknown key adds nothing. */
export function authorizationsOf(roles: readonly string[]): ReadonlySet<Authorization> {
  const found = new Set<Authorization>();
  for (const role of roles) {
    if (!Object.hasOwn(BUILTIN_ROLES, role)) continue;
    const { authorizations, roles: contained } = BUILTIN_ROLES[role as RoleKey];
    for (const authorization of [...authorizations, ...authorizationsOf(contained)]) found.add(authorization);
  }
  return found;
}

type AccountSubject = { readonly kind: 'account'; readonly id: string };
export type AccountAbility = MongoAbility<[Authorization, 'account' | AccountSubject]>;

/** What a user may do, account by account. */
export function abilityOf(memberships: readonly Membership[]): AccountAbility {
  const { can, build } = new AbilityBuilder<AccountAbility>(createMongoAbility);
  for (const { accountId, roles } of memberships) {
    for (const authorization of authorizationsOf(roles)) can(authorization, 'account', { id: accountId });
  }
  return build({ detectSubjectType: (object) => object.kind });
}

/** Whether the ability covers the authorization in this account. */
export function allows(ability: AccountAbility, authorization: Authorization, accountId: string): boolean {
  return ability.can(authorization, { kind: 'account', id: accountId });
}

/** A signed-in staff member acting in one account. */
export interface StaffPrincipal {
  readonly userId: string;
  readonly name: string;
  readonly accountId: string;
  readonly authorizations: ReadonlySet<Authorization>;
  /** The sign-in that they act by; absent for an API token. */
  readonly signInId?: string;
  /** The API token that acts for them. */
  readonly tokenId?: string;
}

/** A visitor on a site, as the session token says. */
export interface VisitorPrincipal {
  readonly accountId: string;
  readonly siteId: string;
  readonly sessionId: string;
}
