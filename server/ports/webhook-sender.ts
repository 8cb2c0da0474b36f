import type { WebhookFault } from '../../shared/protocol/index.ts';
import type { Private } from '../domain/index.ts';

export interface WebhookRequest {
  /** May hold secrets. */
  readonly url: Private<string>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

export type WebhookOutcome =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly fault: WebhookFault; readonly status?: number };

/** Sends a request to an address that an administrator of an account chose: none that reaches inside is spoken to. */
export interface WebhookSender {
  /** Whether the address could be allowed at all, before anything is sent there. */
  accepts(url: string): boolean;
  /** Never rejects. */
  send(request: WebhookRequest): Promise<WebhookOutcome>;
}
