import type { AttachmentPolicy, FileKind } from './attachments.ts';
import type { ClosedBy, ConversationStatus, WireConversation } from './conversation.ts';
import type { Decision } from './engagement.ts';
import type { ErrorCode, FieldFault } from './error-codes.ts';
import type { WireMessage } from './message.ts';
import type { DepartmentLimits } from './roles.ts';

/** Where the REST interface lives. */
export const API_BASE = '/api/v1';

/** Body of every error answer, `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly errors?: readonly FieldFault[];
}

/** A page of a list; `nextCursor` is there when more follows. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/** Built-in roles. */
export const ROLE_KEYS = [
  'agent',
  'supervisor',
  'analyst',
  'privacy-officer',
  'account-administrator',
  'operator',
] as const;
export type RoleKey = (typeof ROLE_KEYS)[number];

export interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly accounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
    /** What the roles, and access grants in force, add up to in this account. */
    readonly authorizations: readonly string[];
    /** When the first access grant ends, for who is let in by one. */
    readonly grantedUntil?: string;
  }[];
}

export interface SignIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds the access token is valid for. */
  readonly expiresIn: number;
  readonly user: SignedInUser;
}

export interface PrechatField {
  readonly key: string;
  readonly label: string;
  readonly required: boolean;
}

export interface SiteTheme {
  /** CSS hex colour, `#rrggbb`. */
  readonly primaryColor: string;
  readonly position: 'left' | 'right';
  readonly title: string;
  readonly greeting: string;
}

export interface VisitorSession {
  /** Handshake token of the `/visitor` namespace. */
  readonly token: string;
  /** Opaque; the device may keep it to be recognised later. */
  readonly visitorToken: string;
  readonly sessionId: string;
  /** The chat of this visitor that is still open, to resume. */
  readonly openConversationId?: string;
  readonly site: {
    readonly name: string;
    readonly theme: SiteTheme;
    readonly online: boolean;
    readonly prechat: readonly PrechatField[];
    readonly locale: string;
    readonly attachments: AttachmentPolicy;
  };
}

export interface CustomField {
  readonly key: string;
  readonly label: string;
  readonly category: string;
  readonly searchable: boolean;
  /** Days after the start of the conversation; without it, values live as long as the transcript. */
  readonly retentionDays?: number;
  /** Values are kept as they are given: redaction rules leave this field alone. */
  readonly keepAsGiven?: boolean;
}

export interface BusinessHours {
  readonly alwaysOpen: boolean;
  /** Local times `HH:MM` in the account's time zone; weekday 1 is Monday, 7 is Sunday. */
  readonly intervals: readonly { readonly weekday: number; readonly from: string; readonly to: string }[];
}

export interface AccountSettings {
  readonly name: string;
  readonly transcriptRetentionDays: number;
  readonly logRetentionDays: number;
  readonly auditRetentionDays: number;
  /** Whether each look-up in the activity log must say why. */
  readonly activityLog: { readonly reasonRequired: boolean };
  readonly region: string;
  readonly timeZone: string;
  readonly businessHours: BusinessHours;
  readonly dpa: { readonly customFields: readonly CustomField[] };
  readonly redaction: { readonly applyTo: 'store' | 'store-and-delivery' };
  /** `kinds`: what may be sent; empty or `enabled: false`: no files. */
  readonly attachments: { readonly enabled: boolean; readonly kinds: readonly FileKind[] };
  /** Absent: asks for nothing more than a password. */
  readonly signIn?: { readonly secondFactorRequired: boolean };
  readonly routing: {
    readonly assignment: 'automatic' | 'manual';
    /** Chats an agent takes at once unless set otherwise. */
    readonly defaultCapacity: number;
    /** Milliseconds an agent may be disconnected before their chats go back to the queue. */
    readonly agentGraceMs: number;
  };
  readonly engagement: {
    /** `immediate`: every change of a rule is live at once. `manual`: changes gather in the draft until it is published. */
    readonly publishing: 'immediate' | 'manual';
    /** What a sample of visitors does, kept to try rules out on it. */
    readonly recordings: {
      /** Of the sessions, 0 to 100. */
      readonly samplePercent: number;
      readonly retentionDays: number;
    };
  };
}

export interface WireSite {
  readonly id: string;
  readonly name: string;
  readonly siteKey: string;
  readonly locale: string;
  readonly theme: SiteTheme;
  readonly prechat: readonly PrechatField[];
  /** Origins that may embed the widget; empty: any. */
  readonly allowedOrigins: readonly string[];
  readonly createdAt: string;
}

