import type { WirePresence } from '../../shared/protocol/index.ts';
import { putPresence } from './desk.ts';
import type { Data, Payload } from './link.ts';
import type { LiveState, PresenceIntent } from './state.ts';
import type { Store } from './store.ts';

export interface PresenceKeeperDeps {
  readonly state: Store<LiveState>;
  readonly agentId: string;
  readonly ask: (payload: Payload<'presence:set'>) => Promise<Data<'presence:set'>>;
  readonly saveIntent: ((intent: PresenceIntent) => void) | undefined;
}

/**
 * Keeps what the user wants to be apart from what the line does. Only a choice of the user is sent, and sent again
 * after a reconnect; a tab in which nothing was chosen says nothing. Among several tabs the last word holds.
 */
export class PresenceKeeper {
  readonly #deps: PresenceKeeperDeps;
  /** This connection has said what the user wants to be. */
  #declared = false;
  /** How many `presence:set` are under way; what the server tells meanwhile is older than they are. */
  #declaring = 0;

  constructor(deps: PresenceKeeperDeps) {
    this.#deps = deps;
  }

  /** The user has chosen. Throws when the server refuses or does not answer; the choice stands for the reconnect. */
  async choose(intent: PresenceIntent): Promise<void> {
    this.#keep(intent);
    if (this.#deps.state.get().connection.kind === 'online') await this.#declare(intent);
  }

  /** After a connect, before anything else. */
  async connected(): Promise<void> {
    const { intent } = this.#deps.state.get();
    if (intent !== undefined) await this.#declare(intent);
    this.#declared = true;
  }

  disconnected(): void {
    this.#declared = false;
  }

  /** The server tells an agent's presence; another tab of the same user may be behind it. */
  told(presence: WirePresence): void {
    const { state, agentId } = this.#deps;
    state.set((former) => putPresence(former, presence));
    const { intent } = state.get();
    if (presence.agentId !== agentId || intent === undefined) return;
    if (!this.#declared || this.#declaring > 0) return;
    if (intent.status === presence.status && intent.capacity === presence.capacity) return;
    this.#keep({ status: presence.status, capacity: presence.capacity });
  }

  async #declare(intent: PresenceIntent): Promise<void> {
    this.#declaring += 1;
    try {
      const presence = await this.#deps.ask(intent);
      this.#deps.state.set((state) => putPresence(state, presence));
    } finally {
      this.#declaring -= 1;
    }
  }

  #keep(intent: PresenceIntent): void {
    this.#deps.state.set((state) => ({ ...state, intent }));
    this.#deps.saveIntent?.(intent);
  }
}
