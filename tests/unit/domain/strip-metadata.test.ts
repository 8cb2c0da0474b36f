import { decodeText } from '../../../server/domain/files/decode-text.ts';
import { MalformedImage, stripMetadata } from '../../../server/domain/files/strip-metadata.ts';

const SECRET = 'GPS 59.3293';
const bytes = (...parts: (string | number[] | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

function segment(marker: number, ...parts: (string | number[])[]): Buffer {
  const body = bytes(...parts);
  return bytes([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff], body);
}

/** EXIF with an orientation and a text behind it, in the byte order that its mark names. */
function exif(little: boolean, orientation: number): Buffer {
  const entry = little
    ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
    : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  return segment(0xe1, 'Exif\0\0', entry, SECRET);
}

const SCAN = bytes([0xff, 0xda, 0, 4, 1, 2, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]);
const EOI = [0xff, 0xd9];
const QUANT = segment(0xdb, [1, 2, 3]);

function jpeg(...segments: Buffer[]): Buffer {
  return bytes([0xff, 0xd8], ...segments, QUANT, SCAN, EOI, SECRET);
}

function chunk(type: string, data: string | number[]): Buffer {
  const body = bytes(data);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return bytes(type, size, body, body.length % 2 === 1 ? [0] : []);
}

describe('what a picture says beside its pixels', () => {
  it.each([true, false])('is taken out of a JPEG, but for which way is up (little-endian: %s)', (little) => {
    const jfif = segment(0xe0, 'JFIF\0', [1, 2, 0, 0, 1, 0, 1, 1, 1], SECRET);
    const given = jpeg(jfif, exif(little, 6), segment(0xed, SECRET), segment(0xfe, SECRET));
    const kept = Buffer.from(stripMetadata('jpeg', given));
    expect(kept.includes(SECRET)).toBe(false);
    expect(kept.includes(QUANT)).toBe(true);
    expect(kept.includes(SCAN)).toBe(true);
    expect(kept.subarray(-2)).toEqual(Buffer.from(EOI));
    expect(kept.includes(bytes([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))).toBe(true);
    // What comes out goes in again unchanged.
    expect(Buffer.from(stripMetadata('jpeg', kept))).toEqual(kept);
  });

  it('is left out whole where it says nothing that the picture needs', () => {
    const kept = Buffer.from(stripMetadata('jpeg', jpeg(exif(true, 1))));
    expect(kept).toEqual(bytes([0xff, 0xd8], QUANT, SCAN, EOI));
  });

  it('is taken out of a WebP, and is announced no more', () => {
    const flags = [0x2c, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const chunks = [
      chunk('VP8X', flags),
      chunk('EXIF', SECRET),
      chunk('VP8 ', 'pixels!'),
      chunk('XMP ', SECRET),
    ];
    const body = bytes('WEBP', ...chunks);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    const kept = Buffer.from(stripMetadata('webp', bytes('RIFF', size, body, SECRET)));
    expect(kept.includes(SECRET)).toBe(false);
    expect(kept.includes('pixels!')).toBe(true);
    expect(kept[20]).toBe(0);
    expect(kept.readUInt32LE(4)).toBe(kept.length - 8);
  });

  it('is taken out of a GIF, whose animation goes on', () => {
    const screen = [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
    const loop = bytes([0x21, 0xff, 11], 'NETSCAPE2.0', [3, 1, 0, 0, 0]);
    const comment = bytes([0x21, 0xfe, SECRET.length], SECRET, [0]);
    const foreign = bytes([0x21, 0xff, 11], 'XMP DataXMP', [SECRET.length], SECRET, [0]);
    const control = [0x21, 0xf9, 4, 0, 0, 0, 0, 0];
    const image = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
    const given = bytes('GIF89a', screen, loop, comment, foreign, control, image, [0x3b], SECRET);
    const kept = Buffer.from(stripMetadata('gif', given));
    expect(kept).toEqual(bytes('GIF89a', screen, loop, control, image, [0x3b]));
  });

  it.each(['jpeg', 'png', 'webp', 'gif'] as const)('cannot be hidden in a cut or made-up %s', (kind) => {
    const whole = jpeg(exif(true, 6));
    for (const made of [
      whole.subarray(0, 9),
      bytes([0xff, 0xd8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      bytes('GIF89a'),
    ]) {
      expect(() => stripMetadata(kind, made)).toThrow(MalformedImage);
    }
  });
});

describe('the text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from('smörgås, €'), 'smörgås, €'],
    ['UTF-8 with a mark', Buffer.from('\ufeffa'), 'a'],
    ['UTF-16', bytes([0xff, 0xfe], Buffer.from('å1', 'utf16le')), 'å1'],
    ['a western code page', bytes([0x73, 0x6d, 0xf6, 0x72, 0x80]), 'smör€'],
  ])('is read from %s', (_name, given, text) => {
    expect(decodeText(given)).toBe(text);
  });

  it.each([[[0]], [[1, 2, 3]], [[0x41, 0x00]], [[0x7f]]])('is not made of %j', (given) => {
    expect(decodeText(Buffer.from(given))).toBeUndefined();
  });
});
