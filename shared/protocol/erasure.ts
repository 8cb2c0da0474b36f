import type { WireActivity, WireTranscript } from './rest.ts';

/** Whose data was erased, as certificates and requests name it. */
export type WireErasedScope =
  | { readonly kind: 'conversation'; readonly conversationId: string }
  | { readonly kind: 'visitor'; readonly sessionId: string }
  /** `valueHash` is a keyed hash; the value itself is not kept. */
  | { readonly kind: 'subject'; readonly field: string; readonly valueHash: string }
  | { readonly kind: 'address'; readonly addressHash: string }
  | { readonly kind: 'account' };

/** What a certificate states. */
export interface WireCertificateStatement {
  readonly type: 'erasure-certificate.1';
  readonly id: string;
  readonly accountId: string;
  readonly scope: WireErasedScope;
  readonly erasedBy: { readonly kind: 'user' | 'token' | 'system' | 'visitor'; readonly id?: string };
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Records deleted, by what kept them. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A signed proof of an erasure; `npm run verify-certificate` checks it without the server. */
export interface WireErasureCertificate {
  readonly id: string;
  readonly algorithm: 'Ed25519';
  readonly keyId: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  readonly statement: WireCertificateStatement;
  /** Over the statement as canonical JSON (RFC 8785) in UTF-8; base64. */
  readonly signature: string;
}

/** A legal hold: its transcripts are neither purged nor erased. */
export interface WireLegalHold {
  readonly id: string;
  readonly status: 'active' | 'released';
  readonly scope: Exclude<WireErasedScope, { kind: 'address' | 'account' }>;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: string;
  readonly releasedBy?: string;
  readonly releasedAt?: string;
}

/** With the conversations that it keeps, 200 at the most. */
export interface WireLegalHoldDetail extends WireLegalHold {
  readonly conversationIds: readonly string[];
  /** Visits whose records it keeps. */
  readonly sessionIds: readonly string[];
}

/** A request for all data of a visitor or person (or of the account): to hand it out or to erase it. */
export interface WireDataRequest {
  readonly id: string;
  readonly purpose: 'access' | 'erasure';
  readonly scope: Exclude<WireErasedScope, { kind: 'conversation' | 'address' }>;
  /** `finding`, `erasing`: still at it; `refused`: a legal hold keeps some of it, nothing was erased. */
  readonly status: 'finding' | 'erasing' | 'done' | 'refused';
  readonly startedBy: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Conversations looked into, and found. */
  readonly scanned: number;
  readonly found: number;
  /** Conversations that a hold placed meanwhile kept. */
  readonly held: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Of an erasure that is done. */
  readonly certificateId?: string;
}

/** What goes when, if nothing changes. */
export interface WireExpiryPreview {
  readonly from: string;
  readonly to: string;
  readonly retentionDays: number;
  readonly days: readonly { readonly date: string; readonly conversations: number }[];
  /** Conversations that legal holds keep beyond their time. */
  readonly held: number;
}

/** All that is kept of one visitor or person. */
export interface WireSubjectExport {
  readonly requestId: string;
  readonly exportedAt: string;
  readonly scope: Exclude<WireErasedScope, { kind: 'conversation' | 'address' | 'account' }>;
  readonly conversations: readonly WireTranscript[];
  readonly visits: readonly WireSubjectVisit[];
  /** Conversations that fail their integrity check. */
  readonly unreadable: readonly string[];
}

/** One session of the visitor on a site. */
export interface WireSubjectVisit {
  readonly sessionId: string;
  readonly startedAt?: string;
  readonly lastSeenAt?: string;
  readonly visits?: number;
  /** From where, while the activity log lives. */
  readonly connections: readonly WireActivity[];
  /** What other parts keep of it, by section. */
  readonly more: Readonly<Record<string, unknown>>;
}
