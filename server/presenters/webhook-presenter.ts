import type { WireWebhook, WireWebhookDelivery } from '../../shared/protocol/index.ts';
import type { Webhook, WebhookDelivery } from '../domain/index.ts';
import { iso } from './iso.ts';

export function presentWebhook(webhook: Webhook): WireWebhook {
  const { id, name, origin, events, includeText, enabled } = webhook;
  return {
    ...{ id, name, origin, events, includeText, enabled },
    createdAt: iso(webhook.createdAt),
    updatedAt: iso(webhook.updatedAt),
  };
}

export function presentDelivery(delivery: WebhookDelivery): WireWebhookDelivery {
  const { id, event, conversationId, status, attempts, lastStatus, lastFault, deliveredAt } = delivery;
  return {
    ...{ id, event, status, attempts },
    createdAt: iso(delivery.createdAt),
    ...(conversationId !== undefined && { conversationId }),
    ...(status === 'pending' && { nextAttemptAt: iso(delivery.nextAttemptAt) }),
    ...(deliveredAt !== undefined && { deliveredAt: iso(deliveredAt) }),
    ...(lastStatus !== undefined && { lastStatus }),
    ...(lastFault !== undefined && { lastFault }),
  };
}
