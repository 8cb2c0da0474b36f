import type { ServerToAgent, ServerToVisitor } from '../../shared/protocol/index.ts';

/** Whom a live event goes to. */
export interface Broadcaster {
  /** All sockets (tabs) of a visitor's session, except the one named. */
  toVisitor<Name extends keyof ServerToVisitor>(
    target: { sessionId: string; exceptSocketId?: string | undefined },
    name: Name,
    payload: ServerToVisitor[Name],
  ): void;
  /** All sockets of one staff member in one account. */
  toAgent<Name extends keyof ServerToAgent>(
    target: { accountId: string; agentId: string; exceptSocketId?: string | undefined },
    name: Name,
    payload: ServerToAgent[Name],
  ): void;
  /** Those who follow a conversation: the sockets of its agent, if it has one, and those that watch it. */
  toChat<Name extends keyof ServerToAgent>(
    target: {
      accountId: string;
      conversationId: string;
      agentId: string | undefined;
      exceptSocketId?: string | undefined;
    },
    name: Name,
    payload: ServerToAgent[Name],
  ): void;
  /** From now on the staff socket gets what goes to those who follow the conversation. */
  watchChat(conversationId: string, socketId: string): void;
  unwatchChat(conversationId: string, socketId: string): void;
  /** Nobody watches the conversation from here on, on whichever socket. */
  endWatching(conversationId: string): void;
  /** All staff sockets of an account. */
  toStaff<Name extends keyof ServerToAgent>(
    accountId: string,
    name: Name,
    payload: ServerToAgent[Name],
  ): void;
  /** From now on the staff socket gets what goes to those who follow the account's live visitors. */
  followVisitors(accountId: string, socketId: string): void;
  /** Staff sockets that follow the account's live visitors. */
  toFollowers<Name extends keyof ServerToAgent>(
    accountId: string,
    name: Name,
    payload: ServerToAgent[Name],
  ): void;
  /** Whether anybody follows the account's live visitors, from any node. */
  hasFollowers(accountId: string): boolean;
  /** Staff who see the queue of the department, be it among all others; `null`: those who see the whole queue. */
  toQueue<Name extends keyof ServerToAgent>(
    target: { accountId: string; departmentId: string | null },
    name: Name,
    payload: ServerToAgent[Name],
  ): void;
  /** Staff who see the queue of this department and not the whole queue. */
  toDepartment<Name extends keyof ServerToAgent>(
    target: { accountId: string; departmentId: string },
    name: Name,
    payload: ServerToAgent[Name],
  ): void;
  /** Ends every socket of a staff member in one account (role taken away, signed out). */
  disconnectAgent(accountId: string, agentId: string): void;
  /** Ends every socket of visitors on a site that is no more. */
  disconnectSite(siteId: string): void;
  /** Ends every socket that came in by one sign-in. */
  disconnectSignIn(signInId: string): void;
  /** Whether a socket of the visitor's session is connected, to any node that answers. */
  visitorOnline(sessionId: string): Promise<boolean>;
}

/** Notices between nodes (and within one) that something cached has changed. Carries ids only. */
export interface ChangeBus {
  publish(change: Change): void;
  /** The answer unsubscribes. */
  subscribe(listener: (change: Change) => void): () => void;
}

export type Change =
  | { readonly kind: 'redaction-rules'; readonly accountId: string }
  | { readonly kind: 'engagement-rules'; readonly accountId: string }
  | { readonly kind: 'site'; readonly siteId: string }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'departments'; readonly accountId: string }
  /** The roles of the account. */
  | { readonly kind: 'roles'; readonly accountId: string }
  /** What a staff member is and may do, in any account. */
  | { readonly kind: 'staff'; readonly userId: string }
  | { readonly kind: 'webhooks'; readonly accountId: string }
  | { readonly kind: 'conversation'; readonly conversationId: string; readonly version: number }
  /** Messages of it were sealed anew; `head` is the hash of the last one after that, base64. */
  | { readonly kind: 'resealed'; readonly conversationId: string; readonly head: string }
  /** A conversation was erased, and with it what its visitor did. */
  | { readonly kind: 'erased'; readonly conversationId: string; readonly sessionId: string }
  | { readonly kind: 'session-erased'; readonly sessionId: string }
  | { readonly kind: 'account-erased'; readonly accountId: string }
  /** Keys of an account were destroyed or retired. */
  | { readonly kind: 'keys'; readonly accountId: string }
  /** The agent's last socket at one node is gone; they may have others at other nodes. */
  | { readonly kind: 'attendance'; readonly accountId: string; readonly agentId: string }
  /** Notices of other nodes may have got lost: anything may have changed. */
  | { readonly kind: 'missed' };
