import type { RoleKey } from '../../shared/protocol/index.ts';

/** What an authorization is about, and so how far it can be limited. */
export type AuthorizationReach =
  /** The deployment as a whole; it counts wherever its holder works. */
  | 'deployment'
  /** One account. */
  | 'account'
  /** Conversations of one account; a role may be given for some departments alone, and then it reaches theirs. */
  | 'conversation';

/**
 * Everything that can be allowed, as a closed list: each route and each staff event names one. `help` completes
 * "may ...". docs/AUTHORIZATIONS.md is written from it (`npm run docs:authorizations`).
 */
export const AUTHORIZATIONS = {
  'account:create': { reach: 'deployment', help: 'make accounts on this deployment' },
  'settings:read': { reach: 'account', help: 'see the settings of the account' },
  'settings:write': { reach: 'account', help: 'change the settings of the account' },
  'site:read': { reach: 'account', help: 'see the web sites of the account' },
  'site:write': { reach: 'account', help: 'add, change and remove web sites' },
  'user:read': { reach: 'account', help: 'see who works in the account, and as what' },
  'user:write': {
    reach: 'account',
    help: 'add, change and remove users, and give roles that they have themselves',
  },
  'api-token:read': { reach: 'account', help: 'see the API tokens and when they were used' },
  'api-token:write': {
    reach: 'account',
    help: 'make, change and remove API tokens of what they may do themselves',
  },
  'role:read': { reach: 'account', help: 'see the roles and what each allows' },
  'role:write': { reach: 'account', help: 'make, change and remove roles of what they may do themselves' },
  'department:read': { reach: 'account', help: 'see the departments and who belongs to them' },
  'department:write': { reach: 'account', help: 'make, change and remove departments' },
  'access-grant:read': { reach: 'account', help: 'see who was let in for a time, why, and when they came' },
  'access-grant:write': { reach: 'account', help: 'let an operator in for a reason and a time, and end it' },
  'canned-response:read': { reach: 'account', help: 'see the canned responses' },
  'canned-response:write': { reach: 'account', help: 'make, change and remove canned responses' },
  'webhook:read': { reach: 'account', help: 'see the webhooks and what became of their deliveries' },
  'webhook:write': { reach: 'account', help: 'decide which other systems are told of what happens' },
  'redaction-rule:read': {
    reach: 'account',
    help: 'see the redaction rules, their history and their report',
  },
  'redaction-rule:write': {
    reach: 'account',
    help: 'change redaction rules, and apply them to stored transcripts',
  },
  'conversation:read': {
    reach: 'conversation',
    help: 'see the queue, and find and read conversations that wait or that they have or had',
  },
  'transcript:read-all': {
    reach: 'conversation',
    help: 'find and read the conversations of everybody, where they may read at all',
  },
  'profile:read-own': {
    reach: 'account',
    help: 'see the values of profile fields and pre-chat answers in conversations that are theirs',
  },
  'profile:search': {
    reach: 'account',
    help: 'find conversations by the exact value of a searchable profile field',
  },
  'conversation:handle': {
    reach: 'conversation',
    help: 'take conversations, write in them, hand them on and close them',
  },
  'conversation:supervise': {
    reach: 'conversation',
    help: 'watch the conversations of others, whisper to their agents, and take them over',
  },
  'visitor:read': {
    reach: 'account',
    help: 'see who is on the sites, what they do there, and why they were invited',
  },
  'visitor:invite': { reach: 'account', help: 'invite visitors to a chat by hand' },
  'visitor:write': {
    reach: 'account',
    help: "tie fields of the account's own systems to visitors",
  },
  'profile:read': {
    reach: 'account',
    help: 'see the values of profile fields and pre-chat answers of all visitors',
  },
  'identity-key:read': { reach: 'account', help: 'see the keys for signed identities, without secrets' },
  'identity-key:write': { reach: 'account', help: 'add and remove keys for signed identities' },
  'engagement-rule:read': {
    reach: 'account',
    help: 'see the engagement rules, try them out and compare them',
  },
  'engagement-rule:write': { reach: 'account', help: 'change the draft of the engagement rules' },
  'engagement-rule:publish': { reach: 'account', help: 'publish engagement rules, and roll them back' },
  'report:read': { reach: 'account', help: 'see the reports' },
  'transcript:export': { reach: 'conversation', help: 'take transcripts out as files' },
  'transcript:erase': { reach: 'conversation', help: 'erase transcripts' },
  'activity-log:read': { reach: 'account', help: 'see from which addresses visitors connected' },
  'activity-log:erase': { reach: 'account', help: 'erase what the activity log holds of an address' },
  'key:read': { reach: 'account', help: "see the versions of the account's key, with ages and counts" },
  'key:rotate': { reach: 'account', help: 'give the account a new key and put its conversations under it' },
  'master-key:read': { reach: 'deployment', help: 'see which master keys there are, by id' },
  'master-key:rotate': { reach: 'deployment', help: 'put everything under the current master key' },
  'subject:export': {
    reach: 'account',
    help: 'take out all that is kept of one visitor or person',
  },
  'subject:erase': { reach: 'account', help: 'erase all that is kept of one visitor or person' },
  'account:erase': { reach: 'account', help: 'erase the account itself and everything in it' },
  'account:erase-any': { reach: 'deployment', help: 'erase any account of this deployment' },
  'certificate:read': { reach: 'account', help: 'see the certificates of what was erased' },
  'legal-hold:read': { reach: 'account', help: 'see the legal holds, their reasons and what they keep' },
  'legal-hold:write': {
    reach: 'account',
    help: 'keep transcripts from retention and erasure, and release them',
  },
  'retention:read': { reach: 'account', help: 'see what expires when' },
  'audit-log:read': { reach: 'account', help: 'see who did what' },
} as const satisfies Record<string, { readonly reach: AuthorizationReach; readonly help: string }>;
export type Authorization = keyof typeof AUTHORIZATIONS;

