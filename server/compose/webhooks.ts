import { HttpWebhookSender } from '../adapters/webhook/http-webhook-sender.ts';
import type { Audit } from '../features/audit/index.ts';
import {
  DeliveryQueue,
  WebhookCache,
  WebhookEvents,
  WebhookSecrets,
  Webhooks,
} from '../features/webhooks/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** Telling other systems of what happens. */
export function composeWebhooks(base: Foundation, { vault, cipher }: Pipeline, audit: Audit) {
  const { stores, bus, clock, ids, logger, metrics, events, config } = base;
  const { webhooks, webhookDeliveries: deliveries } = stores.entities;
  const secrets = new WebhookSecrets(vault, cipher);
  const sender = new HttpWebhookSender(config.webhooks);
  const cache = new WebhookCache(webhooks, bus);
  const queue = new DeliveryQueue({
    ...{ webhooks, deliveries, sender, secrets, clock, logger, metrics },
    random: Math.random,
  });
  const listener = new WebhookEvents({ events, cache, queue, secrets, ids, clock, logger });
  const changes = bus;
  return {
    useCase: new Webhooks({ webhooks, deliveries, queue, sender, secrets, audit, changes, ids, clock }),
    start: () => queue.start(),
    close: async () => {
      await listener.close();
      await queue.close();
      cache.close();
    },
  };
}
