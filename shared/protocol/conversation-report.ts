/** What became of conversations in a time; averages are absent where there is nothing to average. */
export interface ConversationFigures {
  readonly started: number;
  /** Got their first agent. */
  readonly taken: number;
  /** From the start to the first agent, milliseconds. */
  readonly averageWaitMs?: number;
  readonly longestWaitMs?: number;
  readonly closed: number;
  /** Closed without ever having had an agent. */
  readonly abandoned: number;
  /** Closed while an agent had them, or had had them last. */
  readonly handled: number;
  /** From the last assignment to the end, milliseconds. */
  readonly averageHandlingMs?: number;
  readonly rated: number;
  /** 1 to 5, two decimals. */
  readonly averageRating?: number;
}

/** Conversations of an account, counted on the day (UTC) on which each thing happened. */
export interface ConversationReport {
  readonly total: ConversationFigures;
  /** Oldest first; a day on which nothing happened is not there. */
  readonly days: readonly (ConversationFigures & { readonly day: string })[];
  /** `name` is absent once the person is gone. */
  readonly agents: readonly (ConversationFigures & { readonly agentId: string; readonly name?: string })[];
  readonly departments: readonly (ConversationFigures & {
    readonly departmentId: string;
    readonly name?: string;
  })[];
}
