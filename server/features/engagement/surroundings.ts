import type { Clock, ConversationStore, Logger, PresenceStore } from '../../ports/index.ts';

/** Changes that come together are read once. */
const SETTLE_MS = 100;
/** What changes without a notice, such as the end of a lease, is found this soon. */
const REREAD_MS = 5_000;

/** What surrounds all visitors of an account. */
export interface Surrounding {
  readonly agentsAvailable: number;
  readonly queueLength: number;
}

export interface SurroundingsDeps {
  readonly presence: Pick<PresenceStore, 'list'>;
  readonly conversations: Pick<ConversationStore, 'queueLength'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Watches, for accounts with live visitors, how many agents can take a chat and how many wait for one. */
export class Surroundings {
  readonly #deps: SurroundingsDeps;
  readonly #last = new Map<string, Surrounding>();
  readonly #scheduled = new Map<string, () => void>();
  readonly #listeners: ((accountId: string, now: Surrounding) => void)[] = [];
  readonly #stop: () => void;

  constructor(deps: SurroundingsDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(REREAD_MS, () => {
      for (const accountId of this.#last.keys()) this.changed(accountId);
    });
  }

  onChange(listener: (accountId: string, now: Surrounding) => void): void {
    this.#listeners.push(listener);
  }

  /** Reads it now; from here on the account is watched. */
  async watch(accountId: string): Promise<Surrounding> {
    const known = this.#last.get(accountId);
    if (known !== undefined) return known;
    const now = await this.#read(accountId);
    this.#last.set(accountId, now);
    return now;
  }

  /** Nobody of the account is here any more. */
  unwatch(accountId: string): void {
    this.#last.delete(accountId);
    this.#scheduled.get(accountId)?.();
    this.#scheduled.delete(accountId);
  }

  /** Something may have changed. */
  changed(accountId: string): void {
    if (!this.#last.has(accountId) || this.#scheduled.has(accountId)) return;
    const cancel = this.#deps.clock.after(SETTLE_MS, () => {
      this.#scheduled.delete(accountId);
      this.#reread(accountId).catch((error) => {
        this.#deps.logger.error('what surrounds visitors could not be read', error);
      });
    });
    this.#scheduled.set(accountId, cancel);
  }

  close(): void {
    this.#stop();
    for (const cancel of this.#scheduled.values()) cancel();
    this.#scheduled.clear();
  }

  async #reread(accountId: string): Promise<void> {
    const now = await this.#read(accountId);
    const before = this.#last.get(accountId);
    if (before === undefined) return;
    if (before.agentsAvailable === now.agentsAvailable && before.queueLength === now.queueLength) return;
    this.#last.set(accountId, now);
    for (const tell of this.#listeners) tell(accountId, now);
  }

  async #read(accountId: string): Promise<Surrounding> {
    const [agents, queueLength] = await Promise.all([
      this.#deps.presence.list(accountId),
      this.#deps.conversations.queueLength({ accountId }),
    ]);
    const now = this.#deps.clock.now();
    const free = agents.filter(
      ({ status, leaseUntil, active, capacity }) =>
        status === 'online' && leaseUntil > now && active < capacity,
    );
    return { agentsAvailable: free.length, queueLength };
  }
}
