import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Implements the port `InAddressRanges` by Node's own list. An address that is none is in no range. */
export function inAddressRanges(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return true;
  if (isIP(address) === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/', 2);
    if (isIPv4(address) && isIPv6(network) && !isMapped(network)) continue;
    if (bits === undefined) list.addAddress(network, familyOf(network));
    else list.addSubnet(network, Number(bits), familyOf(network));
  }
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** To Node every IPv4 address lies in IPv6 as `::ffff:a.b.c.d`; of ranges, only those written so are meant for one. */
function isMapped(network: string): boolean {
  return network.toLowerCase().startsWith('::ffff:');
}
