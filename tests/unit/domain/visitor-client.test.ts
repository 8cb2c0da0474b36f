import { primaryLanguage, utmOf, visitorClientOf } from '../../../server/domain/index.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

describe('what a visitor comes with', () => {
  it.each([
    [FIREFOX, { device: 'desktop', browser: 'Firefox', os: 'Linux' }],
    [IPHONE, { device: 'mobile', browser: 'Safari', os: 'iOS' }],
    [GOOGLEBOT, { device: 'bot' }],
    ['', { device: 'other', browser: 'other', os: 'other' }],
  ])('is told in families: %s', (userAgent, families) => {
    expect(visitorClientOf({ userAgent })).toMatchObject(families);
  });

  it('is never a name that the header makes up', () => {
    for (const userAgent of [
      'Anna-Svensson/1.0 (her own laptop)',
      'x'.repeat(100_000),
      'anna@example.com/1 y',
    ]) {
      const { browser, os } = visitorClientOf({ userAgent });
      expect([browser, os]).toEqual(['other', 'other']);
    }
  });

  it.each([
    ['sv-SE,sv;q=0.9,en;q=0.8', 'sv'],
    ['en;q=0.5, de;q=0.7', 'de'],
    ['EN-gb', 'en'],
    ['*', undefined],
    ['4242 4242 4242 4242', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('prefers the language of %s', (header, language) => {
    expect(primaryLanguage(header)).toBe(language);
  });

  it('has a campaign only when the address names one', () => {
    expect(utmOf('https://a.example/x?utm_source=news&utm_medium=mail&q=1#utm_term=x')).toEqual({
      source: 'news',
      medium: 'mail',
    });
    for (const url of ['https://a.example/', 'https://a.example/?utm=1&utm_=2&utm_source=', 'utm_source=x']) {
      expect(utmOf(url)).toBeUndefined();
    }
  });
});
