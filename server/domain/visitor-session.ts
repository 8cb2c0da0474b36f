import type { VisitorFacts } from './engagement/index.ts';
import { type AccountEntity, DAY_MS } from './entity.ts';

/** What a visitor comes with, in families so coarse that they tell nobody apart; never the string itself. */
export interface VisitorClient {
  readonly device: 'desktop' | 'mobile' | 'tablet' | 'tv' | 'bot' | 'other';
  /** e.g. `Firefox`; `other` when not known. */
  readonly browser: string;
  /** e.g. `Windows`; `other` when not known. */
  readonly os: string;
  /** Primary tag of the preferred language (BCP 47), e.g. `sv`. */
  readonly language?: string;
}

export const UNKNOWN_CLIENT: VisitorClient = { device: 'other', browser: 'other', os: 'other' };

/**
 * A visitor's presence on a site. Holds no personal data: `visitorHash` is the SHA-256 of the opaque token on
 * the device. It can be taken up until `endsAt`; after that it only tells that the visitor has been here before,
 * until `expiresAt`.
 */
export interface VisitorSession extends AccountEntity {
  readonly siteId: string;
  readonly visitorHash: string;
  readonly visits: number;
  /** Absent in sessions of earlier releases, which ended when they expired. */
  readonly endsAt?: number;
  readonly client?: VisitorClient;
  /** When invitations were shown and put away: what frequency limits count, also over sessions. */
  readonly invited?: InviteHistory;
  /** When it was last opened; `expiresAt` is counted from here. Absent in sessions of earlier releases. */
  readonly retainFrom?: number;
  readonly expiresAt: number;
}

/** When which rule chose the visitor, and when they last put an invitation away. */
export type InviteHistory = Pick<VisitorFacts, 'firings' | 'dismissedAt'>;

/**
 * What a session gathered, sealed under a data key of its own, which ends with it. `id` is the session's;
 * `sealed` is base64 of nonce (12 bytes), AES-256-GCM ciphertext and tag (16 bytes) of a `KeptVisitor`.
 */
export interface VisitorRecord extends AccountEntity {
  readonly sealed: string;
  /** Start of the session. */
  readonly retainFrom: number;
  readonly expiresAt: number;
}

/** What the data key of a session is named by; data keys are named by what they open. */
export function visitorKeyName(sessionId: string): string {
  return `visitor:${sessionId}`;
}

/** The session that a data key of this name opens; undefined for that of a conversation. */
export function sessionOfKey(keyName: string): string | undefined {
  return keyName.startsWith('visitor:') ? keyName.slice('visitor:'.length) : undefined;
}

/** A session ends when it has not been opened again for this long; its access token as well. */
export const SESSION_IDLE_MS = DAY_MS;

/** When a session ends that is opened now; never later than what it gathered may be kept. */
export function sessionEnd(createdAt: number, now: number, retentionMs: number): number {
  return Math.min(now + SESSION_IDLE_MS, createdAt + retentionMs);
}

/** Whether a session can still be taken up. */
export function isLiveSession(session: VisitorSession, now: number): boolean {
  return (session.endsAt ?? session.expiresAt) > now;
}
