/**
 * What is to end: one conversation, all that hangs on one visitor's session, or a whole account. Ids alone; a
 * visitor or a subject is erased as the conversations and sessions that are theirs.
 */
export type ErasureScope =
  | {
      readonly kind: 'conversation';
      readonly accountId: string;
      readonly conversationId: string;
      readonly sessionId: string;
    }
  | { readonly kind: 'session'; readonly accountId: string; readonly sessionId: string }
  | { readonly kind: 'account'; readonly accountId: string };

/**
 * A part that keeps something about conversations, visitors or accounts: in a store, or in this process's memory.
 * The conversations of a session or of an account are erased one by one before it; the scope names what is left.
 */
export interface Erasable {
  /** What it keeps, as certificates count it: `messages`, `attachments`. */
  readonly keeps: string;
  /**
   * What it keeps of a scope may begin anew after an erasure (a visitor goes on), so it is not among the parts that
   * are asked again a while later for what was still on its way.
   */
  readonly startsAnew?: true;
  /**
   * Deletes all that it keeps of the scope; answers how many records that were. Called again for the same scope it
   * deletes what came meanwhile, and answers 0 when nothing did; a scope of a kind that it keeps nothing of too.
   */
  erase(scope: ErasureScope): Promise<number>;
}
