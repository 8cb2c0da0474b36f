import type { InviteState, ScorePart } from '../../shared/protocol/index.ts';

/** An invitation of one session. Times are epoch milliseconds. Its message is redacted. */
export interface Invitation {
  readonly id: string;
  /** Of the rule that decided it, or `INVITED_BY_HAND`. */
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string;
  readonly type: 'invite' | 'offer';
  readonly departmentId?: string;
  readonly message: string;
  /** Who invited by hand. */
  readonly from?: { readonly id: string; readonly name: string };
  readonly score: number;
  readonly at: number;
  readonly state: InviteState;
  readonly answeredAt?: number;
}

/** The decision that a conversation came from, as it is kept with the conversation. */
export interface ConversationOrigin {
  readonly inviteId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly variant?: string;
  readonly score: number;
  readonly at: number;
}

export function originOf(invitation: Invitation): ConversationOrigin {
  const { id, ruleId, ruleName, variant, score, at } = invitation;
  return { inviteId: id, ruleId, ruleName, ...(variant !== undefined && { variant }), score, at };
}

/** A visitor's score and where it comes from. */
export interface ScoreView {
  readonly total: number;
  readonly parts: readonly ScorePart[];
}