export interface WireUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly departmentLimits?: DepartmentLimits;
  readonly disabled: boolean;
  readonly createdAt: string;
}

/** Fixed text, or the last characters kept behind a mask. */
export type RedactionReplacement = string | { readonly keepLast: number; readonly mask: string };

export interface WireRedactionRule {
  readonly id: string;
  readonly name: string;
  readonly pattern: string;
  readonly flags: string;
  readonly check?: string;
  readonly replacement: RedactionReplacement;
  readonly scope: {
    readonly from: readonly ('visitor' | 'agent')[];
    readonly places: readonly ('message' | 'profile' | 'url')[];
  };
  readonly enabled: boolean;
  /** Rules run and are credited in ascending order. */
  readonly order: number;
  readonly builtin?: string;
  readonly digitWords: boolean;
  readonly examples: { readonly match: readonly string[]; readonly noMatch: readonly string[] };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A rule as it stood before or after a change; of its examples only the number. */
export interface RedactionRuleSnapshot
  extends Omit<WireRedactionRule, 'id' | 'createdAt' | 'updatedAt' | 'examples'> {
  readonly examples: { readonly match: number; readonly noMatch: number };
}

/** Who changed a rule, when and how; kept after the rule is removed. */
export interface WireRedactionRuleChange {
  readonly id: string;
  readonly ruleId: string;
  readonly at: string;
  readonly userId: string;
  readonly action: 'created' | 'changed' | 'removed';
  readonly before?: RedactionRuleSnapshot;
  readonly after?: RedactionRuleSnapshot;
}

/** Rules as a file; an import takes the same. */
export interface RedactionExport {
  readonly version: 1;
  readonly rules: readonly Omit<WireRedactionRule, 'id' | 'createdAt' | 'updatedAt'>[];
}

/** What an import did. */
export interface RedactionImportResult {
  readonly added: number;
  readonly removed: number;
}

/** Today's rules applied to what is stored already; counts are conversations. */
export interface WireRedactionRescan {
  readonly id: string;
  readonly status: 'running' | 'paused' | 'done' | 'cancelled';
  readonly startedBy: string;
  readonly total: number;
  readonly scanned: number;
  /** In these something was redacted anew. */
  readonly changed: number;
  /** These could not be read and are as they were. */
  readonly failed: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly finishedAt?: string;
}

/** How often a rule took something out on one day (UTC, `YYYY-MM-DD`). */
export interface RedactionReportItem {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly day: string;
  readonly count: number;
}

export interface RedactionPreview {
  readonly text: string;
  readonly matches: readonly { readonly ruleId: string; readonly start: number; readonly end: number }[];
}

/** A conversation opened by staff. */
export interface WireTranscript extends WireConversation {
  readonly messages?: readonly WireMessage[];
  readonly profile?: WireProfile;
}

/** One page that a visitor saw. */
export interface WirePageVisit {
  readonly url: string;
  readonly title?: string;
  readonly at: string;
  /** Deepest point seen, 0 to 100. */
  readonly scrollDepth?: number;
}

/** What is known of the visitor in one conversation. */
export interface WireProfile {
  readonly fields: Readonly<Record<string, string>>;
  readonly prechat: Readonly<Record<string, string>>;
  readonly pages: readonly WirePageVisit[];
  readonly referrer?: string;
  /** What the visitor wrote with their rating. */
  readonly ratingComment?: string;
  /** Why the visitor was invited, when the chat comes from a rule's invitation; without values of fields. */
  readonly decision?: Decision;
  /** Values of fields and answers are not shown to this reader: marks stand in their place. */
  readonly masked?: true;
}

export interface ConversationQuery {
  readonly agentId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly caseId?: string;
  readonly tag?: string;
  readonly departmentId?: string;
  readonly status?: ConversationStatus;
}

export interface WireActivity {
  readonly sessionId: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly connectedAt: string;
  readonly disconnectedAt?: string;
}

export interface WireAuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly kind: 'user' | 'token' | 'system' | 'visitor'; readonly id?: string };
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string };
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** Place in the account's chain, with the hashes (SHA-256, hex) of the entry before and of this one. */
  readonly seq?: number;
  readonly previous?: string;
  readonly hash?: string;
}

export type { ClosedBy };
