import { needs, numberDetector, regexDetector } from '../detector.ts';
import { ibanLength, isIban } from '../validators/iban.ts';
import { isPaymentCard } from '../validators/payment-card.ts';
import type { BuiltinRule } from './builtin-rule.ts';
import { codeStart, compactCode } from './spaced.ts';

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const SEPARATOR = /[ ._*/-]/;
const MAX_SEPARATORS = 2;

/** Reads on from an IBAN's first four characters until its country's length is reached. */
function ibanEnd(text: string, start: number): number | undefined {
  let code = '';
  let length = Number.POSITIVE_INFINITY;
  let separators = 0;
  let at = start;
  for (; code.length < length && at < text.length; at++) {
    const character = text[at] ?? '';
    if (/[A-Za-z\d]/.test(character)) {
      code += character;
      separators = 0;
    } else if (!SEPARATOR.test(character) || ++separators > MAX_SEPARATORS) return undefined;
    if (code.length === 2) length = ibanLength(code) ?? 0;
  }
  return isIban(compactCode(code)) && !LETTER_OR_DIGIT.test(text[at] ?? ' ') ? at : undefined;
}

/** Sources: `validators/payment-card.ts`, `validators/iban.ts`. */
export const PAYMENT_RULES: readonly BuiltinRule[] = [
  {
    key: 'payment-card',
    title: 'Payment card number',
    group: 'payment',
    pattern: String.raw`\b\d(?:[ -]?\d){11,18}\b`,
    flags: '',
    check: 'payment-card',
    enabledByDefault: true,
    distinctive: true,
    examples: {
      match: ['4111 1111 1111 1111', '5500-0000-0000-0004', '378282246310005'],
      noMatch: ['4111 1111 1111 1112', '1234567890123456'],
    },
    detector: numberDetector({
      lengths: [12, 13, 14, 15, 16, 17, 18, 19],
      shapes: [
        [4, 4, 4, 4],
        [4, 6, 5],
        [4, 6, 4],
        [4, 4, 4, 4, 3],
        [4, 4, 4, 4, 2],
        [6, 13],
      ],
      valid: isPaymentCard,
      checksum: true,
    }),
  },
  {
    key: 'iban',
    title: 'Bank account number (IBAN)',
    group: 'payment',
    pattern: String.raw`\b[A-Z]{2}\d{2}(?: ?[A-Z\d]){11,30}\b`,
    flags: 'i',
    check: 'iban',
    enabledByDefault: false,
    distinctive: true,
    examples: {
      match: ['GB29 NWBK 6016 1331 9268 19', 'SE4550000000058398257466', 'de89 3704 0044 0532 0130 00'],
      noMatch: ['GB29 NWBK 6016 1331 9268 18', 'ZZ29 NWBK 6016 1331 9268 19'],
    },
    detector: regexDetector({
      // Two check digits, and account numbers that are never letters alone.
      needs: needs({ minLength: 15, minDigits: 6 }),
      mayHold: ({ edges }) => edges.letterThenDigit,
      regex: codeStart('[A-Z]', '[A-Z]', '\\d', '\\d'),
      accept: (match, text) => {
        const end = ibanEnd(text, match.index);
        return end === undefined ? undefined : [0, end - match.index];
      },
    }),
  },
];
