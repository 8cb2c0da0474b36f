/** What a condition compares: text, a number, yes or no. */
export type FactValue = string | number | boolean;

export const OPERATORS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'exists',
  'between',
] as const;
export type Operator = (typeof OPERATORS)[number];

/**
 * One comparison. `value` is a list for `in` and `nin`, `[from, to]` (both included) for `between`, a pattern for
 * `matches`, and yes (when left out) or no for `exists`. docs/ENGAGEMENT.md has every fact and what it may be compared with.
 */
export interface Condition {
  readonly fact: string;
  readonly op: Operator;
  readonly value?: FactValue | readonly FactValue[];
}

/** `all` of nothing holds always, so that a rule can ask for its score alone. */
export type ConditionTree =
  | { readonly all: readonly ConditionTree[] }
  | { readonly any: readonly ConditionTree[] }
  | { readonly not: ConditionTree }
  | Condition;

export type RuleKind = 'score' | 'engage';

export interface InviteAction {
  /** `invite` opens the chat when accepted, `offer` shows a message alone. */
  readonly type: 'invite' | 'offer';
  readonly message: string;
  /** The message in other languages, by language tag (`sv`, `en-GB`). */
  readonly translations?: { readonly [language: string]: string };
  readonly departmentId?: string;
}

/** One of several messages that are tried against one another. Visitors keep the one they were given. */
export interface MessageVariant {
  readonly key: string;
  /** Its share against the weights of the others; 1 when left out. */
  readonly weight?: number;
  readonly message: string;
  readonly translations?: { readonly [language: string]: string };
}

/** How often one visitor may get the invitation of a rule. */
export interface RuleLimits {
  readonly oncePerSession?: boolean;
  /** Milliseconds from one time to the next. The rule fires again when they are over, if it still holds. */
  readonly cooldownMs?: number;
  /** Times in one day of the account's time zone. */
  readonly maxPerDay?: number;
}

/** When a rule may fire; everything given must allow it. Local times are in the account's time zone. */
export interface RuleSchedule {
  /** `HH:MM`, up to `24:00`; weekday 1 is Monday, 7 is Sunday. Any of them must be open. */
  readonly intervals?: readonly { readonly weekday: number; readonly from: string; readonly to: string }[];
  /** Only in the account's business hours. */
  readonly businessHours?: boolean;
  /** First instant, ISO 8601. */
  readonly startsAt?: string;
  /** First instant after, ISO 8601. */
  readonly endsAt?: string;
}

/** A rule as an administrator writes it. */
export interface EngagementRuleDraft {
  readonly name: string;
  readonly enabled?: boolean;
  readonly kind: RuleKind;
  /** Higher wins; of equal ones the older rule (by `order`, then id). 0 when left out. */
  readonly priority?: number;
  readonly when: ConditionTree;
  /** Of a score rule, while it holds. A whole number, below zero too. */
  readonly points?: number;
  /** Of an engage rule: the least score of the visitor. */
  readonly minScore?: number;
  readonly action?: InviteAction;
  /** Messages to try against one another in place of the action's own. */
  readonly variants?: readonly MessageVariant[];
  readonly limits?: RuleLimits;
  readonly schedule?: RuleSchedule;
  /** Fires only while an agent is free. */
  readonly requiresAgent?: boolean;
  /** Share of the visitors, 0 to 100, who get nothing from this rule, to measure what it brings. */
  readonly holdoutPercent?: number;
  /** Name of the event (`Engage('track', name)`) that the rule is there for; reports measure the rule by it. */
  readonly goal?: string;
  /** Whether it goes on while the visitor is in a chat. */
  readonly duringChat?: boolean;
}

/** A rule with everything that was left out filled in. */
export interface EngagementRule extends EngagementRuleDraft {
  readonly id: string;
  readonly enabled: boolean;
  readonly priority: number;
  readonly order: number;
}

