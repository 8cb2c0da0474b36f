import {
  compileStoredRule,
  inOrder,
  type RedactionRule,
  redactText,
  ruleSetOf,
} from '../../../../server/domain/redaction/index.ts';
import { ruleOf, WHERE } from './support.ts';

const redactStored = (rules: readonly RedactionRule[], text: string) =>
  redactText(ruleSetOf(inOrder(rules).map(compileStoredRule)), text, WHERE);

describe('a rule that was accepted once', () => {
  it.each([
    ['x\\Zy', 'a xZy b', 'a ████ b'],
    ['.{1,60}x', 'aaax', '████'],
  ])('goes on running, though %s would be refused today', (pattern, text, kept) => {
    expect(redactStored([ruleOf(pattern)], text).text).toBe(kept);
  });

  it('takes out whole texts when it cannot run at all, and nothing is thrown', () => {
    const broken = ruleOf('(?<!a)b', { id: 'broken', replacement: { keepLast: 8, mask: '' } });
    expect(redactStored([broken, ruleOf('zzz')], 'a text of no harm')).toEqual({
      text: '████',
      count: 1,
      matches: [{ ruleId: 'broken', start: 0, end: 17 }],
    });
    expect(redactStored([broken], '████').count).toBe(0);
    expect(redactStored([broken], '').count).toBe(0);
    expect(redactStored([{ ...broken, enabled: false }], 'kept').text).toBe('kept');
  });
});
