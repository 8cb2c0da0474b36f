import type { Clock, Stores } from '../ports/index.ts';

export type UnreadyReason = 'starting' | 'store_unavailable' | 'shutting_down';

/** What `/health/ready` answers: 200 when `ok`, else 503 with the reasons. */
export interface HealthReport {
  readonly ok: boolean;
  readonly reasons: readonly UnreadyReason[];
  /**
   * What is amiss though it takes work: without Redis each node serves its own, and a load balancer that took all of
   * them out would make it worse.
   */
  readonly degraded?: readonly ['redis_unavailable'];
}

/** A database that hangs must not make the probe hang. */
const PING_TIMEOUT_MS = 2_000;
/** The probe is open to anyone: one ping serves all who ask within this time. */
const PING_FRESH_MS = 1_000;

/**
 * Whether the server takes work. It starts as "starting"; `serving` and `draining` move it on. That it answers at
 * all is `/health/live`.
 */
export class Health {
  #phase: 'starting' | 'serving' | 'shutting_down' = 'starting';
  #lastPing: { readonly at: number; readonly answer: Promise<boolean> } | undefined;
  readonly #stores: Pick<Stores, 'ping'>;
  readonly #clock: Clock;
  readonly #clusterIsUp: () => boolean;

  constructor(deps: {
    stores: Pick<Stores, 'ping'>;
    clock: Clock;
    /** Whether this node is joined with the others; true also for one that is alone by itself. */
    clusterIsUp: () => boolean;
  }) {
    this.#stores = deps.stores;
    this.#clock = deps.clock;
    this.#clusterIsUp = deps.clusterIsUp;
  }

  /** Everything is composed and listening. */
  serving(): void {
    if (this.#phase === 'starting') this.#phase = 'serving';
  }

  /** A load balancer is to send its visitors elsewhere; there is no way back. */
  draining(): void {
    this.#phase = 'shutting_down';
  }

  async ready(): Promise<HealthReport> {
    const reasons: UnreadyReason[] = this.#phase === 'serving' ? [] : [this.#phase];
    if (!(await this.#storeAnswers())) reasons.push('store_unavailable');
    const report = { ok: reasons.length === 0, reasons };
    return this.#clusterIsUp() ? report : { ...report, degraded: ['redis_unavailable'] };
  }

  #storeAnswers(): Promise<boolean> {
    const now = this.#clock.now();
    if (this.#lastPing === undefined || now - this.#lastPing.at >= PING_FRESH_MS) {
      this.#lastPing = { at: now, answer: this.#ping() };
    }
    return this.#lastPing.answer;
  }

  #ping(): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(PING_TIMEOUT_MS, () => resolve(false));
      const settle = (answers: boolean): void => {
        cancel();
        resolve(answers);
      };
      this.#stores.ping().then(
        () => settle(true),
        () => settle(false),
      );
    });
  }
}
