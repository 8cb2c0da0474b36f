import type { CustomField } from '../../shared/protocol/index.ts';
import { fieldRetentionMs } from './profile-index.ts';

/**
 * The values that the data-processing agreement lets stand now: of listed fields, and not past the field's own life,
 * which is counted from the start of the conversation. `ageMs` is how long ago that was.
 */
export function agreedFields(
  fields: Readonly<Record<string, string>>,
  agreement: readonly CustomField[],
  ageMs: number,
): Readonly<Record<string, string>> {
  const standing = agreement.filter((field) => ageMs < (fieldRetentionMs(field) ?? Number.POSITIVE_INFINITY));
  const keys = new Set(standing.map(({ key }) => key));
  return Object.fromEntries(Object.entries(fields).filter(([key]) => keys.has(key)));
}

/** Of the values, those of fields that the agreement has kept as they are given. */
export function keptAsGiven(
  fields: Readonly<Record<string, string>>,
  agreement: readonly CustomField[],
): Readonly<Record<string, string>> {
  const keys = new Set(agreement.filter(({ keepAsGiven }) => keepAsGiven === true).map(({ key }) => key));
  return Object.fromEntries(Object.entries(fields).filter(([key]) => keys.has(key)));
}
