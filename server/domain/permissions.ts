import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import type { RoleKey } from '../../shared/protocol/index.ts';
import type { Membership } from './account.ts';

/** Everything that can be allowed, as a closed list. Each route and socket event names one. */
export const AUTHORIZATIONS = [
  'account:create',
  'settings:read',
  'settings:write',
  'site:read',
  'site:write',
  'user:read',
  'user:write',
  'redaction-rule:read',
  'redaction-rule:write',
  'conversation:read',
  'conversation:handle',
  'transcript:export',
  'transcript:erase',
  'activity-log:read',
  'activity-log:erase',
  'audit-log:read',
] as const;
export type Authorization = (typeof AUTHORIZATIONS)[number];

const AGENT: readonly Authorization[] = ['conversation:read', 'conversation:handle', 'site:read'];
const SUPERVISOR: readonly Authorization[] = [...AGENT, 'user:read', 'transcript:export'];
const PRIVACY_OFFICER: readonly Authorization[] = [
  'conversation:read',
  'transcript:export',
  'transcript:erase',
  'activity-log:read',
  'activity-log:erase',
  'audit-log:read',
  'redaction-rule:read',
  'redaction-rule:write',
  'settings:read',
];

/** What each built-in role is allowed to do in the account that it is given in. */
export const BUILTIN_ROLES: { readonly [Key in RoleKey]: readonly Authorization[] } = {
  agent: AGENT,
  supervisor: SUPERVISOR,
  analyst: ['settings:read', 'site:read'],
  'privacy-officer': PRIVACY_OFFICER,
  'account-administrator': [...SUPERVISOR, ...PRIVACY_OFFICER, 'settings:write', 'site:write', 'user:write'],
  operator: ['account:create'],
};

/** The authorizations that the role keys add up to; an unknown key adds nothing. */
export function authorizationsOf(roles: readonly string[]): ReadonlySet<Authorization> {
  return new Set(roles.flatMap((role) => BUILTIN_ROLES[role as RoleKey] ?? []));
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
}

/** A visitor on a site, as the session token says. */
export interface VisitorPrincipal {
  readonly accountId: string;
  readonly siteId: string;
  readonly sessionId: string;
}
