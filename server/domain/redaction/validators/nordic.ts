import { digitAt, isDate, numberIn, weightedSum } from './digits.ts';

const FODSELSNUMMER_K1 = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const FODSELSNUMMER_K2 = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/**
 * Norwegian fødselsnummer, D-number (forty added to the day), help number of the health service (H-number, forty added to
 * the month) or test number (eighty added to the month), eleven digits. Source: Skatteetaten, "Nye fødselsnummer og
 * d-nummer fra 2032": for numbers given out from then on the first check digit may leave remainder 0, 1, 2 or 3
 * modulus 11; the last one leaves 0 as before.
 */
export function isFodselsnummer(digits: string): boolean {
  if (digits.length !== 11) return false;
  const day = numberIn(digits, 0, 2);
  const month = numberIn(digits, 2, 2);
  const date = {
    year: numberIn(digits, 4, 2),
    month: plainMonth(month),
    day: day > 40 ? day - 40 : day,
  };
  const first = (weightedSum(digits, FODSELSNUMMER_K1) + digitAt(digits, 9)) % 11;
  const second = (weightedSum(digits, FODSELSNUMMER_K2) + digitAt(digits, 10)) % 11;
  return isDate(date) && first <= 3 && second === 0;
}

function plainMonth(month: number): number {
  if (month > 80) return month - 80;
  return month > 40 ? month - 40 : month;
}

const CPR_WEIGHTS = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/**
 * Danish CPR number, ten digits. Source: CPR-kontoret, "Personnumre uden kontrolciffer (modulus 11 kontrol)". Its date
 * must exist. Numbers given out since 1 October 2007 need not satisfy modulus 11, so the sum alone decides nothing; see
 * {@link isCprChecked}.
 */
export function isCpr(digits: string): boolean {
  if (digits.length !== 10) return false;
  const date = { year: numberIn(digits, 4, 2), month: numberIn(digits, 2, 2), day: numberIn(digits, 0, 2) };
  return isDate(date);
}

/** A CPR number that also satisfies modulus 11, as all did before October 2007. */
export const isCprChecked = (digits: string): boolean =>
  isCpr(digits) && weightedSum(digits, CPR_WEIGHTS) % 11 === 0;

const HETU_SIGNS = '0123456789ABCDEFHJKLMNPRSTUVWXY';
const HETU = /^(\d{6})([-+A-FU-Y])(\d{3})([0-9A-Y])$/;

/**
 * Finnish henkilötunnus: date, century sign, serial 002-999, check sign by modulus 31. Source: government decree
 * 128/2010, section 2, as changed by 690/2022, which added the signs B-F and U-Y from 1 January 2023. Serials of 900 and
 * more are temporary and taken too.
 */
export function isHenkilotunnus(written: string): boolean {
  const match = HETU.exec(written.toUpperCase());
  if (match === null) return false;
  const [, birth = '', , serial = '', sign = ''] = match;
  const date = { year: numberIn(birth, 4, 2), month: numberIn(birth, 2, 2), day: numberIn(birth, 0, 2) };
  return isDate(date) && Number(serial) >= 2 && HETU_SIGNS[Number(birth + serial) % 31] === sign;
}
