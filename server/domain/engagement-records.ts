import type { ConditionTrace, Decision, EngagementRule, TraceTree } from '../../shared/protocol/index.ts';
import type { DayOfCounts } from './day-counts.ts';
import type { EngineDecision, Recording } from './engagement/index.ts';
import type { AccountEntity } from './entity.ts';

/** A rule of the draft; a rule set is published as a whole. */
export type StoredEngagementRule = AccountEntity & EngagementRule;

/** A rule set as it was published; kept as history. `createdAt` is when. The newest one is live. */
export interface RuleSetVersion extends AccountEntity {
  /** Counts from 1. */
  readonly number: number;
  readonly publishedBy: string;
  readonly note?: string;
  readonly rules: readonly EngagementRule[];
}

/**
 * What one session did, as an opted-in sample of visitors is recorded to try rules out: redacted, without values of
 * fields. `sessionId` is there so that it is erased with the session.
 */
export interface VisitorRecording extends AccountEntity {
  readonly sessionId: string;
  readonly recording: Recording;
  readonly retainFrom: number;
  readonly retentionMs: number;
  readonly expiresAt: number;
}

/** Which group of a rule's audience a visitor is in. */
export type Arm = 'shown' | 'holdout';

/** That a rule chose this visitor, for an invitation or for the control group; what came of it is counted once. */
export interface Exposure {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string;
  readonly arm: Arm;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The event that the rule is there for. */
  readonly goal?: string;
  readonly chatted: boolean;
  readonly reachedGoal: boolean;
}

/** What is counted of a rule's audience; numbers alone. */
export const FUNNEL_STEPS = ['shown', 'accepted', 'dismissed', 'chats', 'rated', 'goals'] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

/** Steps of one rule, variant and group on one day. */
export interface FunnelCount extends Readonly<Record<FunnelStep, number>> {
  readonly ruleId: string;
  readonly ruleName: string;
  /** `''` when the rule has one message. */
  readonly variant: string;
  readonly arm: Arm;
}

/** What rules brought on one day; never who. */
export type EngagementDay = DayOfCounts<FunnelCount>;

/** A decision as it is kept with its session: without the values of fields. */
export type StoredDecision = Decision;

/** A decision as it is kept and shown; values of fields are taken out unless `showFields`. */
export function recordedDecision(
  { at, ...decision }: EngineDecision,
  { showFields }: { showFields: boolean },
): StoredDecision {
  const trace = showFields
    ? decision.trace
    : { ...decision.trace, when: mapConditions(decision.trace.when, withoutFieldValue) };
  return { ...decision, at: new Date(at).toISOString(), trace };
}

/** The decision with the texts that it has seen changed. */
export function withSeenTexts(decision: StoredDecision, change: (text: string) => string): StoredDecision {
  const when = mapConditions(decision.trace.when, (condition) =>
    typeof condition.seen === 'string' ? { ...condition, seen: change(condition.seen) } : condition,
  );
  return { ...decision, trace: { ...decision.trace, when } };
}

/** That a field was looked at is told, and whether the condition holds; not what was seen. */
function withoutFieldValue(condition: ConditionTrace): ConditionTrace {
  if (!condition.fact.startsWith('profile.') || condition.seen === undefined) return condition;
  const { seen: _seen, ...rest } = condition;
  return { ...rest, masked: true };
}

function mapConditions(tree: TraceTree, change: (condition: ConditionTrace) => ConditionTrace): TraceTree {
  if ('all' in tree) return { ...tree, all: tree.all.map((member) => mapConditions(member, change)) };
  if ('any' in tree) return { ...tree, any: tree.any.map((member) => mapConditions(member, change)) };
  if ('not' in tree) return { ...tree, not: mapConditions(tree.not, change) };
  return change(tree);
}
