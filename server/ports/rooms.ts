/** Names of live rooms: the edge lets sockets in, the broadcaster addresses them. */
export const ROOMS = {
  session: (sessionId: string) => `session:${sessionId}`,
  agent: (accountId: string, agentId: string) => `agent:${accountId}:${agentId}`,
  /** Visitors on one site. */
  site: (siteId: string) => `site:${siteId}`,
  /** Sockets that came in by one sign-in, in whichever accounts. */
  signIn: (signInId: string) => `sign-in:${signInId}`,
  /** Staff clients that follow an account's live visitors. */
  visitors: (accountId: string) => `visitors:${accountId}`,
  /** Staff sockets that watch a conversation of somebody else. */
  watchers: (conversationId: string) => `watchers:${conversationId}`,
  /** Staff who may see conversations, all or some. */
  staff: (accountId: string) => `staff:${accountId}`,
  /** Those who see the whole queue. */
  queue: (accountId: string) => `queue:${accountId}`,
  /** Those who see the queues of some departments alone, by department. */
  department: (accountId: string, departmentId: string) => `department:${accountId}:${departmentId}`,
} as const;
