import { numberDetector } from '../detector.ts';
import { isPaymentCard } from '../validators/payment-card.ts';
import type { BuiltinRule } from './builtin-rule.ts';

/** Source and rules: `validators/payment-card.ts`. */
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
];
