import type { WireAgent } from './conversation.ts';
import type { ScorePart } from './engagement.ts';

/** Stands where a value of a DPA field is not shown: the reader lacks `profile:read`. */
export const MASKED_VALUE = '••••••';

/** `ruleId` of an invitation that an agent made by hand. */
export const INVITED_BY_HAND = 'manual';

/** What an invitation asks of the visitor; `from` is the agent who invites by hand. */
export interface WireInviteAction {
  readonly type: 'invite' | 'offer';
  readonly departmentId?: string;
  readonly from?: WireAgent;
}

/** An invitation as the visitor's client shows it. It stands until it is answered or a chat begins. */
export interface WireInvite {
  readonly inviteId: string;
  readonly ruleId: string;
  readonly message: string;
  readonly action: WireInviteAction;
}

/** How an invitation stands; `lapsed`: it ended without an answer. */
export type InviteState = 'shown' | 'accepted' | 'dismissed' | 'lapsed';

/** An invitation as staff sees it. */
export interface WireInviteState {
  readonly inviteId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string;
  readonly state: InviteState;
  readonly at: string;
}

/** The decision that a conversation came from. Its trace is in the profile that is kept with the conversation. */
export interface ConversationEngagement {
  readonly inviteId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string;
  readonly score: number;
  /** ISO 8601 */
  readonly decidedAt: string;
}

/** One visitor on a site, live. Addresses and titles are redacted; no personal data but the fields, which are masked without `profile:read`. */
export interface WireVisitor {
  readonly sessionId: string;
  readonly siteId: string;
  readonly online: boolean;
  readonly idle: boolean;
  /** Start of the session. */
  readonly startedAt: string;
  readonly lastSeenAt: string;
  readonly page?: { readonly url: string; readonly title?: string; readonly at: string };
  readonly pageViews: number;
  readonly visits: number;
  /** `desktop`, `mobile`, `tablet`, `tv`, `bot` or `other`. */
  readonly device: string;
  readonly browser: string;
  readonly os: string;
  readonly language?: string;
  readonly referrer?: string;
  readonly utm: Readonly<Record<string, string>>;
  readonly score: number;
  /** Where the score comes from: rules that hold now. */
  readonly scoreParts: readonly ScorePart[];
  readonly conversationId?: string;
  /** The newest invitation of the session. */
  readonly invite?: WireInviteState;
  readonly fields: Readonly<Record<string, string>>;
  /** Keys of the fields that a signed identity or the account's own system vouched for. */
  readonly verifiedFields: readonly string[];
}

/** What a visitor did, in full: everything of the session that is kept. */
export interface WireVisitorDetail extends WireVisitor {
  readonly pages: readonly {
    readonly url: string;
    readonly title?: string;
    readonly at: string;
    readonly scrollDepth?: number;
  }[];
  /** Custom events by name. */
  readonly events: readonly {
    readonly name: string;
    readonly count: number;
    readonly last?: string | number | boolean;
  }[];
}

/** Changes of an account's live visitors since the last such event, to clients that asked `visitor:list`. */
export interface VisitorsUpdate {
  readonly items: readonly WireVisitor[];
  /** Sessions that are no longer live. */
  readonly gone: readonly string[];
  /** Live visitors in all. */
  readonly total: number;
}
