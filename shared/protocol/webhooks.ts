/** What an account's other systems can be told of. */
export const WEBHOOK_EVENTS = [
  'conversation.started',
  'conversation.assigned',
  'conversation.closed',
  'conversation.rated',
  'message.created',
  'transcript.erased',
  'visitor.invited',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Why a delivery did not succeed; never what the receiver said. */
export const WEBHOOK_FAULTS = [
  /** The address is not a public one, or its name has none. */
  'address_refused',
  'connection_failed',
  'timeout',
  /** It answered with a redirection, which is not followed. */
  'redirected',
  /** It answered with another status than 2xx. */
  'refused',
  /** It was switched off meanwhile. */
  'disabled',
] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

/** An address of another system that is told of events. Path and query of its URL may hold secrets and are not shown again. */
export interface WireWebhook {
  readonly id: string;
  readonly name: string;
  /** Scheme, host and port of its URL. */
  readonly origin: string;
  readonly events: readonly WebhookEvent[];
  /** Whether `message.created` holds the redacted text. */
  readonly includeText: boolean;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A webhook with its signing secret, shown when it is made and when a new one is made. */
export interface WebhookWithSecret extends WireWebhook {
  readonly secret: string;
}

/** One event on its way to one webhook; its content is not kept once it has arrived. */
export interface WireWebhookDelivery {
  readonly id: string;
  readonly event: WebhookEvent;
  readonly conversationId?: string;
  /** `dead`: given up; it can be sent again until it expires. */
  readonly status: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly createdAt: string;
  readonly nextAttemptAt?: string;
  readonly deliveredAt?: string;
  /** HTTP status of the last answer. */
  readonly lastStatus?: number;
  readonly lastFault?: WebhookFault;
}

/** What became of a test. */
export interface WebhookPing {
  readonly delivered: boolean;
  readonly status?: number;
  readonly fault?: WebhookFault;
}
