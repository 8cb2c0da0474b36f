import type { WebhookEvent, WebhookPing, WireWebhookDelivery } from '../../../shared/protocol/index.ts';

/** What each event tells, in the order in which they are offered. */
export const EVENT_LABELS: { readonly [Event in WebhookEvent]: string } = {
  'conversation.started': 'A conversation started',
  'conversation.assigned': 'A conversation was assigned',
  'conversation.closed': 'A conversation was closed',
  'conversation.rated': 'A conversation was rated',
  'message.created': 'A message was written',
  'transcript.erased': 'A transcript was erased',
  'visitor.invited': 'A visitor was invited',
};

const FAULTS: { readonly [Fault in NonNullable<WireWebhookDelivery['lastFault']>]: string } = {
  address_refused: 'its address is not a public one',
  connection_failed: 'no connection',
  timeout: 'no answer in time',
  redirected: 'it answered with a redirection, which is not followed',
  refused: 'it refused',
  disabled: 'the webhook was paused',
};

const STATES = { pending: 'On its way', delivered: 'Delivered', dead: 'Given up' } as const;

export const stateText = ({ status }: WireWebhookDelivery): string => STATES[status];

/** What the receiver said last: its status, or why there is none. */
export function outcomeText({ lastStatus, lastFault }: WireWebhookDelivery): string {
  const fault = lastFault && FAULTS[lastFault];
  return [lastStatus, fault].filter((part) => part !== undefined).join(', ') || '–';
}

export function pingText({ delivered, status, fault }: WebhookPing): string {
  if (delivered) return `The test was delivered; the receiver answered ${status}.`;
  const answered = status === undefined ? '' : ` It answered ${status}.`;
  return `The test was not delivered: ${fault === undefined ? 'it failed' : FAULTS[fault]}.${answered}`;
}
