import { abilityOf, type StaffPrincipal } from './access.ts';
import type { User } from './account.ts';
import type { ApiToken } from './api-token.ts';
import type { Entity } from './entity.ts';
import { Refusal } from './errors.ts';
import { visitorClientOf } from './user-agent.ts';
import { UNKNOWN_CLIENT } from './visitor-session.ts';

/** Who calls: a person by one of their sign-ins, or a script for the person who made its token. */
export type Caller =
  | { readonly user: User; readonly signInId: string; readonly token?: never }
  | { readonly user: User; readonly token: ApiToken; readonly signInId?: never };

/**
 * The principal as this caller may act: for a token that is what both its scopes and the roles of the person
 * allow; what a grant lends for a time is not its to use.
 * @throws Refusal `not_found` for a token of another account
 */
export function actingBy(principal: StaffPrincipal, { token, signInId }: Caller): StaffPrincipal {
  if (token === undefined) return { ...principal, signInId };
  if (token.accountId !== principal.accountId) throw new Refusal('not_found');
  const scopes: ReadonlySet<string> = new Set(token.scopes);
  const rights = new Map(
    [...principal.authorizations].filter(
      ([authorization]) => scopes.has(authorization) && !principal.lent.has(authorization),
    ),
  );
  return { ...principal, authorizations: rights, ability: abilityOf(rights), tokenId: token.id };
}

/** As the parser calls what it does not know. */
const UNNAMED: ReadonlySet<string> = new Set([UNKNOWN_CLIENT.browser]);
const OTHER_CLIENT = 'Another program';

/**
 * The kind of browser and system that a `User-Agent` header names, e.g. `Firefox on Windows`: enough to know
 * one's own sign-ins by, too coarse to tell people apart. Nothing of the header itself is in it.
 */
export function clientName(userAgent: string): string {
  const { browser, os } = visitorClientOf({ userAgent });
  if (UNNAMED.has(browser)) return OTHER_CLIENT;
  return UNNAMED.has(os) ? browser : `${browser} on ${os}`;
}

/**
 * A person's second factor: a secret shared with their authenticator app (RFC 6238) and one-time codes for the day
 * that the app is lost. Its id is the user's.
 */
export interface SecondFactor extends Entity {
  /** Sealed under the deployment's own key; base64. */
  readonly sealedSecret: string;
  /** When the person showed that the app has the secret; until then it asks nothing of them. */
  readonly confirmedAt?: number;
  /** Time step of the newest code that was taken: no code is good twice. */
  readonly lastStep: number;
  /** HMACs of the recovery codes that are left. */
  readonly recoveryHashes: readonly string[];
}

/** A way back in that an administrator hands to one person, once. */
export interface PasswordReset extends Entity {
  readonly userId: string;
  readonly tokenHash: string;
  readonly expiresAt: number;
}

/** A sign-in by an identity provider that has begun. Its id is the `state` that comes back with the code. */
export interface IdentityFlow extends Entity {
  /** What must fit the provider's answer, sealed under the deployment's own key; base64. */
  readonly sealed: string;
  readonly expiresAt: number;
}

/** Somebody at an identity provider is this user. `subjectHash` is the SHA-256 of issuer and subject. */
export interface IdentityLink extends Entity {
  readonly userId: string;
  readonly subjectHash: string;
}
