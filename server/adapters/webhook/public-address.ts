import ipaddr from 'ipaddr.js';

/**
 * Whether an address belongs to the public internet: not this machine, not a private, link-local (cloud metadata),
 * shared, documentation, multicast or tunnelled range. An IPv4 address inside an IPv6 one is judged as itself.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast';
}
