import type { IncomingMessage } from 'node:http';
import { Private } from '../domain/index.ts';
import { canonicalAddress } from './http/client-address.ts';

/**
 * The client's address: the peer's, or, behind `trustedHops` proxies, the one that the outermost trusted proxy
 * noted. Addresses further left in `X-Forwarded-For` are the client's own claim and are not believed.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): Private<string> {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedHops === 0) return new Private(canonicalAddress(peer));
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return new Private(canonicalAddress(forwarded.at(-trustedHops) ?? forwarded[0] ?? peer));
}
