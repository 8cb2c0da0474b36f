/** Names of live rooms: the edge lets sockets in, the broadcaster addresses them. */
export const ROOMS = {
  session: (sessionId: string) => `session:${sessionId}`,
  agent: (accountId: string, agentId: string) => `agent:${accountId}:${agentId}`,
  staff: (accountId: string) => `staff:${accountId}`,
} as const;
