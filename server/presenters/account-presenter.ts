import type { SignedInUser, WireRedactionRule, WireSite, WireUser } from '../../shared/protocol/index.ts';
import {
  type Account,
  authorizationsOf,
  type Site,
  type StoredRedactionRule,
  type User,
} from '../domain/index.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** A site as its account's staff sees it. */
export function presentSite(site: Site): WireSite {
  const { id, name, siteKey, locale, theme, prechat, allowedOrigins, createdAt } = site;
  return { id, name, siteKey, locale, theme, prechat, allowedOrigins, createdAt: iso(createdAt) };
}

/** A staff member as seen within one account: their roles elsewhere do not show. */
export function presentUser(user: User, accountId: string): WireUser {
  const { id, email, name, disabled, createdAt } = user;
  const roles = user.memberships.find((membership) => membership.accountId === accountId)?.roles ?? [];
  return { id, email, name, roles, disabled, createdAt: iso(createdAt) };
}

/** The signed-in person and the accounts that they may act in; `accounts` holds those that exist. */
export function presentSignedInUser(user: User, accounts: readonly Account[]): SignedInUser {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    accounts: accounts.map((account) => {
      const roles = user.memberships.find(({ accountId }) => accountId === account.id)?.roles ?? [];
      return {
        id: account.id,
        name: account.settings.name,
        roles,
        authorizations: [...authorizationsOf(roles)],
      };
    }),
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
