import type { AgentPresence } from './presence.ts';

/**
 * The agent who gets the next conversation: online, connected, with a free slot, and of those the one with
 * the fewest chats; of equals the one with the lower share of their capacity taken, then by id, so that
 * every node chooses alike. `now` in epoch milliseconds.
 */
export function pickAgent(agents: readonly AgentPresence[], now: number): AgentPresence | undefined {
  return agents
    .filter((agent) => agent.status === 'online' && agent.leaseUntil > now && agent.active < agent.capacity)
    .sort(
      (a, b) =>
        a.active - b.active ||
        a.active / a.capacity - b.active / b.capacity ||
        (a.agentId < b.agentId ? -1 : 1),
    )[0];
}
