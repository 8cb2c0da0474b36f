import { BUILTIN_RULES } from '../../../../server/domain/redaction/index.ts';
import { builtinAsRule, redact, redacted } from './support.ts';

const DEFAULTS = BUILTIN_RULES.filter(({ enabledByDefault }) => enabledByDefault).map(builtinAsRule);
const CARD = '4242424242424242';
/** Everything below U+3100 that is neither a letter nor a number. */
const SIGNS = Array.from({ length: 0x3100 }, (_, code) => String.fromCharCode(code)).filter((sign) =>
  /^[\p{Z}\p{P}\p{S}\p{Cf}\p{Cc}\p{M}]$/u.test(sign),
);
/** Beginnings of character references and percent-escapes, which read as something else. */
const NOT_ALONE = ['&', '%'];

describe('what stands between the digits of a number', () => {
  it('hides it nowhere, whatever the sign', () => {
    expect(SIGNS.length).toBeGreaterThan(3_000);
    const left = SIGNS.flatMap((sign) => {
      const written = [
        [...CARD].join(sign),
        ['4242', '4242', '4242', '4242'].join(sign),
        `811218${sign}9876`,
      ];
      return written.filter(
        (text) => /\d{4}|\d\D+\d/.test(redacted(DEFAULTS, text)) && !NOT_ALONE.includes(sign),
      );
    });
    expect(left).toEqual([]);
  });

  it.each(['😀', '❤️', '] [', '" "', ' = ', ' · '])('hides none of its groups: %j', (sign) => {
    for (const text of [`4242${sign}4242${sign}4242${sign}4242`, `811218${sign}9876`]) {
      expect(redacted(DEFAULTS, `it is ${text} ok`)).toBe('it is ████ ok');
    }
  });

  it.each([
    '$1200; $3400; $9876 for 811218 pieces',
    'rooms 81, 12 and 18=98 76',
    '8112>18-9876;',
    'a[811218] b[9876]',
    '4242=4242; 4242=4242',
    '42424242;42424242',
  ])('makes no number of several: %s', (text) => {
    expect(redact(DEFAULTS, text).count).toBe(0);
  });

  it('may be looked through letters of other alphabets that look like digits', () => {
    expect(redacted(DEFAULTS, 'З5З0 111З ЗЗЗ0 0000')).toBe('████');
    expect(redacted(DEFAULTS, 'За 5 минут, Здравствуйте')).toBe('За 5 минут, Здравствуйте');
  });

  it('hides nothing by being shown backwards', () => {
    const backwards = (text: string) => `\u202e${[...text].reverse().join('')}`;
    expect(redacted(DEFAULTS, `it is ${backwards('4242 4242 4242 4242')}\u202c, ok`)).toBe(
      'it is \u202e████\u202c, ok',
    );
    expect(redacted(DEFAULTS, `811218${backwards('-9876')}`)).not.toMatch(/\d{4}/);
    expect(redacted(DEFAULTS, `😀 ${backwards('811218-9876')}\nbye`)).toBe('😀 \u202e████\nbye');
    const other = `it is ${backwards('1234567')}\u202c, ok`;
    expect(redacted(DEFAULTS, other)).toBe(other);
  });

  it('may be Chinese, where a rule reads words for digits', () => {
    const words = DEFAULTS.map((rule) => ({ ...rule, digitWords: true }));
    expect(redacted(words, '卡号四二四二四二四二四二四二四二四二谢谢')).toBe('卡号████谢谢');
    expect(redacted(DEFAULTS, '卡号四二四二四二四二四二四二四二四二')).toContain('四二四二');
  });
});
