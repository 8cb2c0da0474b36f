import type { Decision, FunnelCounts, IntervalEstimate } from './engagement.ts';

/** What became of those who got one message of a rule. */
export interface WireVariantFunnel extends FunnelCounts {
  /** Absent when the rule has one message. */
  readonly variant?: string;
  /** Share of the shown that reached what the uplift is measured by. */
  readonly conversion: IntervalEstimate;
}

/** One rule's funnel: how often it was shown, what came of it, and of the control group that got nothing. */
export interface WireRuleFunnel extends FunnelCounts {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variants: readonly WireVariantFunnel[];
  /** Of `shown`, those who were held out; they have neither accepted nor dismissed. */
  readonly holdout: FunnelCounts;
  /** `goals` when the rule names a goal that anybody reached, `chats` otherwise. */
  readonly measuredBy: 'goals' | 'chats';
  readonly treated: IntervalEstimate;
  readonly control: IntervalEstimate;
  /** How much more of the treated than of the control group; absent while one of them is empty. */
  readonly uplift?: IntervalEstimate;
}

export interface EngagementReport {
  readonly items: readonly WireRuleFunnel[];
}

/** Decisions of a live session, oldest first. */
export interface WireDecisions {
  readonly items: readonly Decision[];
}
