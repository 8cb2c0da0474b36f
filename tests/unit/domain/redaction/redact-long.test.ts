import { compileRuleSet, redactLongText, redactText } from '../../../../server/domain/redaction/index.ts';
import { POSITIVES, seededRandom } from '../../../support/identifiers.ts';
import { SEED } from '../../../support/seed.ts';

const RULES = compileRuleSet([
  {
    id: 'card',
    name: 'Card',
    pattern: '\\b\\d(?:[ -]?\\d){12,18}\\b',
    check: 'luhn',
    replacement: '█',
    enabled: true,
  },
  { id: 'order', name: 'Order', pattern: 'ORD-\\d{6}', replacement: '[order]', enabled: true },
]);
const WHERE = { from: 'visitor', place: 'message' } as const;

function long(text: string) {
  const steps = redactLongText(RULES, text, WHERE);
  let count = 0;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { redaction: step.value, steps: count };
    count += 1;
  }
}

describe(`long texts, seed ${SEED}`, () => {
  const random = seededRandom(SEED);
  const filler = (length: number): string => 'some words of a list\n'.repeat(length).slice(0, length);

  it('P4: are redacted as short ones are, wherever what matches stands, the borders of steps included', () => {
    for (let at = 7_000; at < 9_400; at += 37) {
      const secret = at % 2 === 0 ? POSITIVES['payment-card'](random) : 'ORD-123456';
      const text = `${filler(at)} ${secret} ${filler(9_000)}`;
      const { redaction, steps } = long(text);
      expect(steps).toBeGreaterThan(2);
      expect([at, redaction.text.includes(secret)]).toEqual([at, false]);
      expect([at, redaction.text]).toEqual([at, redactText(RULES, text, WHERE).text]);
    }
  });

  it('P4: without any break between words too', () => {
    for (let at = 7_900; at < 8_300; at += 3) {
      const text = `${'x'.repeat(at)}ORD-123456${'y'.repeat(9_000)}`;
      expect([at, long(text).redaction.text.includes('123456')]).toEqual([at, false]);
    }
  });

  it('are left alone when nothing matches, and give the same again', () => {
    const text = filler(20_000);
    expect(long(text).redaction).toMatchObject({ text, count: 0 });
    const once = long(`ORD-123456 ${text}`).redaction.text;
    expect(long(once).redaction.text).toBe(once);
    expect(long('').redaction).toMatchObject({ text: '', count: 0 });
  });
});
