/** Whether an address is in one of these addresses or networks (CIDR), IPv4 or IPv6. An empty list holds every address. */
export type InAddressRanges = (address: string, ranges: readonly string[]) => boolean;
