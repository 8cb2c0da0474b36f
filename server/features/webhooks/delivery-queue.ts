import { Private, type Webhook, type WebhookDelivery } from '../../domain/index.ts';
import type {
  Clock,
  EntityStore,
  Logger,
  Metrics,
  WebhookOutcome,
  WebhookSender,
} from '../../ports/index.ts';
import { logId } from '../../ports/index.ts';
import { secretPlace, signedHeaders, urlPlace } from './places.ts';
import type { WebhookSecrets } from './secret-box.ts';

/** Pauses before the next try, in milliseconds: soon at first, then over a day and a half; then it is given up. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000].concat([
  43_200_000, 43_200_000,
]);
/** One try at the most; a process that stopped in the middle of one leaves it to another after that. */
const LEASE_MS = 60_000;
/** Deliveries of stopped processes are looked for this often. */
const SWEEP_MS = 60_000;
const SWEEP_PAGE = 200;
/** Tries at one time, of all webhooks and of one, so that a slow receiver holds up no other. */
const AT_ONCE = 16;
const AT_ONCE_OF_ONE = 4;
/** The receiver says that it is gone for good (RFC 9110, 15.5.11). */
const GONE = 410;

export interface DeliveryQueueDeps {
  readonly webhooks: EntityStore<Webhook>;
  readonly deliveries: EntityStore<WebhookDelivery>;
  readonly sender: WebhookSender;
  readonly secrets: WebhookSecrets;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Deliveries on their way. Each is in the store before it is tried, so a restart loses none; a conditional write claims it
 * for one process, so a receiver may be told twice (when a process stops in the middle), never not at all.
 */
export class DeliveryQueue {
  readonly #deps: DeliveryQueueDeps;
  /** What waits here for its time or its turn, by id. */
  readonly #waiting = new Map<string, () => void>();
  readonly #ready: { id: string; webhookId: string }[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #runningOf = new Map<string, number>();
  readonly #stopped = new AbortController();
  #stopSweep: () => void = () => {};

  constructor(deps: DeliveryQueueDeps) {
    this.#deps = deps;
  }

  /** Takes up what an earlier process left; the server goes on without what cannot be read. */
  async start(): Promise<void> {
    const sweep = () =>
      this.#sweep().catch((error) => this.#deps.logger.error('webhook deliveries could not be read', error));
    await sweep();
    this.#stopSweep = this.#deps.clock.every(SWEEP_MS, () => void sweep());
  }

  /** Keeps the delivery and tries it as soon as it has a turn. */
  async add(delivery: WebhookDelivery): Promise<void> {
    await this.#deps.deliveries.insert(delivery);
    this.#wait(delivery);
  }

  /** Tries one again that was given up. */
  again(delivery: WebhookDelivery): void {
    this.#wait(delivery);
  }

  /** Stops every timer and every request under way; what did not arrive is tried after the next start. */
  async close(): Promise<void> {
    this.#stopSweep();
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#ready.length = 0;
    this.#stopped.abort();
    await Promise.all(this.#running.values());
  }

  async #sweep(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#deps.deliveries.list({
        where: { status: 'pending' },
        limit: SWEEP_PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      for (const delivery of page.items) this.#wait(delivery);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  #wait(delivery: WebhookDelivery): void {
    const { id, webhookId } = delivery;
    if (this.#stopped.signal.aborted || this.#waiting.has(id) || this.#running.has(id)) return;
    const at = Math.max(delivery.nextAttemptAt, delivery.leaseUntil);
    const ready = () => {
      this.#ready.push({ id, webhookId });
      this.#next();
    };
    const waitMs = at - this.#deps.clock.now();
    this.#waiting.set(id, waitMs > 0 ? this.#deps.clock.after(waitMs, ready) : () => {});
    if (waitMs <= 0) ready();
  }

  #next(): void {
    while (this.#running.size < AT_ONCE) {
      const index = this.#ready.findIndex(
        ({ webhookId }) => (this.#runningOf.get(webhookId) ?? 0) < AT_ONCE_OF_ONE,
      );
      const [taken] = index === -1 ? [] : this.#ready.splice(index, 1);
      if (taken === undefined) return;
      this.#run(taken);
    }
  }

