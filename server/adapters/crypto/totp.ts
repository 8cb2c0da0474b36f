import { Secret, TOTP } from 'otpauth';
import type { OneTimeCodes } from '../../ports/one-time-codes.ts';

const ISSUER = 'Engagement server';
const PERIOD_S = 30;
const DIGITS = 6;
/** Steps that the clocks of phone and server may be apart (RFC 6238, 5.2). */
const WINDOW = 1;
const SECRET_BYTES = 20;

export function createOneTimeCodes(): OneTimeCodes {
  return {
    newSecret: () => new Secret({ size: SECRET_BYTES }).base32,
    address: ({ secret, label }) => totp(secret, label).toString(),
    stepOf: ({ secret, code, at }) => {
      const delta = totp(secret).validate({ token: code, timestamp: at, window: WINDOW });
      return delta === null ? undefined : Math.floor(at / 1000 / PERIOD_S) + delta;
    },
  };
}

function totp(secret: string, label = ''): TOTP {
  const fixed = { issuer: ISSUER, algorithm: 'SHA1', digits: DIGITS, period: PERIOD_S };
  return new TOTP({ ...fixed, label, secret: Secret.fromBase32(secret) });
}
