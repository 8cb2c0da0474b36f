import { needs, numberDetector, regexDetector } from '../detector.ts';
import { isCpr, isCprChecked, isFodselsnummer, isHenkilotunnus } from '../validators/nordic.ts';
import type { BuiltinRule } from './builtin-rule.ts';
import { BETWEEN, codePattern, isSpelledOut, spaced } from './spaced.ts';

/** Six digits, the sign, three digits, the check sign. */
const HETU = codePattern(
  `(${spaced('\\d', 6)})(${BETWEEN}[-+A-FU-Y])`,
  `(${spaced('\\d', 3)}${BETWEEN}[0-9A-Y])`,
);

function hetuOf(match: RegExpExecArray): string {
  const [, birth = '', sign = '', rest = ''] = match;
  return birth.replace(/\D/g, '') + sign.slice(-1) + rest.replace(/[^A-Za-z\d]/g, '');
}

/** Sources: `validators/nordic.ts`. */
export const NORDIC_RULES: readonly BuiltinRule[] = [
  {
    key: 'no-fodselsnummer',
    title: 'Norwegian national identity number (fødselsnummer, D-nummer)',
    group: 'NO',
    pattern: String.raw`\b\d{6} ?\d{5}\b`,
    flags: '',
    check: 'fodselsnummer',
    enabledByDefault: false,
    distinctive: true,
    examples: { match: ['01019000083', '010190 00083'], noMatch: ['01019000084', '32019000083'] },
    detector: numberDetector({
      lengths: [11],
      shapes: [
        [6, 5],
        [2, 2, 2, 5],
        [6, 3, 2],
      ],
      valid: isFodselsnummer,
      checksum: true,
    }),
  },
  {
    key: 'dk-cpr',
    title: 'Danish CPR number',
    group: 'DK',
    pattern: String.raw`\b\d{6}-?\d{4}\b`,
    flags: '',
    check: 'cpr',
    enabledByDefault: false,
    distinctive: false,
    examples: { match: ['010190-1234', '0101901114'], noMatch: ['320190-1234', '3201901235'] },
    detector: numberDetector({
      lengths: [10],
      shapes: [
        [6, 4],
        [2, 2, 2, 4],
      ],
      valid: isCpr,
      checksum: true,
      // Written with its dash, spelled out, or named, a date is enough; otherwise modulus 11 must hold as well.
      context: ({ signs, digits, before }) =>
        signs === 'xxxxx-xxx' || isSpelledOut(signs, [6, 4]) || /\bcpr/i.test(before) || isCprChecked(digits),
    }),
  },
  {
    key: 'fi-henkilotunnus',
    title: 'Finnish personal identity code (henkilötunnus)',
    group: 'FI',
    pattern: String.raw`\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b`,
    flags: '',
    check: 'henkilotunnus',
    enabledByDefault: false,
    distinctive: true,
    examples: { match: ['131052-308T', '131052A308T'], noMatch: ['131052-308U', '321052-308T'] },
    detector: regexDetector({
      needs: needs({ minLength: 11, minDigits: 9 }),
      regex: HETU,
      accept: (match) => (isHenkilotunnus(hetuOf(match)) ? [0, match[0].length] : undefined),
    }),
  },
];
