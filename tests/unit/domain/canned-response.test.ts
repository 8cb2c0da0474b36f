import { fillVariables } from '../../../server/domain/index.ts';

describe('variables of canned responses', () => {
  const values = { 'visitor.name': 'Alva', 'profile.plan': ' ', caseId: 'C-1' };

  it.each([
    ['Hello {{visitor.name}}!', 'Hello Alva!', []],
    ['Hello {{ visitor.name | there }}!', 'Hello Alva!', []],
    ['Hello {{agent.name|there}}!', 'Hello there!', []],
    ['{{profile.plan|basic}}, {{profile.plan}}', 'basic, ', ['profile.plan']],
    ['{{a}} {{a}} {{b|}}', '  ', ['a']],
    ['{{constructor}}{{__proto__}}', '', ['constructor', '__proto__']],
    ['{{ not closed {caseId} {{}} {{{caseId}}}', '{{ not closed {caseId} {{}} {C-1}', []],
  ])('fill %s', (text, filled, missing) => {
    expect(fillVariables(text, values)).toEqual({ text: filled, missing });
  });

  it('are not looked for in what was filled in', () => {
    expect(fillVariables('{{visitor.name}}', { 'visitor.name': '{{caseId}}' }).text).toBe('{{caseId}}');
  });
});
