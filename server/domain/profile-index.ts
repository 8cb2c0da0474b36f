import type { CustomField } from '../../shared/protocol/index.ts';
import { type AccountEntity, DAY_MS } from './entity.ts';

/**
 * That a conversation's profile has a certain value in a searchable field, without the value: `lookup` is a keyed
 * hash of it. Who has the database alone learns which conversations share a value, and no value.
 */
export interface ProfileIndexEntry extends AccountEntity {
  readonly conversationId: string;
  readonly sessionId: string;
  /** Account and key of the field. */
  readonly accountField: string;
  /** HMAC-SHA-256 in hex, under a key of the account, apart for each field. */
  readonly lookup: string;
  /** Start of the conversation, from which its life is counted. */
  readonly retainFrom: number;
  /** The field's own life in milliseconds, when it is shorter than the transcript's may be. */
  readonly retentionMs?: number;
  readonly expiresAt: number;
}

/** One entry for each conversation and field. */
export function profileIndexId(conversationId: string, field: string): string {
  return `${conversationId}.${field}`;
}

export function accountFieldOf(accountId: string, field: string): string {
  return `${accountId}:${field}`;
}

/** Own life of a field in milliseconds; undefined when it lives as long as the transcript. */
export function fieldRetentionMs({ retentionDays }: CustomField): number | undefined {
  return retentionDays === undefined ? undefined : retentionDays * DAY_MS;
}

const EMAIL = /^e-?mail/;
const PHONE = /^(phone|telephone|mobile|tel)\b/;
const IDENTIFIER = /\b(id|identifier|number|identity|ssn)\b/;

/**
 * A value as the index sees it, so that spellings of one value meet: Unicode NFKC, case folded, trimmed, runs of
 * spaces made one. Of a phone number digits and a leading plus count (`00` is a plus); of an identifier, letters and
 * digits. What kind of value a field holds is read from its category: `e-mail`, `phone`, `customer id`, `ssn`, ...
 */
export function normalisedForIndex(category: string, value: string): string {
  const folded = folding(value).replace(/\s+/g, ' ');
  const kind = folding(category);
  if (EMAIL.test(kind)) return folded.replace(/^mailto:/, '');
  if (PHONE.test(kind)) return phone(folded);
  if (IDENTIFIER.test(kind)) return folded.replace(/[^\p{L}\p{N}]/gu, '');
  return folded;
}

/** Twice, because upper case has one form where lower case has several. */
function folding(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').trim();
}

function phone(text: string): string {
  const digits = text.replace(/[^\d]/g, '');
  if (text.trimStart().startsWith('+')) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}
