import { decodeUrl } from '../../../server/pipeline/decode-url.ts';

describe('decoding a page address', () => {
  it.each([
    ['https://a.example/?q=4242%204242', 'https://a.example/?q=4242 4242'],
    ['https://a.example/x+y?q=my+word', 'https://a.example/x+y?q=my word'],
    ['https://a.example/?q=%2534%2532', 'https://a.example/?q=42'],
    ['https://a.example/%C3%A5%zz%ff?x', 'https://a.example/å%zz%ff?x'],
    ['50% off + more', '50% off + more'],
    ['', ''],
  ])('%s reads %s', (address, read) => {
    expect(decodeUrl(address)).toBe(read);
  });
});
