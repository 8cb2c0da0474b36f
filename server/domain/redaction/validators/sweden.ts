import { isDate, luhn, numberIn } from './digits.ts';

/**
 * Swedish personal identity number or coordination number, ten or twelve digits. Source: Skatteverket,
 * SKV 704 (personnummer: date of birth, serial number, check digit by Luhn over the last ten) and SKV 707
 * (samordningsnummer: sixty added to the day). The sign for "hundred or older" (+) changes no digit. The serial 000
 * is not given out.
 */
export function isPersonnummer(digits: string): boolean {
  const short = digits.length === 12 ? digits.slice(2) : digits;
  if (short.length !== 10 || numberIn(short, 6, 3) === 0) return false;
  const century = digits.length === 12 ? numberIn(digits, 0, 2) : 0;
  if (digits.length === 12 && (century < 18 || century > 20)) return false;
  const day = numberIn(short, 4, 2);
  const date = {
    year: century * 100 + numberIn(short, 0, 2),
    month: numberIn(short, 2, 2),
    day: day > 60 ? day - 60 : day,
  };
  return isDate(date) && luhn(short);
}

/**
 * Swedish organisation number, ten digits or twelve with the prefix 16. Source: act 1974:174 and the
 * description at OID 1.3.7: the first digit is the group of the legal form, the third is at least two (so that none is
 * taken for a personnummer), the last is a Luhn check digit.
 */
export function isOrganisationsnummer(digits: string): boolean {
  const short = digits.length === 12 && digits.startsWith('16') ? digits.slice(2) : digits;
  if (short.length !== 10) return false;
  return numberIn(short, 0, 1) > 0 && numberIn(short, 2, 1) >= 2 && luhn(short);
}
