/** Names of live rooms: the edge lets sockets in, the broadcaster addresses them. */
export const ROOMS = {
  session: (sessionId: string) => `session:${sessionId}`,
  agent: (accountId: string, agentId: string) => `agent:${accountId}:${agentId}`,
  /** Sockets that came in by one sign-in, in whichever accounts. */
  signIn: (signInId: string) => `sign-in:${signInId}`,
  /** Staff clients that follow an account's live visitors. */
  visitors: (accountId: string) => `visitors:${accountId}`,
  staff: (accountId: string) => `staff:${accountId}`,
} as const;
