import { luhn, numberIn } from './digits.ts';

interface Issuer {
  readonly from: number;
  readonly to: number;
  /** Digits of `from` and `to`. */
  readonly prefix: number;
  readonly lengths: readonly number[];
}

const LONG = [16, 17, 18, 19];

/**
 * Issuer ranges and lengths: Visa, Mastercard (51-55 and 2221-2720), American Express, Diners Club, Discover, JCB,
 * UnionPay, Maestro, Mir, RuPay, Dankort, Verve, InterPayment, InstaPayment. The register behind ISO/IEC 7812 is not
 * public; the ranges were compared with public tables of issuer identification numbers.
 */
const ISSUERS: readonly Issuer[] = [
  { from: 4, to: 4, prefix: 1, lengths: [13, 16, 19] },
  { from: 51, to: 55, prefix: 2, lengths: [16] },
  { from: 2221, to: 2720, prefix: 4, lengths: [16] },
  { from: 34, to: 34, prefix: 2, lengths: [15] },
  { from: 37, to: 37, prefix: 2, lengths: [15] },
  { from: 300, to: 305, prefix: 3, lengths: [14, ...LONG] },
  { from: 3095, to: 3095, prefix: 4, lengths: [14, ...LONG] },
  { from: 36, to: 36, prefix: 2, lengths: [14, ...LONG] },
  { from: 38, to: 39, prefix: 2, lengths: [14, ...LONG] },
  { from: 6011, to: 6011, prefix: 4, lengths: LONG },
  { from: 644, to: 649, prefix: 3, lengths: LONG },
  { from: 65, to: 65, prefix: 2, lengths: LONG },
  { from: 636, to: 636, prefix: 3, lengths: LONG },
  { from: 637, to: 639, prefix: 3, lengths: [16] },
  { from: 3528, to: 3589, prefix: 4, lengths: LONG },
  { from: 62, to: 62, prefix: 2, lengths: LONG },
  { from: 2200, to: 2204, prefix: 4, lengths: LONG },
  { from: 60, to: 60, prefix: 2, lengths: [16] },
  { from: 81, to: 82, prefix: 2, lengths: LONG },
  { from: 506, to: 509, prefix: 3, lengths: [16, 18, 19] },
  { from: 5018, to: 5020, prefix: 4, lengths: [12, 13, 14, 15, ...LONG] },
  { from: 5038, to: 5038, prefix: 4, lengths: [12, 13, 14, 15, ...LONG] },
  { from: 5612, to: 5612, prefix: 4, lengths: [12, 13, 14, 15, ...LONG] },
  { from: 5893, to: 5893, prefix: 4, lengths: [12, 13, 14, 15, ...LONG] },
  { from: 6304, to: 6304, prefix: 4, lengths: [12, 13, 14, 15, ...LONG] },
  { from: 6759, to: 6763, prefix: 4, lengths: [12, 13, 14, 15, ...LONG] },
];

const PREFIX_DIGITS = 4;

/** By the first four digits: the allowed lengths, as bits. */
const LENGTHS_BY_PREFIX = Uint32Array.from({ length: 10 ** PREFIX_DIGITS }, (_, prefix) => {
  const fitting = ISSUERS.filter(({ from, to, prefix: digits }) => {
    const head = Math.floor(prefix / 10 ** (PREFIX_DIGITS - digits));
    return head >= from && head <= to;
  });
  return fitting.flatMap(({ lengths }) => lengths).reduce((bits, length) => bits | (1 << length), 0);
});

/** A payment card number: an issuer's range and length, and Luhn's formula. */
export function isPaymentCard(digits: string): boolean {
  if (digits.length < 12 || digits.length > 19) return false;
  const lengths = LENGTHS_BY_PREFIX[numberIn(digits, 0, PREFIX_DIGITS)] ?? 0;
  return (lengths & (1 << digits.length)) !== 0 && luhn(digits);
}