/** A role that comes with the product: what it allows itself, and the roles that it contains. */
export interface BuiltinRole {
  readonly name: string;
  /** One line for who gives it. */
  readonly about: string;
  readonly roles: readonly RoleKey[];
  readonly authorizations: readonly Authorization[];
}

/** Roles that every account has and none can change. */
export const BUILTIN_ROLES: { readonly [Key in RoleKey]: BuiltinRole } = {
  agent: {
    name: 'Agent',
    about: 'Answers visitors, and reads the transcripts of their own conversations',
    roles: [],
    authorizations: [
      'conversation:read',
      'conversation:handle',
      'site:read',
      'department:read',
      'visitor:read',
      'visitor:invite',
      'profile:read-own',
      'canned-response:read',
    ],
  },
  supervisor: {
    name: 'Supervisor',
    about: 'An agent who also watches and helps others, sees the staff, reads and exports all transcripts',
    roles: ['agent'],
    authorizations: [
      'transcript:read-all',
      'conversation:supervise',
      'profile:read',
      'user:read',
      'role:read',
      'transcript:export',
      'engagement-rule:read',
      'report:read',
      'canned-response:write',
    ],
  },
  analyst: {
    name: 'Analyst',
    about: 'Sees settings, sites, engagement rules and reports, no conversation',
    roles: [],
    authorizations: [
      'settings:read',
      'site:read',
      'department:read',
      'visitor:read',
      'engagement-rule:read',
      'report:read',
    ],
  },
  'privacy-officer': {
    name: 'Privacy officer',
    about: 'Reads, exports and erases transcripts and logs, and decides on redaction',
    roles: [],
    authorizations: [
      'conversation:read',
      'transcript:read-all',
      'profile:read',
      'profile:search',
      'transcript:export',
      'transcript:erase',
      'subject:export',
      'subject:erase',
      'certificate:read',
      'legal-hold:read',
      'legal-hold:write',
      'retention:read',
      'activity-log:read',
      'activity-log:erase',
      'audit-log:read',
      'redaction-rule:read',
      'redaction-rule:write',
      'settings:read',
      'key:read',
      'role:read',
      'department:read',
      'access-grant:read',
    ],
  },
  'account-administrator': {
    name: 'Account administrator',
    about: 'Everything in this account',
    roles: ['supervisor', 'privacy-officer', 'analyst'],
    authorizations: [
      'account:erase',
      'settings:write',
      'site:write',
      'user:write',
      'key:rotate',
      'role:write',
      'department:write',
      'access-grant:write',
      'visitor:write',
      'identity-key:read',
      'identity-key:write',
      'engagement-rule:write',
      'engagement-rule:publish',
      'webhook:read',
      'webhook:write',
      'api-token:read',
      'api-token:write',
    ],
  },
  operator: {
    name: 'Operator',
    about: 'Runs the server for all accounts, and sees what is in one only when its administrator lets them',
    roles: [],
    authorizations: ['account:create', 'account:erase-any', 'master-key:read', 'master-key:rotate'],
  },
};
