import type { StaffPrincipal } from './access.ts';

/** One read of personal data or one change, as kept for the account's own control. Holds no content. */
export interface AuditEntry {
  readonly id: string;
  readonly accountId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly actor: { readonly kind: 'user' | 'token' | 'system' | 'visitor'; readonly id?: string };
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string };
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** An entry at its place in its account's chain. Hashes are SHA-256 in lower-case hex. */
export interface AuditLink extends AuditEntry {
  /** 1 for the first of an account, without gaps. */
  readonly seq: number;
  /** Hash of the link before; {@link AUDIT_START} for the first. */
  readonly previous: string;
  readonly hash: string;
}

/** An entry as stored: one from before there was a chain has no place in it. */
export type StoredAuditEntry = AuditEntry & Partial<Pick<AuditLink, 'seq' | 'previous' | 'hash'>>;

/** A place in a chain that was written down with a MAC, so that what stands beside it can be held to it. */
export interface AuditPoint {
  readonly seq: number;
  readonly hash: string;
  /** HMAC-SHA-256 in lower-case hex. */
  readonly mac: string;
}

/** How far an account's chain reaches, and from where on it is kept. */
export interface AuditChain {
  readonly accountId: string;
  /** The newest link: a chain that ends before it was cut short. */
  readonly head: AuditPoint;
  /** The last link that the retention took away; absent while all are there. */
  readonly base?: AuditPoint;
}

/** What the first link of a chain names as the one before it. */
export const AUDIT_START: { readonly seq: number; readonly hash: string } = { seq: 0, hash: '0'.repeat(64) };

/**
 * What the hash of a link is taken over: a JSON array in UTF-8, details by name. Anyone who has an export can
 * compute it again.
 */
export function auditLinkText(link: Omit<AuditLink, 'hash'>): string {
  const { previous, seq, accountId, id, at, actor, action, target, details } = link;
  const named = Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1));
  const what = [action, target?.kind ?? null, target?.id ?? null, named];
  return JSON.stringify(['audit.1', previous, seq, accountId, id, at, actor.kind, actor.id ?? null, ...what]);
}
/** Who acts: the person, or the API token that acts for them. */
export function actorOf({ userId, tokenId }: StaffPrincipal): AuditEntry['actor'] {
  return tokenId === undefined ? { kind: 'user', id: userId } : { kind: 'token', id: tokenId };
}
