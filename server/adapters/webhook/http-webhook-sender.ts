import { lookup as resolve } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { WebhookOutcome, WebhookRequest, WebhookSender } from '../../ports/index.ts';
import { isPublicAddress } from './public-address.ts';

export interface WebhookSenderOptions {
  /** Also addresses that are not public; for receivers in one's own network. */
  readonly allowPrivateAddresses: boolean;
  /** Also plain HTTP. */
  readonly allowHttp: boolean;
  /** Until the answer's head is there, from the first byte on. */
  readonly timeoutMs: number;
}

/** An answer says whether it arrived; nobody reads more of it. */
const MAX_ANSWER_BYTES = 64 * 1024;

class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/**
 * Speaks to receivers on the public internet. The name is resolved where the connection is made and the address judged
 * there, so a name that changes its address between the two gains nothing. Redirections are not followed.
 */
export class HttpWebhookSender implements WebhookSender {
  readonly #options: WebhookSenderOptions;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  accepts(text: string): boolean {
    const url = new URL(text);
    if (url.protocol === 'http:' && !this.#options.allowHttp) return false;
    const host = hostOf(url);
    return isIP(host) === 0 || this.#allows(host);
  }

  async send(request: WebhookRequest): Promise<WebhookOutcome> {
    const url = request.url.reveal();
    if (!this.accepts(url)) return { ok: false, fault: 'address_refused' };
    try {
      return outcomeOf(await this.#statusOf(new URL(url), request));
    } catch (error) {
      return { ok: false, fault: faultOf(error) };
    }
  }

  #statusOf(url: URL, { headers, body, signal }: WebhookRequest): Promise<number> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      agent: false,
      lookup: this.#lookup,
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolveStatus, reject) => {
      const outgoing = send(url, options, (response) => {
        resolveStatus(response.statusCode ?? 0);
        discard(response);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Answers allowed addresses alone; a name that has others too is not spoken to at those. */
  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = (addresses ?? []).filter(({ address }) => this.#allows(address));
      const [first] = allowed;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(new AddressRefused('no address is allowed'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

  #allows(address: string): boolean {
    return this.#options.allowPrivateAddresses || isPublicAddress(address);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function discard(response: IncomingMessage): void {
  let received = 0;
  response.on('error', () => {});
  response.on('data', (chunk: Buffer) => {
    received += chunk.byteLength;
    if (received > MAX_ANSWER_BYTES) response.destroy();
  });
}

function outcomeOf(status: number): WebhookOutcome {
  if (status >= 200 && status < 300) return { ok: true, status };
  return { ok: false, fault: status >= 300 && status < 400 ? 'redirected' : 'refused', status };
}

function faultOf(error: unknown) {
  if (error instanceof AddressRefused) return 'address_refused' as const;
  const name = error instanceof Error ? error.name : '';
  return name === 'AbortError' || name === 'TimeoutError'
    ? ('timeout' as const)
    : ('connection_failed' as const);
}
