import type { Spread } from '../support/statistics.ts';

export interface BrowsePlan {
  readonly seed: number;
  readonly seconds: number;
  /** Mean time of one visitor between two events. */
  readonly meanPauseMs: number;
}

export type GeneratorOrder =
  | { readonly do: 'connect'; readonly url: string; readonly visitors: number }
  | { readonly do: 'browse'; readonly plan: BrowsePlan };

export interface BrowseResult {
  readonly sent: number;
  /** Of them, `page:view`. */
  readonly pages: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Milliseconds from sending to the acknowledgement. */
  readonly answerMs: Spread;
  readonly invitations: number;
  /** Connections that the server closed. */
  readonly cut: number;
}
