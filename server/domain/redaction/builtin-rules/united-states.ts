import { numberDetector } from '../detector.ts';
import type { Candidate } from '../numbers.ts';
import { isSsn } from '../validators/us-ssn.ts';
import type { BuiltinRule } from './builtin-rule.ts';
import { isSpelledOut } from './spaced.ts';

/** Without a checksum its form must speak for it: the same separator twice, every digit apart, or its name before it. */
const readsAsSsn = ({ signs, before }: Candidate): boolean =>
  /^xx([-. _*/])x\1xxx$/.test(signs) ||
  isSpelledOut(signs, [3, 2, 4]) ||
  /\b(?:ssn|social security)\b/i.test(before);

/** Source: `validators/us-ssn.ts`. */
export const US_RULES: readonly BuiltinRule[] = [
  {
    key: 'us-ssn',
    title: 'US Social Security number',
    group: 'US',
    pattern: String.raw`\b\d{3}[- ]\d{2}[- ]\d{4}\b`,
    flags: '',
    check: 'ssn',
    enabledByDefault: false,
    distinctive: false,
    examples: {
      match: ['536-90-4399', '536 90 4399'],
      noMatch: ['900-12-3456', '666-12-3456', '536-00-4399'],
    },
    detector: numberDetector({
      lengths: [9],
      shapes: [[3, 2, 4]],
      valid: isSsn,
      checksum: false,
      context: readsAsSsn,
    }),
  },
];
