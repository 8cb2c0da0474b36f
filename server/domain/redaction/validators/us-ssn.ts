import { isRepeated, numberIn } from './digits.ts';

/** Numbers printed in advertisements and leaflets, which belong to nobody (SSA, "Misused numbers"). */
const ADVERTISED = new Set(['078051120', '219099999', '123456789']);

/**
 * US Social Security number, nine digits. Source: SSA, POMS RM 10201.035 "Invalid Social Security Numbers" and the
 * randomisation of 25 June 2011, which left it so: area not 000, 666 or 900-999, group not 00, serial not 0000. It has
 * no checksum.
 */
export function isSsn(digits: string): boolean {
  if (digits.length !== 9 || isRepeated(digits) || ADVERTISED.has(digits)) return false;
  const area = numberIn(digits, 0, 3);
  return (
    area !== 0 && area !== 666 && area < 900 && numberIn(digits, 3, 2) !== 0 && numberIn(digits, 5, 4) !== 0
  );
}
