import type { DayOfCounts } from './day-counts.ts';

/** What is counted of conversations. Times are sums in milliseconds, but for the longest. */
export interface ConversationNumbers {
  readonly started: number;
  /** Got their first agent, and how long they had waited for one. */
  readonly taken: number;
  readonly waitMs: number;
  readonly longestWaitMs: number;
  readonly closed: number;
  /** Closed without ever having had an agent. */
  readonly abandoned: number;
  /** Closed by or under an agent, and how long that agent had had them. */
  readonly handled: number;
  readonly handlingMs: number;
  readonly rated: number;
  /** Sum of the ratings, 1 to 5 each. */
  readonly ratings: number;
}

/** The numbers of one agent in one department; an empty id: of nobody, in none. */
export interface ConversationCount extends ConversationNumbers {
  readonly agentId: string;
  readonly departmentId: string;
}

/** Conversations of one day, by agent and department. */
export type ConversationDay = DayOfCounts<ConversationCount>;

export const NO_CONVERSATIONS: ConversationNumbers = {
  ...{ started: 0, taken: 0, waitMs: 0, longestWaitMs: 0 },
  ...{ closed: 0, abandoned: 0, handled: 0, handlingMs: 0, rated: 0, ratings: 0 },
};

/** Both added up; whose they are is of the second. */
export function plusNumbers<Numbers extends ConversationNumbers>(
  one: ConversationNumbers,
  other: Numbers,
): Numbers {
  return {
    ...other,
    started: one.started + other.started,
    taken: one.taken + other.taken,
    waitMs: one.waitMs + other.waitMs,
    longestWaitMs: Math.max(one.longestWaitMs, other.longestWaitMs),
    closed: one.closed + other.closed,
    abandoned: one.abandoned + other.abandoned,
    handled: one.handled + other.handled,
    handlingMs: one.handlingMs + other.handlingMs,
    rated: one.rated + other.rated,
    ratings: one.ratings + other.ratings,
  };
}
