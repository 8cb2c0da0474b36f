import type { DayOfCounts } from './day-counts.ts';
import type { AccountEntity } from './entity.ts';
import type { StoredRedactionRule } from './redaction-rule.ts';

/**
 * A redaction rule as it stood before or after a change. Of its examples only the number is kept: people copy
 * real data into them, and the history outlives the rule.
 */
export type RuleSnapshot = Omit<
  StoredRedactionRule,
  'id' | 'accountId' | 'version' | 'createdAt' | 'updatedAt' | 'examples'
> & { readonly examples: { readonly match: number; readonly noMatch: number } };

/** One change of a redaction rule; it is kept after the rule is gone. `createdAt` is when. */
export interface RedactionRuleChange extends AccountEntity {
  readonly ruleId: string;
  /** Who made it. */
  readonly userId: string;
  readonly action: 'created' | 'changed' | 'removed';
  /** Absent for a rule that was created. */
  readonly before?: RuleSnapshot;
  /** Absent for a rule that was removed. */
  readonly after?: RuleSnapshot;
  /** Absent in those of earlier releases, which stay. */
  readonly expiresAt?: number;
}

/** How often each rule took something out on one day; never what. */
export type RedactionDay = DayOfCounts<{
  readonly ruleId: string;
  readonly name: string;
  readonly count: number;
}>;
