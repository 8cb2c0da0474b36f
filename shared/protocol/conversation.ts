import type { ConversationEngagement } from './visitors.ts';

/** `queued -> active -> closed`; `active -> queued` by transfer or when the agent is gone. */
export type ConversationStatus = 'queued' | 'active' | 'closed';

/** A staff member as a visitor sees one. */
export interface WireAgent {
  readonly id: string;
  readonly name: string;
}

/** A conversation as staff sees it in lists and live updates: no message text. Times are ISO 8601 UTC. */
export interface WireConversation {
  readonly id: string;
  readonly caseId: string;
  readonly status: ConversationStatus;
  readonly siteId: string;
  readonly sessionId: string;
  readonly agent?: WireAgent;
  readonly departmentId?: string;
  readonly tags: readonly string[];
  readonly startedAt: string;
  readonly queuedAt: string;
  readonly assignedAt?: string;
  readonly closedAt?: string;
  readonly closedBy?: ClosedBy;
  readonly rating?: number;
  /** When the transcript, its profile and its key are erased. */
  readonly expiresAt: string;
  /** The decision that the conversation came from. */
  readonly engagement?: ConversationEngagement;
  /** Whether a socket of the visitor is connected now; only in live answers. */
  readonly visitorOnline?: boolean;
}

export type ClosedBy = 'visitor' | 'agent' | 'system';

/** What a visitor is told of the conversation's state. */
export interface ChatUpdate {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  readonly agent?: WireAgent;
  /** 1 is next in line; only while queued. */
  readonly queuePosition?: number;
  readonly estimatedWaitMs?: number;
  readonly closedBy?: ClosedBy;
}
