import { clientName } from '../../../server/domain/index.ts';

describe('the coarse name of a browser', () => {
  const mozilla = 'Mozilla/5.0';
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

  it.each([
    [`${mozilla} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Windows'],
    [`${mozilla} (Windows NT 10.0; Win64; x64) ${chrome} Edg/143.0.0.0`, 'Microsoft Edge on Windows'],
    [`${mozilla} (Linux; Android 14; Pixel 8) ${chrome}`, 'Chrome on Android'],
    [
      `${mozilla} (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1`,
      'Safari on iOS',
    ],
    [
      `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.6 Safari/605.1.15`,
      'Safari on macOS',
    ],
    ['curl/8.9.1', 'Another program'],
    ['', 'Another program'],
    ['anna@example.com 192.0.2.1', 'Another program'],
  ])('of %j is %j', (userAgent, name) => {
    expect(clientName(userAgent)).toBe(name);
  });
});
