import type { CustomField } from '../../shared/protocol/index.ts';
import { type AccountEntity, DAY_MS } from './entity.ts';

/**
 * Today's data-processing agreement applied to what is stored already, in the background: first the conversations
 * that stood when it began, newest first, then what is kept of visitors' sessions.
 */
export interface FieldSweep extends AccountEntity {
  readonly status: 'running' | 'done';
  readonly stage: 'conversations' | 'visitors';
  /** Where the stage goes on. */
  readonly cursor?: string;
  /** Conversations to go through, counted at the start. */
  readonly total: number;
  readonly scanned: number;
  /** Profiles and sessions from which values were taken. */
  readonly changed: number;
  /** These could not be read and are as they were. */
  readonly failed: number;
  readonly finishedAt?: number;
  readonly expiresAt: number;
}

/** As long as the counts of redactions: a year, and the month before it to compare with. */
export const FIELD_SWEEP_LIFE_MS = 396 * DAY_MS;

/** What a change of the agreement asks of what is stored. */
export interface AgreementChange {
  /** Keys whose entries must leave the index at once: no longer listed or searchable, or normalised otherwise now. */
  readonly unindexed: readonly string[];
  /** Whether stored profiles must be gone through. */
  readonly sweep: boolean;
}

export function agreementChange(
  before: readonly CustomField[],
  after: readonly CustomField[],
): AgreementChange {
  const now = new Map(after.map((field) => [field.key, field]));
  const unindexed = before.filter((field) => {
    const next = now.get(field.key);
    return field.searchable && (next?.searchable !== true || next.category !== field.category);
  });
  const known = new Map(before.map((field) => [field.key, field]));
  const removed = before.some(({ key }) => !now.has(key));
  const altered = after.some((field) => {
    const was = known.get(field.key);
    const same = was?.searchable === field.searchable && was.retentionDays === field.retentionDays;
    return was === undefined ? field.searchable : !same;
  });
  return { unindexed: unindexed.map(({ key }) => key), sweep: removed || altered || unindexed.length > 0 };
}
