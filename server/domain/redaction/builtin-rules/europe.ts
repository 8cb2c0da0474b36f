import { type Detector, needs, numberDetector, regexDetector } from '../detector.ts';
import { isBsn, isCodiceFiscale, isDni, isNhsNumber, isNino, isPesel } from '../validators/europe.ts';
import type { BuiltinRule } from './builtin-rule.ts';
import { BETWEEN, codePattern, compactCode, spaced } from './spaced.ts';

const whole =
  (valid: (code: string) => boolean) =>
  (match: RegExpExecArray): readonly [number, number] | undefined =>
    valid(compactCode(match[0])) ? [0, match[0].length] : undefined;

const OMOCODIA = '[\\dLMNP-V]';

/** The year's two digits and the month's letter; quick to search for, since most text has no digits. */
const CODICE_YEAR = new RegExp(`\\d${BETWEEN}\\d${BETWEEN}[A-EHLMPRSTa-ehlmprst]`, 'g');
const CODICE_BEFORE_YEAR = new RegExp(`${spaced('[A-Za-z]', 6)}${BETWEEN}$`);
const CODICE = codePattern(
  spaced('[A-Z]', 6),
  '\\d',
  '\\d',
  '[A-EHLMPRST]',
  spaced(OMOCODIA, 2),
  '[A-Z]',
  spaced(OMOCODIA, 3),
  '[A-Z]',
);
/** Six letters with the separators between and behind them. */
const LONGEST_BEFORE_YEAR = 18;
/** Sixteen characters, two separators between any two, and the one after. */
const LONGEST_CODICE = 47;

/**
 * Letters replace digits from the right (omocodia), so the year's are the last to go: at least they are asked for,
 * or the code would be a word like any other.
 */
const codiceFiscaleDetector: Detector = {
  needs: needs({ minLength: 16, minDigits: 2 }),
  find: ({ text, edges }, emit) => {
    if (!edges.letterThenDigit || !edges.digitThenLetter) return;
    CODICE_YEAR.lastIndex = 0;
    for (let year = CODICE_YEAR.exec(text); year !== null; year = CODICE_YEAR.exec(text)) {
      const { index } = year;
      const before = CODICE_BEFORE_YEAR.exec(text.slice(Math.max(0, index - LONGEST_BEFORE_YEAR), index));
      if (before === null) continue;
      const start = index - before[0].length;
      CODICE.lastIndex = start;
      const match = CODICE.exec(text.slice(0, start + LONGEST_CODICE));
      if (match?.index === start && isCodiceFiscale(compactCode(match[0])))
        emit(start, start + match[0].length);
    }
  },
};

/** Sources: `validators/europe.ts`. */
export const EUROPEAN_RULES: readonly BuiltinRule[] = [
  {
    key: 'nl-bsn',
    title: 'Dutch citizen service number (BSN)',
    group: 'NL',
    pattern: String.raw`\b\d{4}\.?\d{2}\.?\d{3}\b`,
    flags: '',
    check: 'bsn',
    enabledByDefault: false,
    distinctive: false,
    examples: { match: ['111222333', '1112.22.333'], noMatch: ['111222334', '000000000'] },
    detector: numberDetector({
      lengths: [9],
      shapes: [
        [4, 2, 3],
        [3, 3, 3],
      ],
      valid: isBsn,
      checksum: true,
    }),
  },
  {
    key: 'pl-pesel',
    title: 'Polish PESEL number',
    group: 'PL',
    pattern: String.raw`\b\d{11}\b`,
    flags: '',
    check: 'pesel',
    enabledByDefault: false,
    distinctive: true,
    examples: { match: ['44051401359'], noMatch: ['44051401358', '44131401359'] },
    detector: numberDetector({ lengths: [11], shapes: [[6, 5]], valid: isPesel, checksum: true }),
  },
  {
    key: 'es-dni',
    title: 'Spanish identity number (DNI, NIE)',
    group: 'ES',
    pattern: String.raw`\b[XYZ\d]-?\d{7}-?[A-Z]\b`,
    flags: 'i',
    check: 'dni',
    enabledByDefault: false,
    distinctive: true,
    examples: { match: ['12345678Z', 'X1234567L', '12345678-Z'], noMatch: ['12345678A', 'X1234567M'] },
    detector: regexDetector({
      needs: needs({ minLength: 9, minDigits: 7 }),
      mayHold: ({ edges }) => edges.digitThenLetter,
      regex: codePattern('[XYZ\\d]', spaced('\\d', 7), '[A-Z]'),
      accept: whole(isDni),
    }),
  },
  {
    key: 'it-codice-fiscale',
    title: 'Italian tax code (codice fiscale)',
    group: 'IT',
    pattern: String.raw`\b[A-Z]{6} ?[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2} ?[A-Z][\dLMNP-V]{3}[A-Z]\b`,
    flags: 'i',
    check: 'codice-fiscale',
    enabledByDefault: false,
    distinctive: true,
    examples: {
      match: ['RSSMRA85T10A562S', 'rssmra85t10a562s', 'RSSMRA 85T10 A562S'],
      noMatch: ['RSSMRA85T10A562T', 'RSSMRA85T10A56'],
    },
    detector: codiceFiscaleDetector,
  },
  {
    key: 'gb-nino',
    title: 'UK National Insurance number',
    group: 'GB',
    pattern: String.raw`\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]\b`,
    flags: 'i',
    check: 'nino',
    enabledByDefault: false,
    distinctive: false,
    examples: { match: ['AB123456C', 'ab 12 34 56 c'], noMatch: ['GB123456C', 'AB123456E', 'DB123456C'] },
    detector: regexDetector({
      needs: needs({ minLength: 9, minDigits: 6 }),
      mayHold: ({ edges }) => edges.letterThenDigit && edges.digitThenLetter,
      regex: codePattern(spaced('[A-Z]', 2), spaced('\\d', 6), '[A-D]'),
      accept: whole(isNino),
    }),
  },
  {
    key: 'gb-nhs',
    title: 'UK NHS number',
    group: 'GB',
    pattern: String.raw`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`,
    flags: '',
    check: 'nhs-number',
    enabledByDefault: false,
    distinctive: false,
    examples: { match: ['943 476 5919', '9434765919'], noMatch: ['943 476 5918', '1111111111'] },
    detector: numberDetector({ lengths: [10], shapes: [[3, 3, 4]], valid: isNhsNumber, checksum: true }),
  },
];
