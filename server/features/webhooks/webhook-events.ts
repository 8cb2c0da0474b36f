import { DAY_MS, type Webhook, type WebhookDelivery } from '../../domain/index.ts';
import type { Clock, ConversationEvent, ConversationEvents, Ids, Logger } from '../../ports/index.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { bodyOf } from './payload.ts';
import type { WebhookSecrets } from './secret-box.ts';
import type { WebhookCache } from './webhook-cache.ts';

/** Nothing waits longer to be delivered. */
const LIFE_MS = 3 * DAY_MS;

export interface WebhookEventsDeps {
  readonly events: ConversationEvents;
  readonly cache: WebhookCache;
  readonly queue: DeliveryQueue;
  readonly secrets: WebhookSecrets;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes a delivery of each event for each webhook that asked for it, away from the way of the event itself. */
export class WebhookEvents {
  readonly #deps: WebhookEventsDeps;
  readonly #unsubscribe: () => void;
  readonly #making = new Set<Promise<void>>();

  constructor(deps: WebhookEventsDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.events.subscribe((event) => this.#take(event));
  }

  /** Resolves when every event so far is in the store. */
  async close(): Promise<void> {
    this.#unsubscribe();
    await Promise.all(this.#making);
  }

  #take(event: ConversationEvent): void {
    const making = this.#deliver(event)
      .catch((error) => this.#deps.logger.error('an event could not be queued for webhooks', error))
      .finally(() => this.#making.delete(making));
    this.#making.add(making);
  }

  async #deliver(event: ConversationEvent): Promise<void> {
    const accountId = accountOf(event);
    const webhooks = await this.#deps.cache.enabledOf(accountId);
    for (const webhook of webhooks) {
      if (!webhook.events.includes(event.name)) continue;
      const delivery = await this.#deliveryOf(event, webhook);
      if (delivery !== undefined) await this.#deps.queue.add(delivery);
    }
  }

  async #deliveryOf(event: ConversationEvent, webhook: Webhook): Promise<WebhookDelivery | undefined> {
    const { ids, clock, secrets } = this.#deps;
    const now = clock.now();
    const body = bodyOf(event, { includeText: webhook.includeText, now });
    if (body === undefined) return undefined;
    const { accountId } = webhook;
    const id = ids.id();
    const life = lifeOf(event, now);
    return {
      id,
      accountId,
      webhookId: webhook.id,
      ...('conversation' in event && { conversationId: event.conversation.id }),
      event: event.name,
      status: 'pending',
      sealed: await secrets.seal(accountId, id, JSON.stringify(body)),
      attempts: 0,
      nextAttemptAt: now,
      leaseUntil: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
      ...life,
    };
  }
}

function accountOf(event: ConversationEvent): string {
  return 'conversation' in event ? event.conversation.accountId : event.accountId;
}

/** Never longer than the transcript that it tells of. */
function lifeOf(event: ConversationEvent, now: number) {
  if (!('conversation' in event)) return { retainFrom: now, retentionMs: LIFE_MS, expiresAt: now + LIFE_MS };
  const { startedAt: retainFrom, expiresAt: ends } = event.conversation;
  const expiresAt = Math.min(ends, now + LIFE_MS);
  return { retainFrom, retentionMs: expiresAt - retainFrom, expiresAt };
}
