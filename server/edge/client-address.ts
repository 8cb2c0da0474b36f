import type { IncomingMessage } from 'node:http';
import { Private } from '../domain/index.ts';
import { canonicalAddress, notedAddress } from './http/client-address.ts';

/**
 * Whether the client spoke TLS: to this server, or, behind `trustedHops` proxies, to the outermost of them. What stands
 * further left in `X-Forwarded-Proto` is the client's own claim and is not believed.
 */
export function spokeTls(request: IncomingMessage, trustedHops: number): boolean {
  if ('encrypted' in request.socket && request.socket.encrypted === true) return true;
  if (trustedHops === 0) return false;
  const protocols = listOf(request.headers['x-forwarded-proto']);
  return (protocols.at(-trustedHops) ?? protocols[0]) === 'https';
}

/**
 * The client's address: the peer's, or, behind `trustedHops` proxies, the one that the outermost trusted proxy
 * noted. Addresses further left in `X-Forwarded-For` are the client's own claim and are not believed.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): Private<string> {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedHops === 0) return new Private(canonicalAddress(peer));
  const forwarded = listOf(request.headers['x-forwarded-for']);
  const noted = forwarded.at(-trustedHops) ?? forwarded[0] ?? peer;
  return new Private(notedAddress(noted) ?? canonicalAddress(peer));
}

/** The values of a header that proxies append to, the client's own first. */
function listOf(header: string | readonly string[] | undefined): readonly string[] {
  return (typeof header === 'string' ? header : (header ?? []).join(','))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