/** A rule as REST answers it. */
export interface WireEngagementRule extends EngagementRule {
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A condition as it was seen: with what it found, or `masked` for who may not see the value. */
export interface ConditionTrace {
  readonly fact: string;
  readonly op: Operator;
  readonly value?: FactValue | readonly FactValue[];
  /** Absent when the visitor has no such fact. */
  readonly seen?: FactValue;
  readonly masked?: true;
  readonly holds: boolean;
}

/** Shaped like the rule's `when`. */
export type TraceTree =
  | { readonly all: readonly TraceTree[]; readonly holds: boolean }
  | { readonly any: readonly TraceTree[]; readonly holds: boolean }
  | { readonly not: TraceTree; readonly holds: boolean }
  | ConditionTrace;

export const BLOCKER_CODES = [
  'disabled',
  'conditions',
  'below_min_score',
  'in_chat',
  'already_inviting',
  'dismissed',
  'already_fired',
  'once_per_session',
  'cooldown',
  'max_per_day',
  'schedule',
  'no_agent',
  'holdout',
  'lower_priority',
] as const;
export type BlockerCode = (typeof BLOCKER_CODES)[number];

/** Why a rule did not fire. */
export interface Blocker {
  readonly code: BlockerCode;
  /** When it ends by itself, where that is known. ISO 8601. */
  readonly until?: string;
  /** The rule that was preferred, or whose invitation is open. */
  readonly ruleId?: string;
}

export interface ScorePart {
  readonly ruleId: string;
  readonly name: string;
  readonly points: number;
}

export interface DecisionTrace {
  readonly when: TraceTree;
  readonly score: {
    readonly total: number;
    /** What the rule asks for. */
    readonly needed?: number;
    readonly parts: readonly ScorePart[];
  };
  /** Empty when it fired. */
  readonly blockers: readonly Blocker[];
}

/** What a rule did with a visitor at one moment, and why. */
export interface Decision {
  /** ISO 8601; of a simulation with numbers as times, a number. */
  readonly at: string | number;
  readonly ruleId: string;
  readonly fired: boolean;
  readonly score: number;
  /** Which of the messages, when there are several. */
  readonly variant?: string;
  readonly trace: DecisionTrace;
}

/** Names of what a simulation understands: as on `/visitor`, and what happens around the visitor. */
export const SIMULATED_EVENTS = [
  'page:view',
  'page:activity',
  'profile:update',
  'chat:start',
  'chat:end',
  'invite:answer',
  'agents:available',
  'queue:length',
] as const;
export type SimulatedEventName = (typeof SIMULATED_EVENTS)[number];

/** `at` is ISO 8601 or milliseconds; answers come in the same. */
export interface SimulatedEvent {
  readonly at: string | number;
  readonly name: SimulatedEventName;
  /** As on `/visitor`; `{count}` for `agents:available` and `queue:length`. */
  readonly payload?: unknown;
}

export interface SimulateRequest {
  readonly events: readonly SimulatedEvent[];
  readonly visitor?: {
    /** Decides hold-out and variant. */
    readonly key?: string;
    readonly visits?: number;
    readonly language?: string;
    readonly userAgent?: string;
    readonly fields?: { readonly [key: string]: string };
  };
  readonly agentsAvailable?: number;
  readonly queueLength?: number;
  /** How far the virtual clock runs; the last event when left out. */
  readonly until?: string | number;
  /** The published rules when left out. */
  readonly rules?: readonly (EngagementRuleDraft & { readonly id?: string })[];
}

export interface SimulateAnswer {
  readonly decisions: readonly Decision[];
  /** There were more decisions than an answer holds; those behind the last one are not there. */
  readonly truncated: boolean;
}

/** A published state of all rules of an account. */
export interface WireRuleSetVersion {
  readonly version: number;
  readonly publishedAt: string;
  readonly publishedBy: string;
  readonly note?: string;
  readonly live: boolean;
  readonly ruleCount: number;
}

/** How two rule sets differ. */
export interface RuleSetChanges {
  readonly added: readonly { readonly ruleId: string; readonly name: string }[];
  readonly removed: readonly { readonly ruleId: string; readonly name: string }[];
  /** `fields` are the names of the rule's parts that differ. */
  readonly changed: readonly {
    readonly ruleId: string;
    readonly name: string;
    readonly fields: readonly string[];
  }[];
}

/** An invitation that a recording has under one rule set and not under the other. */
export interface InvitationChange {
  readonly recording: string;
  readonly at: string | number;
  readonly ruleId: string;
}

/** Two rule sets on the same recordings. */
export interface RuleSetDiff {
  readonly changes: RuleSetChanges;
  readonly recordings: number;
  readonly invitations: { readonly before: number; readonly after: number };
  readonly gained: readonly InvitationChange[];
  readonly lost: readonly InvitationChange[];
  /** Recordings with more decisions than were followed; what lies behind them is not compared. */
  readonly truncated: number;
}

/** A share with the bounds of its 95 % confidence interval, all 0 to 1 (a difference: -1 to 1). */
export interface IntervalEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What became of the visitors for whom a rule fired, or would have. */
export interface FunnelCounts {
  readonly shown: number;
  readonly accepted: number;
  readonly dismissed: number;
  readonly chats: number;
  readonly rated: number;
  readonly goals: number;
}
