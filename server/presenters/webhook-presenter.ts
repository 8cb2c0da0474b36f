import type { WireWebhook, WireWebhookDelivery } from '../../shared/protocol/index.ts';
import type { Webhook, WebhookDelivery } from '../domain/index.ts';

export function presentWebhook(webhook: Webhook): WireWebhook {
  const { id, name, origin, events, includeText, enabled } = webhook;
  return {
    ...{ id, name, origin, events, includeText, enabled },
    createdAt: new Date(webhook.createdAt).toISOString(),
    updatedAt: new Date(webhook.updatedAt).toISOString(),
  };
}

export function presentDelivery(delivery: WebhookDelivery): WireWebhookDelivery {
  const { id, event, conversationId, status, attempts, lastStatus, lastFault, deliveredAt } = delivery;
  return {
    ...{ id, event, status, attempts },
    createdAt: new Date(delivery.createdAt).toISOString(),
    ...(conversationId !== undefined && { conversationId }),
    ...(status === 'pending' && { nextAttemptAt: new Date(delivery.nextAttemptAt).toISOString() }),
    ...(deliveredAt !== undefined && { deliveredAt: new Date(deliveredAt).toISOString() }),
    ...(lastStatus !== undefined && { lastStatus }),
    ...(lastFault !== undefined && { lastFault }),
  };
}
