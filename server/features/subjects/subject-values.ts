import type { CustomField } from '../../../shared/protocol/index.ts';
import { normalisedForIndex, Private } from '../../domain/index.ts';
import type { Cipher } from '../../ports/index.ts';

/** Whether two spellings are one value of the field, as the index of searchable fields would say. */
export function sameValue(field: CustomField, kept: string | undefined, asked: string): boolean {
  if (kept === undefined) return false;
  const normalised = normalisedForIndex(field.category, kept);
  return normalised !== '' && normalised === normalisedForIndex(field.category, asked);
}

/**
 * A value that a request is about: sealed while the request needs it, a keyed hash for what stays. Both under a key
 * of the account, so that neither means anything when the account is gone.
 */
export class SubjectValues {
  readonly #cipher: Cipher;
  readonly #key: (accountId: string) => Promise<Uint8Array>;

  constructor(deps: { cipher: Cipher; key: (accountId: string) => Promise<Uint8Array> }) {
    this.#cipher = deps.cipher;
    this.#key = deps.key;
  }

  /** The same value of the same kind gives the same hash in one account, and another in every other. */
  async hash(accountId: string, kind: string, value: string): Promise<string> {
    const key = await this.#key(accountId);
    return this.#cipher.macText(key, `hash\n${kind}\n${normalisedForIndex(kind, value)}`);
  }

  /** Base64; opens for the same request alone. */
  async seal(accountId: string, requestId: string, value: Private<string>): Promise<string> {
    const plain = Buffer.from(value.reveal(), 'utf8');
    const sealed = this.#cipher.seal(await this.#key(accountId), plain, context(accountId, requestId));
    return Buffer.from(sealed).toString('base64');
  }

  /** @throws IntegrityError */
  async open(accountId: string, requestId: string, sealed: string): Promise<Private<string>> {
    const key = await this.#key(accountId);
    const plain = this.#cipher.open(key, Buffer.from(sealed, 'base64'), context(accountId, requestId));
    return new Private(Buffer.from(plain).toString('utf8'));
  }
}

function context(accountId: string, requestId: string): Uint8Array {
  return Buffer.from(`subject-value\n${accountId}\n${requestId}`, 'utf8');
}
