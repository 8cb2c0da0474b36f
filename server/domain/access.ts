import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import { Refusal } from './errors.ts';
import { AUTHORIZATIONS, type Authorization } from './permissions.ts';
import type { RoleGraph } from './role-graph.ts';

/** Where an authorization holds: in the whole account, or for the conversations of these departments. */
export type Extent = 'account' | ReadonlySet<string>;

/** What someone may do in one account, and where. */
export type Rights = ReadonlyMap<Authorization, Extent>;

/** Roles as they are given to someone; a role that stands in `departmentLimits` reaches conversations of those alone. */
export interface GivenRoles {
  readonly roles: readonly string[];
  readonly departmentLimits?: Readonly<Record<string, readonly string[]>>;
}

/** What the roles add up to. A limit narrows authorizations about conversations; the others count whole. */
export function rightsOf(graph: RoleGraph, { roles, departmentLimits = {} }: GivenRoles): Rights {
  const rights = new Map<Authorization, Extent>();
  for (const role of roles) {
    const limit = Object.hasOwn(departmentLimits, role) ? departmentLimits[role] : undefined;
    for (const authorization of graph.effective([role]).keys()) {
      const limited = limit !== undefined && AUTHORIZATIONS[authorization].reach === 'conversation';
      const extent: Extent = limited ? new Set(limit) : 'account';
      rights.set(authorization, united(rights.get(authorization), extent));
    }
  }
  return rights;
}

/** Both together. */
export function unitedRights(one: Rights, other: Rights): Rights {
  const rights = new Map(one);
  for (const [authorization, extent] of other) {
    rights.set(authorization, united(rights.get(authorization), extent));
  }
  return rights;
}

function united(one: Extent | undefined, other: Extent): Extent {
  if (one === undefined) return other;
  return one === 'account' || other === 'account' ? 'account' : new Set([...one, ...other]);
}

/** Whether everything that `theirs` allows is allowed by `mine` too, wherever it holds. */
export function covers(mine: Rights, theirs: Rights): boolean {
  return [...theirs].every(([authorization, extent]) => {
    const own = mine.get(authorization);
    if (own === undefined || own === 'account') return own === 'account';
    return extent !== 'account' && [...extent].every((departmentId) => own.has(departmentId));
  });
}

/** What of a conversation decides who may do something with it. */
export interface ConversationSubject {
  readonly departmentId?: string;
}
type Subject = { readonly kind: 'account' } | (ConversationSubject & { readonly kind: 'conversation' });
export type StaffAbility = MongoAbility<[Authorization, Subject['kind'] | Subject]>;

/** The rights as rules: everything in the account, and conversations as far as they reach. */
export function abilityOf(rights: Rights): StaffAbility {
  const { can, build } = new AbilityBuilder<StaffAbility>(createMongoAbility);
  for (const [authorization, extent] of rights) {
    can(authorization, 'account');
    if (extent === 'account') can(authorization, 'conversation');
    else can(authorization, 'conversation', { departmentId: { $in: [...extent] } });
  }
  return build({ detectSubjectType: (object) => object.kind });
}

/** A signed-in staff member acting in one account. */
export interface StaffPrincipal {
  readonly userId: string;
  readonly name: string;
  readonly accountId: string;
  readonly authorizations: Rights;
  readonly ability: StaffAbility;
  /** Authorizations that an access grant lends and no role gives, with the grant. */
  readonly lent: ReadonlyMap<Authorization, string>;
  /** When the first of the grants ends, epoch milliseconds; the principal is not good after that. */
  readonly validUntil?: number;
  /** The sign-in that they act by; absent for an API token. */
  readonly signInId?: string;
  /** The API token that acts for them. */
  readonly tokenId?: string;
}

/** Whether they may do it in the account, be it for some of its conversations. */
export function may(staff: StaffPrincipal, authorization: Authorization): boolean {
  return staff.ability.can(authorization, { kind: 'account' });
}

/** Whether they may do it with this conversation of their account. */
export function mayWith(
  staff: StaffPrincipal,
  authorization: Authorization,
  { departmentId }: ConversationSubject,
): boolean {
  const subject = { kind: 'conversation' as const, ...(departmentId !== undefined && { departmentId }) };
  return staff.ability.can(authorization, subject);
}

/**
 * That they may do it with this conversation. What is outside their departments is to them as if it were not there.
 * @throws Refusal `not_found`
 */
export function requireWith(
  staff: StaffPrincipal,
  authorization: Authorization,
  conversation: ConversationSubject,
): void {
  if (!mayWith(staff, authorization, conversation)) throw new Refusal('not_found');
}

/**
 * Nobody gives what they do not have themselves, nor decides over someone or something that has more. What a grant
 * lends is for the work that it was given for, and no one's to give on.
 * @throws Refusal `forbidden`
 */
export function requireCovers(staff: StaffPrincipal, rights: Rights): void {
  const own = new Map([...staff.authorizations].filter(([authorization]) => !staff.lent.has(authorization)));
  if (covers(own, rights)) return;
  throw new Refusal('forbidden', { detail: 'It allows something that you may not do yourself.' });
}

/** The departments that an authorization is kept to; undefined when it holds in the whole account. */
export function departmentsOf(
  staff: StaffPrincipal,
  authorization: Authorization,
): readonly string[] | undefined {
  const extent = staff.authorizations.get(authorization);
  return extent === 'account' ? undefined : [...(extent ?? [])];
}

/** A visitor on a site, as the session token says. */
export interface VisitorPrincipal {
  readonly accountId: string;
  readonly siteId: string;
  readonly sessionId: string;
}
