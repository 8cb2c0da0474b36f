/** Value of the digit at an index. */
export const digitAt = (digits: string, index: number): number => digits.charCodeAt(index) - 48;

/** Weighted sum of the first `weights.length` digits. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += digitAt(digits, index) * (weights[index] ?? 0);
  return sum;
}

/** The number that a part of the digits spells. */
export function numberIn(digits: string, from: number, length: number): number {
  let value = 0;
  for (let index = from; index < from + length; index++) value = value * 10 + digitAt(digits, index);
  return value;
}

/** Luhn's formula, ISO/IEC 7812-1 annex B: from the right every second digit doubled, sum divisible by ten. */
export function luhn(digits: string): boolean {
  let sum = 0;
  let doubled = false;
  for (let index = digits.length - 1; index >= 0; index--) {
    const value = digitAt(digits, index) * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
    doubled = !doubled;
  }
  return digits.length > 1 && sum % 10 === 0;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a day exists; without a four-digit year 29 February passes in years divisible by four. */
export function isDate(date: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}): boolean {
  const { year, month, day } = date;
  if (day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  if (month !== 2 || day < 29) return true;
  return year % 4 === 0 && (year < 100 || year % 100 !== 0 || year % 400 === 0);
}

/** Whether all digits are the same. */
export const isRepeated = (digits: string): boolean => /^(\d)\1*$/.test(digits);
