import type { AccountEntity } from './entity.ts';

/** Whose data was erased. No value of a subject and no address: a keyed hash of it, which the account alone can compute again. */
export type ErasedScope =
  | { readonly kind: 'conversation'; readonly conversationId: string }
  | { readonly kind: 'visitor'; readonly sessionId: string }
  | { readonly kind: 'subject'; readonly field: string; readonly valueHash: string }
  | { readonly kind: 'address'; readonly addressHash: string }
  | { readonly kind: 'account' };

/** What a certificate states. Plain JSON of strings and whole numbers, so that its canonical form is RFC 8785's. */
export interface CertificateStatement {
  readonly type: 'erasure-certificate.1';
  readonly id: string;
  readonly accountId: string;
  readonly scope: ErasedScope;
  readonly erasedBy: { readonly kind: 'user' | 'token' | 'system' | 'visitor'; readonly id?: string };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Records deleted, by what kept them; keys too. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The proof of an erasure, signed with the deployment's key (Ed25519); it outlives the account. */
export interface ErasureCertificate extends AccountEntity {
  readonly statement: CertificateStatement;
  /** Over the canonical statement; base64. */
  readonly signature: string;
  /** Which key: the first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  readonly keyId: string;
  readonly expiresAt: number;
}

/**
 * The statement as the bytes that are signed: JSON with sorted names and no white space (RFC 8785; whole numbers
 * and strings need none of its other rules).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined) members += `,${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members.slice(1)}}`;
}
