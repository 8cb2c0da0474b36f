import type { ClosedBy, ConversationStatus } from '../../shared/protocol/index.ts';
import type { ConversationOrigin } from './invitation.ts';

interface ConversationBase {
  readonly id: string;
  readonly accountId: string;
  readonly siteId: string;
  readonly sessionId: string;
  readonly caseId: string;
  readonly departmentId?: string;
  readonly tags: readonly string[];
  /** Agents who have had it, also those from whom it was taken; absent while nobody has. */
  readonly participants?: readonly string[];
  readonly rating?: number;
  /** The invitation that it came from. */
  readonly engagement?: ConversationOrigin;
  /** Counts up with every change; a change names the version that it saw. */
  readonly version: number;
  readonly startedAt: number;
  /** When it last entered the queue; its place in line. */
  readonly queuedAt: number;
  readonly firstResponseAt?: number;
  /** `startedAt` plus the account's retention; the transcript, profile and key share it. */
  readonly expiresAt: number;
  /** How far the transcript was known to reach; see {@link TranscriptAnchor}. */
  readonly anchor?: TranscriptAnchor;
}

/**
 * The end of the hash chain as last written down, authenticated with the conversation's data key, so
 * that a transcript cut short at its end shows.
 */
export interface TranscriptAnchor {
  readonly seq: number;
  readonly mac: Uint8Array;
}

export interface QueuedConversation extends ConversationBase {
  readonly status: 'queued';
}
export interface ActiveConversation extends ConversationBase {
  readonly status: 'active';
  readonly agentId: string;
  readonly assignedAt: number;
}
export interface ClosedConversation extends ConversationBase {
  readonly status: 'closed';
  /** Who had it last, if anyone did. */
  readonly agentId?: string;
  readonly assignedAt?: number;
  readonly closedAt: number;
  readonly closedBy: ClosedBy;
}

/** A chat between one visitor and staff. A state holds only the fields that exist in it. */
export type Conversation = QueuedConversation | ActiveConversation | ClosedConversation;

export type { ConversationStatus };
