import { compileRuleSet, findSplitMatches, redactText } from '../../../../server/domain/redaction/index.ts';
import { ALL_BUILTIN, redact, redacted, ruleOf, WHERE } from './support.ts';

const CARD = '4111 1111 1111 1111';

describe('replacements', () => {
  it('repeats a one-character mask to a fixed width, so that the length stays secret', () => {
    expect(redacted([ruleOf('x\\d+')], 'a x1 b x123456 c')).toBe('a ████ b ████ c');
    expect(redacted([ruleOf('x\\d+', { replacement: '*' })], 'x1')).toBe('****');
  });

  it('puts a longer text in once, and the empty one erases', () => {
    expect(redacted([ruleOf('x\\d+', { replacement: '[gone]' })], 'a x1 b')).toBe('a [gone] b');
    expect(redacted([ruleOf('x\\d+', { replacement: '' })], 'a x1 b')).toBe('a  b');
  });

  it('keeps the last characters when asked, never more than a third', () => {
    const rule = ruleOf('\\d{4,}', { replacement: { keepLast: 4, mask: '█' } });
    expect(redacted([rule], 'n 123456789012 m')).toBe('n ████9012 m');
    expect(redacted([rule], 'n 123456 m')).toBe('n ████56 m');
    expect(redact([rule], redacted([rule], 'n 123456789012 m')).count).toBe(0);
  });

  it('keeps nothing where matches overlap', () => {
    const keep = ruleOf('\\d{6,}', { id: 'keep', replacement: { keepLast: 2, mask: '█' } });
    expect(redacted([keep, ruleOf('56 next', { id: 'other' })], '123456 next')).toBe('████');
  });

  it('erasing does not leave what the rule matches', () => {
    expect(redacted([ruleOf('ab', { replacement: '' })], 'aabb aaabbb')).toBe(' ');
  });

  it('goes on until nothing matches, even when a mask makes new matches', () => {
    const rules = [ruleOf('X', { id: 'x' }), ruleOf('a█+c', { id: 'y' })];
    expect(redacted(rules, 'aXc')).toBe('████');
    const chain = redacted([ruleOf('a$|a█')], 'a'.repeat(50));
    expect(chain).not.toContain('a');
  });
});

describe('matches', () => {
  it('gives offsets in the original, in UTF-16 units', () => {
    const text = `😀 å ${'4111\u200b1111\u200b1111\u200b1111'} 😀`;
    const { matches } = redact(ALL_BUILTIN, text);
    expect(matches).toEqual([{ ruleId: 'payment-card', start: 5, end: 24 }]);
  });

  it('merges overlaps and credits the rule that comes first in order', () => {
    const rules = [ruleOf('bcd', { id: 'late', order: 2 }), ruleOf('abc', { id: 'early', order: 1 })];
    expect(redact(rules, 'xabcdx')).toMatchObject({
      count: 1,
      matches: [{ ruleId: 'early', start: 1, end: 5 }],
    });
  });

  it('applies a rule only in its scope and only when enabled', () => {
    const rule = ruleOf('x', { scope: { from: ['agent'], places: ['url'] } });
    expect(redactText(compileRuleSet([rule]), 'x', WHERE).count).toBe(0);
    expect(redactText(compileRuleSet([rule]), 'x', { from: 'agent', place: 'url' }).count).toBe(1);
    expect(redact([ruleOf('x', { enabled: false })], 'x').count).toBe(0);
  });

  it('applies a check to the longest part that passes, and not inside a number', () => {
    const rule = ruleOf('\\d[\\d ]{10,}', { check: 'payment-card' });
    expect(redacted([rule], `card ${CARD} 12 26 ok`)).toBe('card ████ 12 26 ok');
    expect(redact([rule], 'card 4111 1111 1111 1112').count).toBe(0);
  });

  it('survives lone surrogates, NUL and very long texts', () => {
    for (const text of [
      '\ud800',
      '\udc00\ud800x',
      '\u0000',
      `\ud835${CARD}`,
      '\ufffd&#xd800;&#0;%',
      '4 '.repeat(32_768),
    ]) {
      const once = redact(ALL_BUILTIN, text);
      expect(redact(ALL_BUILTIN, once.text).count).toBe(0);
    }
  });
});

