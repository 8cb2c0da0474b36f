import jwt from 'jsonwebtoken';
import { createTokenSigner } from '../../../server/adapters/crypto/token-signer.ts';
import { TokenRejected } from '../../../server/ports/tokens.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SECRET = 's'.repeat(32);
const CLAIMS = { userId: 'user', familyId: 'family' };

describe('access tokens', () => {
  const clock = new FakeClock();
  const tokens = createTokenSigner({ secret: SECRET, clock });
  const sign = () => tokens.sign({ audience: 'staff', claims: CLAIMS, expiresAt: clock.now() + 60_000 });

  function rejection(token: string, audience: 'staff' | 'visitor' = 'staff'): string {
    try {
      tokens.verify(audience, token);
      return 'taken';
    } catch (error) {
      return error instanceof TokenRejected ? error.reason : 'another error';
    }
  }

  it('give their claims back, and hold nothing else but times and audience', () => {
    const token = sign();
    expect(tokens.verify('staff', token)).toEqual(CLAIMS);
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'familyId', 'iat', 'userId']);
  });

  it('expire by the clock given', () => {
    const token = sign();
    clock.advance(59_000);
    expect(rejection(token)).toBe('taken');
    clock.advance(1_000);
    expect(rejection(token)).toBe('expired');
  });

  it('are not taken for another audience, with another secret, algorithm or shape, or without an end', () => {
    const exp = Math.floor(clock.now() / 1000) + 60;
    const good = { ...CLAIMS, aud: 'staff', exp };
    expect(rejection(jwt.sign(good, SECRET))).toBe('taken');
    expect(rejection(jwt.sign(good, SECRET), 'visitor')).toBe('invalid');
    expect(rejection(jwt.sign(good, 'x'.repeat(32)))).toBe('invalid');
    expect(rejection(jwt.sign(good, SECRET, { algorithm: 'HS512' }))).toBe('invalid');
    expect(rejection(jwt.sign(good, null, { algorithm: 'none' }))).toBe('invalid');
    expect(rejection(jwt.sign({ ...CLAIMS, aud: 'staff' }, SECRET))).toBe('invalid');
    expect(rejection(jwt.sign({ ...good, userId: 7 }, SECRET))).toBe('invalid');
    expect(rejection(jwt.sign({ ...good, familyId: undefined }, SECRET))).toBe('invalid');
    expect(rejection('')).toBe('invalid');
  });
});
