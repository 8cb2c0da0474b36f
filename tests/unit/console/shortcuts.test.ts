import { type Shortcut, ShortcutMatcher } from '../../../console/components/shell/shortcuts.ts';

const shortcut = (keys: string): Shortcut => ({ keys, about: keys, group: 'Test', run: () => undefined });
const SHORTCUTS = ['j', 'g i', 'g t', '?'].map(shortcut);

function press(matcher: ShortcutMatcher, key: string, over: object = {}): string | undefined {
  return matcher.match({ key, modified: false, typing: false, at: 0, ...over }, SHORTCUTS)?.keys;
}

describe('shortcuts', () => {
  it('knows single keys and sequences', () => {
    const matcher = new ShortcutMatcher();
    expect(press(matcher, 'j')).toBe('j');
    expect(press(matcher, 'g')).toBeUndefined();
    expect(press(matcher, 't', { at: 500 })).toBe('g t');
    expect(press(matcher, 't', { at: 600 })).toBeUndefined();
  });

  it('forgets the first key after a while', () => {
    const matcher = new ShortcutMatcher();
    press(matcher, 'g');
    expect(press(matcher, 'i', { at: 2_000 })).toBeUndefined();
  });

  it('leaves keys alone that are typed or held with others', () => {
    const matcher = new ShortcutMatcher();
    expect(press(matcher, 'j', { typing: true })).toBeUndefined();
    expect(press(matcher, 'j', { modified: true })).toBeUndefined();
    press(matcher, 'g');
    press(matcher, 'x', { typing: true });
    expect(press(matcher, 'i')).toBeUndefined();
  });
});
