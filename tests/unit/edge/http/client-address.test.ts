import fc from 'fast-check';
import { addressKey, canonicalAddress } from '../../../../server/edge/http/client-address.ts';
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
