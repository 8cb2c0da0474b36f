import type {
  Page,
  WebhookPing,
  WebhookWithSecret,
  WireWebhook,
  WireWebhookDelivery,
} from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** A webhook as an administrator writes it. Its address is written and never read: its path may hold a secret. */
export type WebhookDraft = Pick<WireWebhook, 'name' | 'events' | 'includeText' | 'enabled'> & {
  readonly url: string;
};

const PAGE_SIZE = 50;

/** The REST calls about webhooks; `base` is the account's path. */
export function createWebhookCalls(
  http: Http,
  base: string,
  all: <T>(room: string) => Promise<readonly T[]>,
) {
  const at = (id: string): string => `${base}/webhooks/${encodeURIComponent(id)}`;
  return {
    list: () => all<WireWebhook>('webhooks'),
    /** The answer holds the signing secret, this once. */
    create: (body: WebhookDraft): Promise<WebhookWithSecret> =>
      http.send('POST', `${base}/webhooks`, { body }),
    change: (id: string, body: Partial<WebhookDraft>): Promise<WireWebhook> =>
      http.send('PATCH', at(id), { body }),
    remove: (id: string): Promise<void> => http.send('DELETE', at(id)),
    /** The answer holds the new signing secret, this once; the old one is good no more. */
    renewSecret: (id: string): Promise<WebhookWithSecret> => http.send('POST', `${at(id)}/secret`),
    ping: (id: string): Promise<WebhookPing> => http.send('POST', `${at(id)}/ping`),
    deliveries: (id: string, cursor?: string): Promise<Page<WireWebhookDelivery>> =>
      http.get(`${at(id)}/deliveries`, { query: { limit: PAGE_SIZE, cursor } }),
    retry: (id: string, deliveryId: string): Promise<WireWebhookDelivery> =>
      http.send('POST', `${at(id)}/deliveries/${encodeURIComponent(deliveryId)}/retry`),
  };
}