describe('reading through disguises', () => {
  it.each([
    ['４１１１１１１１１１１１１１１１'],
    ['4111\u00ad1111\u200d1111\ufeff1111'],
    ['4111&nbsp;1111&#32;1111&#x20;1111'],
    ['&#52;111-1111-1111-1111'],
    ['4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1'],
    ['4111 / 1111 / 1111 / 1111'],
    ['4111–1111—1111−1111'],
    ['41l1 1I11 l111 1111'],
    ['④①①①①①①①①①①①①①①①'],
    ['٤١١١١١١١١١١١١١١١'],
    ['4️⃣111111111111111'],
    ['4%31%311%201111%201111%201111'],
  ])('takes %s as a whole', (written) => {
    const text = `it is ${written}, ok`;
    expect(redacted(ALL_BUILTIN, text)).toBe('it is ████, ok');
  });

  it('lets a rule of an account see the plain reading, and still the text itself', () => {
    expect(redacted([ruleOf('\\bORD-\\d{4}\\b')], 'ＯＲＤ‑１２３４!')).toBe('████!');
    expect(redacted([ruleOf('é\\u200b')], 'caf\u00e9\u200b')).toBe('caf████');
  });

  it('reads digit words only for rules that ask for it', () => {
    const words = 'four one one one, one one one one, one one one one, one one one one';
    const card = ALL_BUILTIN.filter(({ id }) => id === 'payment-card');
    expect(redact(card, words).count).toBe(0);
    const asking = card.map((rule) => ({ ...rule, digitWords: true }));
    expect(redacted(asking, words)).toBe('████');
    expect(redacted(asking, 'fyra one ett 1 ett ett ett ett ett ett ett ett ett ett ett ett')).toBe('████');
  });

  it('leaves ordinary numbers alone', () => {
    for (const text of [
      'on 2024-01-15 12:30',
      'order 4711 0815',
      '1,234,567.89 kr',
      'call 08-123 456',
      'track 1Z999AA10123456784',
    ]) {
      expect(
        redacted(ALL_BUILTIN.slice(0, 1).concat(ALL_BUILTIN.filter(({ id }) => id === 'payment-card')), text),
      ).toBe(text);
    }
  });
});

describe('numbers split over messages', () => {
  const rules = compileRuleSet(ALL_BUILTIN);

  it('finds a number over two and over three messages', () => {
    expect(findSplitMatches(rules, ['my card: 4111 1111'], '1111 1111 thanks', WHERE)).toEqual({
      texts: ['my card: ████', '████ thanks'],
      ruleIds: ['payment-card'],
    });
    const three = findSplitMatches(rules, ['hello', 'it is 900101', '-00'], '17', WHERE);
    expect(three).toEqual({
      texts: [undefined, 'it is ████', '████', '████'].slice(0),
      ruleIds: ['se-personnummer'],
    });
  });

  it('does not fire on what lies within one message, nor on chance neighbours', () => {
    expect(findSplitMatches(rules, ['nothing here'], 'or here', WHERE)).toBeUndefined();
    expect(findSplitMatches(rules, ['at 12:30 on 2024-01-15'], '2 tickets for 45 kr', WHERE)).toBeUndefined();
    expect(findSplitMatches(rules, ['call 555 123'], '4567 is mine', WHERE)).toBeUndefined();
    expect(findSplitMatches(rules, [], '17', WHERE)).toBeUndefined();
    const short = compileRuleSet([ruleOf('\\d+', { check: 'luhn' })]);
    expect(findSplitMatches(short, ['1'], '8', WHERE)).toBeUndefined();
  });

  it('reads look-alike digits and, where a rule asks for it, spelled-out ones over several messages', () => {
    const wide = findSplitMatches(rules, ['kort ４１１１１１１１'], '１１１１１１１１', WHERE);
    expect(wide?.texts.join('|')).not.toMatch(/[０-９]/u);
    expect(wide?.ruleIds).toHaveLength(1);
    const spelled = compileRuleSet(ALL_BUILTIN.map((rule) => ({ ...rule, digitWords: true })));
    const words = (count: number) => Array.from({ length: count }, () => 'one').join(' ');
    const told = findSplitMatches(spelled, [`four ${words(7)}`], words(8), WHERE);
    expect(told?.texts.join('|')).not.toMatch(/one/);
  });
});
