import type { PresenceStatus } from '../../shared/protocol/index.ts';

/**
 * What an agent wants to be (`status`, `capacity`) and what the server knows (`active` chats, the lease
 * that a connected socket keeps alive). Intent and connection are apart, so a second tab flips nothing.
 */
export interface AgentPresence {
  readonly accountId: string;
  readonly agentId: string;
  readonly name: string;
  readonly status: PresenceStatus;
  readonly capacity: number;
  /** Slots taken. */
  readonly active: number;
  /** Epoch milliseconds until which the agent counts as connected. */
  readonly leaseUntil: number;
}

/** A presence as it is kept: with what tells a later one from an earlier, and a seal over all of it. */
export interface KeptPresence extends AgentPresence {
  /** Counts up with each change. */
  readonly version: number;
  readonly mac?: string;
}