  #run({ id, webhookId }: { id: string; webhookId: string }): void {
    this.#waiting.delete(id);
    this.#runningOf.set(webhookId, (this.#runningOf.get(webhookId) ?? 0) + 1);
    const running = this.#attempt(id)
      .catch((error) => {
        this.#deps.logger.error('a webhook delivery failed', error, { webhookId: logId(webhookId) });
        return undefined;
      })
      .then((later) => {
        this.#running.delete(id);
        const left = (this.#runningOf.get(webhookId) ?? 1) - 1;
        if (left === 0) this.#runningOf.delete(webhookId);
        else this.#runningOf.set(webhookId, left);
        if (later !== undefined) this.#wait(later);
        this.#next();
      });
    this.#running.set(id, running);
  }

  /** Answers the delivery when it is to be tried again. */
  async #attempt(id: string): Promise<WebhookDelivery | undefined> {
    const { deliveries, webhooks, clock } = this.#deps;
    const found = await deliveries.get(id);
    const now = clock.now();
    if (found?.status !== 'pending' || found.leaseUntil > now || found.expiresAt <= now) return undefined;
    const claimed = changed(found, { leaseUntil: now + LEASE_MS, updatedAt: now });
    if (!(await deliveries.replace(claimed))) return undefined;
    const webhook = await webhooks.get(claimed.webhookId);
    if (webhook === undefined) {
      await deliveries.delete(id);
      return undefined;
    }
    const outcome: WebhookOutcome = webhook.enabled
      ? await this.#send(webhook, claimed)
      : { ok: false, fault: 'disabled' };
    if (this.#stopped.signal.aborted && !outcome.ok) return undefined;
    const settled = this.#settled(claimed, outcome);
    this.#deps.metrics.count('webhook_deliveries_total', {
      result: outcome.ok ? 'delivered' : outcome.fault,
    });
    const stands = await deliveries.replace(settled);
    return stands && settled.status === 'pending' ? settled : undefined;
  }

  async #send(
    webhook: Webhook,
    { id, accountId, sealed, createdAt }: WebhookDelivery,
  ): Promise<WebhookOutcome> {
    const { secrets, sender, clock } = this.#deps;
    const [url, secret, body] = await Promise.all([
      secrets.open(accountId, urlPlace(webhook.id), webhook.sealedUrl),
      secrets.open(accountId, secretPlace(webhook.id), webhook.sealedSecret),
      secrets.open(accountId, id, sealed),
    ]);
    const headers = signedHeaders({ id, body, secret, now: Math.max(clock.now(), createdAt) }, secrets);
    return sender.send({ url: new Private(url), headers, body, signal: this.#stopped.signal });
  }

  #settled(delivery: WebhookDelivery, outcome: WebhookOutcome): WebhookDelivery {
    const now = this.#deps.clock.now();
    const attempts = delivery.attempts + 1;
    const { lastFault: _fault, lastStatus: _status, ...rest } = delivery;
    const seen = {
      ...rest,
      attempts,
      leaseUntil: 0,
      updatedAt: now,
      version: delivery.version + 1,
      ...(outcome.status !== undefined && { lastStatus: outcome.status }),
    };
    if (outcome.ok) return { ...seen, status: 'delivered', sealed: '', deliveredAt: now };
    const pauseMs = PAUSES_MS[attempts - 1];
    const hopeless = pauseMs === undefined || outcome.fault === 'disabled' || outcome.status === GONE;
    if (hopeless) return { ...seen, status: 'dead', lastFault: outcome.fault };
    // Up to a quarter more or less, so that receivers that come back are not met by everything at once.
    const jitter = 0.75 + this.#deps.random() / 2;
    return { ...seen, lastFault: outcome.fault, nextAttemptAt: now + Math.round(pauseMs * jitter) };
  }
}

function changed(delivery: WebhookDelivery, change: Partial<WebhookDelivery>): WebhookDelivery {
  return { ...delivery, ...change, version: delivery.version + 1 };
}
