import { digitAt, isDate, isRepeated, numberIn, weightedSum } from './digits.ts';

const BSN_WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];

/**
 * Dutch burgerservicenummer, nine digits. Source: Rijksdienst voor Identiteitsgegevens, Logisch Ontwerp BSN: the
 * "elfproef" with the last weight -1, sum divisible by eleven.
 */
export const isBsn = (digits: string): boolean =>
  digits.length === 9 && !isRepeated(digits) && weightedSum(digits, BSN_WEIGHTS) % 11 === 0;

const PESEL_WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];
/** Added to the month for the centuries 1800, 1900, 2000, 2100 and 2200, by the month's first digit halved. */
const PESEL_CENTURIES = [1900, 2000, 2100, 2200, 1800];

/** Polish PESEL, eleven digits. Source: Ustawa o ewidencji ludności, art. 15 and its regulation: date, sum modulo 10. */
export function isPesel(digits: string): boolean {
  if (digits.length !== 11) return false;
  const month = numberIn(digits, 2, 2);
  const date = {
    year: (PESEL_CENTURIES[Math.floor(month / 20)] ?? 0) + numberIn(digits, 0, 2),
    month: month % 20,
    day: numberIn(digits, 4, 2),
  };
  return isDate(date) && weightedSum(digits, PESEL_WEIGHTS) % 10 === 0;
}

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/**
 * Spanish DNI (eight digits) or NIE (X, Y or Z and seven) with its letter. Source: Ministerio del Interior, "Cálculo
 * del dígito de control del NIF/NIE": the number modulo 23, X, Y, Z counting as 0, 1, 2.
 */
export function isDni(written: string): boolean {
  const match = /^([XYZ\d])(\d{7})([A-Z])$/.exec(written.toUpperCase());
  if (match === null) return false;
  const [, first = '', rest = '', letter = ''] = match;
  const head = 'XYZ'.indexOf(first);
  return DNI_LETTERS[Number((head < 0 ? first : String(head)) + rest) % 23] === letter;
}

const CODICE = /^[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]$/;
/** Values of 0-9 (and A-J), then K-Z, in odd places. */
const ODD_VALUES = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
const OMOCODIA = 'LMNPQRSTUV';

/**
 * Italian codice fiscale of a person, sixteen characters. Source: Decreto ministeriale 23 dicembre 1976, 345: check
 * letter by the tables for odd and even places. Digits may be letters (omocodia); the day has forty added for women.
 */
export function isCodiceFiscale(written: string): boolean {
  const code = written.toUpperCase();
  if (!CODICE.test(code)) return false;
  const day = Number([code[9], code[10]].map(plainDigit).join('')) % 40;
  if (day < 1 || day > 31) return false;
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const value = codeValue(code[index] ?? '');
    sum += index % 2 === 0 ? (ODD_VALUES[value] ?? 0) : value;
  }
  return code.charCodeAt(15) - 65 === sum % 26;
}

function plainDigit(character: string | undefined): string {
  const replaced = OMOCODIA.indexOf(character ?? '');
  return replaced < 0 ? (character ?? '') : String(replaced);
}

const codeValue = (character: string): number =>
  character <= '9' ? Number(character) : character.charCodeAt(0) - 65;

const NHS_WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2];

/** British NHS number, ten digits. Source: NHS Data Dictionary, "NHS NUMBER": modulus 11 over the first nine. */
export function isNhsNumber(digits: string): boolean {
  if (digits.length !== 10 || isRepeated(digits)) return false;
  const check = 11 - (weightedSum(digits, NHS_WEIGHTS) % 11);
  return check !== 10 && check % 11 === digitAt(digits, 9);
}

const NINO = /^(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/;

/** British National Insurance number. Source: HMRC manual NIM39110: allowed prefixes and suffix A-D; it has no checksum. */
export const isNino = (written: string): boolean => NINO.test(written.toUpperCase());
