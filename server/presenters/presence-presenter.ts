import type { WirePresence } from '../../shared/protocol/index.ts';
import type { AgentPresence } from '../domain/index.ts';

/** An agent's presence as colleagues see it. */
export function presentPresence(presence: AgentPresence): WirePresence {
  const { agentId, name, status, capacity, active } = presence;
  return { agentId, name, status, capacity, active };
}
