import { isIP, isIPv4, isIPv6 } from 'node:net';

const MAPPED_PREFIX = '::ffff:';
const BITS_PER_GROUP = 16;
/** An IPv6 customer gets at least a /64 and can pick any address in it. */
const IPV6_KEY_BITS = 64;

/**
 * One address, one text: an IPv4 address mapped into IPv6 is the IPv4 address, and IPv6 is written as
 * RFC 5952 asks. Anything else is answered as it is.
 */
export function canonicalAddress(address: string): string {
  const bare = address.split('%', 1)[0] ?? address;
  if (!isIPv6(bare)) return bare;
  const written = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  if (!written.startsWith(MAPPED_PREFIX)) return written;
  return mappedIPv4(written.slice(MAPPED_PREFIX.length));
}

/**
 * The address that a proxy noted, some with the port (`192.0.2.1:5060`, `[2001:db8::1]:5060`); undefined for what is no
 * address, which a client may have written and which must not stand where addresses stand.
 */
export function notedAddress(noted: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[(.+)\](?::\d+)?|([\d.]+):\d+)$/.exec(noted) ?? [];
  const address = canonicalAddress(bracketed ?? plain ?? noted);
  return isIP(address) === 0 ? undefined : address;
}

/** `c0a8:1` becomes `192.168.0.1`. */
function mappedIPv4(tail: string): string {
  if (isIPv4(tail)) return tail;
  const [high = 0, low = 0] = tail.split(':').map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** What limits count by: the IPv4 address, or the /64 network of an IPv6 address. */
export function addressKey(address: string): string {
  const canonical = canonicalAddress(address);
  if (!isIPv6(canonical)) return canonical;
  return groupsOf(canonical)
    .slice(0, IPV6_KEY_BITS / BITS_PER_GROUP)
    .join(':');
}

/** The eight groups of an IPv6 address, `::` filled up. */
function groupsOf(canonical: string): readonly string[] {
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...(tail === undefined ? [] : zeros), ...right];
}
