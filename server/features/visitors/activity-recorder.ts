import { type ActivityRecord, DAY_MS, type Private, type VisitorPrincipal } from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { ActivityStore, Clock, Ids, Logger } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** Connections are written together, this often. */
const WRITE_MS = 500;
/** Should the store not answer for long, the oldest entries are given up beyond this many. */
const MAX_WAITING = 20_000;
const USER_AGENT_LENGTH = 300;

export interface ActivityRecorderDeps {
  readonly store: ActivityStore;
  readonly settings: AccountSettingsReader;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/** Writes who connected when and from where, the only place where a client's address is kept. */
export class ActivityRecorder {
  readonly #deps: ActivityRecorderDeps;
  #begun: ActivityRecord[] = [];
  #ended: { id: string; at: number }[] = [];
  #flushing: Promise<void> = Promise.resolve();
  readonly #stop: () => void;

  constructor(deps: ActivityRecorderDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(WRITE_MS, () => {
      this.flush().catch((error) => deps.logger.error('activity could not be written', error));
    });
  }

  /** Notes a connection; the answer is the id to end it with. */
  async connected(
    visitor: VisitorPrincipal,
    client: { ip: Private<string>; userAgent: Private<string> },
  ): Promise<string> {
    const { logRetentionDays } = await this.#deps.settings.get(visitor.accountId);
    // Any client may say what it likes here.
    const userAgent = await this.#deps.redactor.text(visitor.accountId, client.userAgent.reveal(), {
      from: 'visitor',
      place: 'url',
      counted: false,
    });
    const now = this.#deps.clock.now();
    const id = this.#deps.ids.id();
    this.#begun.push({
      id,
      accountId: visitor.accountId,
      sessionId: visitor.sessionId,
      ip: client.ip.reveal(),
      userAgent: userAgent.text.slice(0, USER_AGENT_LENGTH),
      connectedAt: now,
      retainFrom: now,
      expiresAt: now + logRetentionDays * DAY_MS,
    });
    return id;
  }

  disconnected(id: string): void {
    this.#ended.push({ id, at: this.#deps.clock.now() });
  }

  /**
   * Writes what waits, after what is being written: when it resolves, all that was told before is in the store, so that
   * who deletes then deletes it too.
   */
  flush(): Promise<void> {
    const flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    this.#flushing = flushing;
    return flushing;
  }

  close(): void {
    this.#stop();
  }

  async #flush(): Promise<void> {
    const begun = this.#begun;
    const ended = this.#ended;
    if (begun.length === 0 && ended.length === 0) return;
    this.#begun = [];
    this.#ended = [];
    try {
      if (begun.length > 0) await this.#deps.store.append(begun);
      if (ended.length > 0) await this.#deps.store.disconnected(ended);
    } catch (error) {
      this.#begun = [...begun, ...this.#begun].slice(-MAX_WAITING);
      this.#ended = [...ended, ...this.#ended].slice(-MAX_WAITING);
      throw error;
    }
  }
}
