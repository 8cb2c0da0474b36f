import type { WebhookEvent, WebhookFault } from '../../shared/protocol/index.ts';
import type { AccountEntity } from './entity.ts';

/** An address that is told of events. URL and secret are sealed under the account's key for webhooks, in base64. */
export interface Webhook extends AccountEntity {
  readonly name: string;
  readonly origin: string;
  readonly sealedUrl: string;
  readonly sealedSecret: string;
  readonly events: readonly WebhookEvent[];
  readonly includeText: boolean;
  readonly enabled: boolean;
}

/** One event on its way to one webhook. Times are epoch milliseconds. */
export interface WebhookDelivery extends AccountEntity {
  readonly webhookId: string;
  /** Absent where the conversation is gone already. */
  readonly conversationId?: string;
  readonly event: WebhookEvent;
  readonly status: 'pending' | 'delivered' | 'dead';
  /** The body, sealed, in base64; empty once it has arrived. */
  readonly sealed: string;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  /** Until then one process tries it, and no other. */
  readonly leaseUntil: number;
  readonly deliveredAt?: number;
  readonly lastStatus?: number;
  readonly lastFault?: WebhookFault;
  readonly retainFrom: number;
  /** It lives this long from `retainFrom`, or as long as the transcript where that is shorter. */
  readonly retentionMs: number;
  readonly expiresAt: number;
}
