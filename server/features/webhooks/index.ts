export { DeliveryQueue } from './delivery-queue.ts';
export { WebhookSecrets } from './secret-box.ts';
export { WebhookCache } from './webhook-cache.ts';
export { WebhookEvents } from './webhook-events.ts';
export { type WebhookChange, type WebhookInput, Webhooks } from './webhooks.ts';
