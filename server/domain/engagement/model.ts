import type {
  BusinessHours,
  Decision,
  EngagementRule,
  FactValue,
  RuleFault,
} from '../../../shared/protocol/index.ts';
import type { CompiledRuleSet } from './compile.ts';

/** A decision as the engine gives it: its time is epoch milliseconds. */
export type EngineDecision = Omit<Decision, 'at'> & { readonly at: number };

/** What an account's rules are compiled from. */
export interface RuleSetSource {
  readonly rules: readonly EngagementRule[];
  /** IANA name; all local times of the rules are in it. */
  readonly timeZone: string;
  readonly businessHours: BusinessHours;
  readonly timing?: Partial<InvitationTiming>;
}

export interface InvitationTiming {
  /** An invitation that nobody answers is over after so long, and another one may come. */
  readonly invitationTtlMs: number;
  /** No invitation at all for so long after the visitor dismissed one. */
  readonly dismissalCooldownMs: number;
}

/** A stored rule that cannot be compiled, left out of the set. */
export interface RefusedRule {
  readonly ruleId: string;
  readonly faults: readonly RuleFault[];
}

/** What happened with one rule and one visitor before; small, as only rules that fired are in it. */
export interface FiringRecord {
  /** Times in this session. */
  readonly inSession: number;
  /** Of the last time, epoch milliseconds. */
  readonly at: number;
  /** Days since 1970-01-01 in the account's time zone at the last time, and times on that day. */
  readonly day: number;
  readonly onDay: number;
  /** It still holds since then: without a cool-down it does not fire again before it has not held. */
  readonly spent: boolean;
}

/** An invitation that was shown and has not ended. */
export interface OpenInvitation {
  /** Absent when an agent invited by hand. */
  readonly ruleId?: string;
  readonly at: number;
}

/**
 * All that the engine knows of one visitor session, as plain data that survives `JSON.stringify`: what is stored, sent to
 * another process, or recorded. It holds what came in and what fired, and nothing that was worked out from it.
 */
export interface VisitorFacts {
  /** Decides hold-out and variant; the same for one visitor over all sessions (the hash of the visitor token). */
  readonly key: string;
  readonly startedAt: number;
  readonly visits: number;
  readonly pageViews: number;
  readonly chats: number;
  readonly inChat: boolean;
  readonly page?: VisitedPage;
  readonly referrer?: string;
  /** Of the first page with any: `source` for `utm_source`. */
  readonly utm: { readonly [name: string]: string };
  readonly language?: string;
  readonly device?: string;
  readonly browser?: string;
  readonly os?: string;
  readonly events: { readonly [name: string]: CountedEvent };
  /** DPA fields. */
  readonly fields: { readonly [key: string]: string };
  readonly firings: { readonly [ruleId: string]: FiringRecord };
  readonly invitation?: OpenInvitation;
  readonly dismissedAt?: number;
}

export interface VisitedPage {
  readonly url: string;
  readonly title?: string;
  readonly since: number;
  readonly scrollDepth: number;
  readonly idle: boolean;
}

export interface CountedEvent {
  readonly count: number;
  readonly last?: FactValue;
}

/** What a new session begins with. Texts are redacted already. */
export type NewVisitor = Pick<VisitorFacts, 'key' | 'startedAt'> &
  Partial<Pick<VisitorFacts, 'visits' | 'language' | 'device' | 'browser' | 'os' | 'fields'>> & {
    /** Kept from earlier sessions of the same visitor: their `firings` and `dismissedAt`. */
    readonly history?: Pick<VisitorFacts, 'firings' | 'dismissedAt'>;
  };

/** Something that happened with a visitor at `at`, epoch milliseconds. Texts are redacted already. */
export type VisitorEvent = { readonly at: number } & (
  | { readonly type: 'page'; readonly url: string; readonly title?: string; readonly referrer?: string }
  | {
      readonly type: 'activity';
      /** Percent. */
      readonly scrollDepth?: number;
      /** Going idle counts as an event `idle` too. */
      readonly idle?: boolean;
      /** Exit intent comes as an event `exit_intent`. */
      readonly event?: { readonly name: string; readonly value?: FactValue };
    }
  | { readonly type: 'fields'; readonly fields: { readonly [key: string]: string } }
  | { readonly type: 'device'; readonly device: Partial<DeviceFacts> }
  | { readonly type: 'chat-started' }
  | { readonly type: 'chat-ended' }
  | { readonly type: 'invitation-answered'; readonly accepted: boolean }
  /** An agent invited by hand. */
  | { readonly type: 'invited' }
);

export type DeviceFacts = Pick<VisitorFacts, 'visits'> & {
  readonly language: string;
  readonly device: string;
  readonly browser: string;
  readonly os: string;
};

/** What surrounds all visitors of an account, and the rules that run. */
export interface World {
  readonly ruleSet: CompiledRuleSet;
  readonly agentsAvailable: number;
  readonly queueLength: number;
  /**
   * Which decisions are given: those that fired or were held out, or near misses too: a rule whose conditions came true
   * while something else kept it from firing, once for each rule and session.
   */
  readonly report: 'fired' | 'all';
}
