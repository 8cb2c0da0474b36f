import type {
  SignedInUser,
  WireDepartment,
  WireRedactionRule,
  WireSite,
  WireUser,
} from '../../shared/protocol/index.ts';
import type {
  Account,
  Department,
  Site,
  StaffPrincipal,
  StoredRedactionRule,
  User,
} from '../domain/index.ts';
import { iso } from './iso.ts';

/** A site as its account's staff sees it. */
export function presentSite(site: Site): WireSite {
  const { id, name, siteKey, locale, theme, prechat, allowedOrigins, createdAt } = site;
  return { id, name, siteKey, locale, theme, prechat, allowedOrigins, createdAt: iso(createdAt) };
}

/** A department as its account's staff sees it. */
export function presentDepartment({ id, name, members, createdAt }: Department): WireDepartment {
  return { id, name, members, createdAt: iso(createdAt) };
}

/** A staff member as seen within one account: their roles elsewhere do not show. */
export function presentUser(user: User, accountId: string): WireUser {
  const { id, email, name, disabled, createdAt } = user;
  const membership = user.memberships.find((candidate) => candidate.accountId === accountId);
  const { roles = [], departmentLimits } = membership ?? {};
  return {
    id,
    email,
    name,
    roles,
    ...(departmentLimits !== undefined && { departmentLimits }),
    disabled,
    createdAt: iso(createdAt),
  };
}

/** The signed-in person and the accounts that they may act in; `accounts` holds those that exist. */
export function presentSignedInUser(
  user: User,
  accounts: readonly { readonly account: Account; readonly principal: StaffPrincipal }[],
): SignedInUser {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    accounts: accounts.map(({ account, principal: { authorizations, validUntil } }) => ({
      id: account.id,
      name: account.settings.name,
      roles: user.memberships.find(({ accountId }) => accountId === account.id)?.roles ?? [],
      authorizations: [...authorizations.keys()],
      ...(validUntil !== undefined && { grantedUntil: iso(validUntil) }),
    })),
  };
}

/** A redaction rule as administrators see it. */
export function presentRedactionRule(rule: StoredRedactionRule): WireRedactionRule {
  const {
    id,
    name,
    pattern,
    flags,
    check,
    replacement,
    scope,
    enabled,
    order,
    builtin,
    digitWords,
    examples,
  } = rule;
  return {
    id,
    name,
    pattern,
    flags,
    ...(check !== undefined && { check }),
    replacement,
    scope,
    enabled,
    order,
    ...(builtin !== undefined && { builtin }),
    digitWords,
    examples,
    createdAt: iso(rule.createdAt),
    updatedAt: iso(rule.updatedAt),
  };
}
