import { numberDetector } from '../detector.ts';
import { isOrganisationsnummer, isPersonnummer } from '../validators/sweden.ts';
import type { BuiltinRule } from './builtin-rule.ts';

/** Sources: `validators/sweden.ts`. */
export const SWEDISH_RULES: readonly BuiltinRule[] = [
  {
    key: 'se-personnummer',
    title: 'Swedish personal identity number (personnummer, samordningsnummer)',
    group: 'SE',
    pattern: String.raw`\b(?:18|19|20)?\d{6}[-+ ]?\d{4}\b`,
    flags: '',
    check: 'personnummer',
    enabledByDefault: true,
    distinctive: true,
    examples: {
      match: ['19900101-0017', '900101-0017', '9001010017'],
      noMatch: ['19900101-0018', '900132-0017', 'order 9001010018'],
    },
    detector: numberDetector({
      lengths: [12, 10],
      shapes: [
        [6, 4],
        [8, 4],
        [4, 2, 2, 4],
        [2, 2, 2, 4],
      ],
      valid: isPersonnummer,
      checksum: true,
    }),
  },
  {
    key: 'se-organisationsnummer',
    title: 'Swedish organisation number',
    group: 'SE',
    pattern: String.raw`\b(?:16)?\d{6}-?\d{4}\b`,
    flags: '',
    check: 'organisationsnummer',
    enabledByDefault: false,
    distinctive: true,
    examples: { match: ['556036-0793', '165560360793'], noMatch: ['556036-0794', '551036-0793'] },
    detector: numberDetector({
      lengths: [12, 10],
      shapes: [
        [6, 4],
        [8, 4],
      ],
      valid: isOrganisationsnummer,
      checksum: true,
      // 3-3-4 is how phone numbers are written.
      context: ({ signs }) => !/^xx[^x]xx[^x]xxx$/.test(signs),
    }),
  },
];
