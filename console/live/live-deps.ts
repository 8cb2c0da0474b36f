import type { Link } from './link.ts';
import type { PresenceIntent } from './state.ts';

/** What deserves the agent's attention, for sound and notifications. Carries no text. */
export type Alert =
  | { readonly kind: 'message'; readonly conversationId: string; readonly caseId: string }
  | { readonly kind: 'assigned' | 'offered'; readonly conversationId: string; readonly caseId: string };

export interface LiveDeps {
  readonly link: Link;
  readonly me: { readonly id: string; readonly name: string };
  readonly newClientId: () => string;
  readonly now: () => Date;
  /** Runs a function later; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** What this tab's user last wanted to be, kept over a reload. */
  readonly intent?: PresenceIntent | undefined;
  readonly saveIntent?: (intent: PresenceIntent) => void;
  readonly alert?: (alert: Alert) => void;
}
