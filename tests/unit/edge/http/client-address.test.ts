import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { clientAddress } from '../../../../server/edge/client-address.ts';
import { addressKey, canonicalAddress, notedAddress } from '../../../../server/edge/http/client-address.ts';
import { SEED } from '../../../support/seed.ts';

describe('client addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['', ''],
    ['nonsense', 'nonsense'],
  ])('writes %j as %j', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('counts %j as %j', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it.each([
    ['192.0.2.1:5060', '192.0.2.1'],
    ['[2001:db8::1]:5060', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['ada@example.com', undefined],
    ['', undefined],
    ['unknown', undefined],
    ['192.0.2.1:x', undefined],
  ])('takes what a proxy noted as %j for %j', (noted, address) => {
    expect(notedAddress(noted)).toBe(address);
  });

  it.each([
    { hops: 0, header: '198.51.100.9', is: '192.0.2.1' },
    { hops: 1, header: undefined, is: '192.0.2.1' },
    { hops: 1, header: '198.51.100.9', is: '198.51.100.9' },
    { hops: 1, header: '10.0.0.1, 198.51.100.9', is: '198.51.100.9' },
    { hops: 2, header: '10.0.0.1, 198.51.100.9, 203.0.113.5', is: '198.51.100.9' },
    { hops: 2, header: '198.51.100.9', is: '198.51.100.9' },
    { hops: 1, header: '198.51.100.9, ada@example.com', is: '192.0.2.1' },
    { hops: 1, header: ['10.0.0.1', '[2001:DB8::9]:443'], is: '2001:db8::9' },
  ])('believes $hops proxies of $header', ({ hops, header, is }) => {
    const request = { socket: { remoteAddress: '::ffff:192.0.2.1' }, headers: { 'x-forwarded-for': header } };
    expect(clientAddress(request as unknown as IncomingMessage, hops).reveal()).toBe(is);
  });

  it(`writes one address one way, however it is spelled, and counts its network once (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (address) => {
        const canonical = canonicalAddress(address);
        expect(canonicalAddress(canonical)).toBe(canonical);
        expect(canonicalAddress(address.toUpperCase())).toBe(canonical);
        expect(addressKey(canonical)).toBe(addressKey(address));
        if (canonical.includes(':')) expect(addressKey(canonical).split(':')).toHaveLength(4);
      }),
      { seed: SEED },
    );
  });
});
