import {
  type AccountSettings,
  DEFAULT_FILE_KINDS,
  type PrechatField,
  type SiteTheme,
} from '../../shared/protocol/index.ts';
import type { AccountEntity, Entity } from './entity.ts';

/** A customer of this deployment; everything below belongs to exactly one. */
export interface Account extends Entity {
  readonly settings: AccountSettings;
}

/** A web site of an account that embeds the widget. `siteKey` is public and unique in the deployment. */
export interface Site extends AccountEntity {
  readonly name: string;
  readonly siteKey: string;
  readonly locale: string;
  readonly theme: SiteTheme;
  readonly prechat: readonly PrechatField[];
  readonly allowedOrigins: readonly string[];
}

/** A staff member. One person has one user; `memberships` say what they are in which account. */
export interface User extends Entity {
  /** Lower case, unique in the deployment. */
  readonly email: string;
  readonly name: string;
  /** argon2id, PHC string format. */
  readonly passwordHash: string;
  readonly memberships: readonly Membership[];
  readonly disabled: boolean;
  /** Their last membership was taken away: they are being deleted, and whoever finds them so goes on with it. */
  readonly status?: 'ending';
}

export interface Membership {
  readonly accountId: string;
  /** Keys of built-in roles and ids of the account's own. */
  readonly roles: readonly string[];
  /** By role: the departments whose conversations it reaches; a role that is not there reaches all. */
  readonly departmentLimits?: Readonly<Record<string, readonly string[]>>;
}

/** The user without their membership in the account; without any, they are ending. */
export function withoutMembership(user: User, accountId: string, at: number): User {
  const memberships = user.memberships.filter((one) => one.accountId !== accountId);
  const left = { ...user, memberships, version: user.version + 1, updatedAt: at };
  return memberships.length > 0 ? left : { ...left, status: 'ending' };
}

/**
 * One sign-in and the chain of refresh tokens that came from it. Only the newest token is good; an
 * older one shown again ends the whole family. Tokens are kept as SHA-256 hashes.
 */
export interface RefreshFamily extends Entity {
  readonly userId: string;
  readonly currentHash: string;
  /** Coarse name of the browser or program, e.g. `Firefox on Windows`; absent in those of earlier versions. */
  readonly client?: string;
  readonly expiresAt: number;
}

const DEFAULT_ENGAGEMENT: AccountSettings['engagement'] = {
  publishing: 'immediate',
  recordings: { samplePercent: 0, retentionDays: 7 },
};

/** What an account has until its administrator changes it. */
export function defaultSettings(name: string, region: string): AccountSettings {
  return {
    name,
    transcriptRetentionDays: 14,
    logRetentionDays: 7,
    auditRetentionDays: 365,
    activityLog: { reasonRequired: false },
    region,
    timeZone: 'Europe/Stockholm',
    businessHours: { alwaysOpen: true, intervals: [] },
    dpa: { customFields: [] },
    redaction: { applyTo: 'store-and-delivery' },
    attachments: { enabled: true, kinds: DEFAULT_FILE_KINDS },
    routing: { assignment: 'automatic', defaultCapacity: 4, agentGraceMs: 30_000 },
    engagement: DEFAULT_ENGAGEMENT,
  };
}

/** Settings as stored by an earlier release, with the standard value of what it did not have yet. */
export function completeSettings(stored: AccountSettings): AccountSettings {
  return { ...defaultSettings(stored.name, stored.region), ...stored };
}

/** Theme of a site until its administrator changes it. */
export const DEFAULT_THEME: SiteTheme = {
  primaryColor: '#2456a6',
  position: 'right',
  title: 'Chat with us',
  greeting: 'Hello! How can we help?',
};
