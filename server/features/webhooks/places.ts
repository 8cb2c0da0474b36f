import type { WebhookSecrets } from './secret-box.ts';

/** Where a sealed value belongs, so that it opens nowhere else. */
export const urlPlace = (webhookId: string): string => `webhook-url\n${webhookId}`;
export const secretPlace = (webhookId: string): string => `webhook-secret\n${webhookId}`;

export interface Signing {
  readonly id: string;
  readonly body: string;
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Id, time and signature as Standard Webhooks 1.0 has them: HMAC-SHA-256 over `id.seconds.body`. */
export function signedHeaders(signing: Signing, secrets: WebhookSecrets): Record<string, string> {
  const { id, body, secret, now } = signing;
  const seconds = Math.floor(now / 1_000);
  return {
    'content-type': 'application/json',
    'user-agent': 'engagement-server-webhook/1',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${secrets.sign(secret, `${id}.${seconds}.${body}`)}`,
  };
}
