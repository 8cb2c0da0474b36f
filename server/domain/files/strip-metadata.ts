import type { FileKind } from '../../../shared/protocol/index.ts';
import { gifBlocks } from './gif.ts';
import { jpegSegments } from './jpeg.ts';

/** A picture that is not built as its format says. */
export class MalformedImage extends Error {
  constructor() {
    super('the picture is not built as its format says');
    this.name = 'MalformedImage';
  }
}

const PNG_HEADER_BYTES = 8;
/** What a picture needs to look as it does (PNG, third edition, 11.2 and 11.3); texts, times and EXIF are not among it. */
const PNG_KEPT = new Set(
  ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'sBIT', 'sRGB', 'bKGD', 'pHYs'].concat([
    'acTL',
    'fcTL',
    'fdAT',
  ]),
);
/** Chunks of a WebP file (RFC 9649) that are pictures; `EXIF` and `XMP ` are not among them. */
const WEBP_KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);
/** Bits of `VP8X` that announce an ICC profile, EXIF and XMP. */
const WEBP_ANNOUNCED = 0x2c;
const RIFF_HEADER_BYTES = 12;

/**
 * A picture without what it says beside its pixels: place, time, camera, comments, previews, and anything behind its
 * end. How a JPEG is to be turned is kept. Other kinds are answered as they are.
 * @throws MalformedImage
 */
export function stripMetadata(kind: FileKind, bytes: Uint8Array): Uint8Array {
  try {
    switch (kind) {
      case 'jpeg':
        return Buffer.concat([...jpegSegments(bytes)]);
      case 'png':
        return Buffer.concat([...pngChunks(bytes)]);
      case 'webp':
        return webpFile([...webpChunks(bytes)]);
      case 'gif':
        return Buffer.concat([...gifBlocks(bytes)]);
      default:
        return bytes;
    }
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedImage();
    throw error;
  }
}

function* pngChunks(bytes: Uint8Array): Generator<Uint8Array> {
  const view = viewOf(bytes);
  yield bytes.subarray(0, PNG_HEADER_BYTES);
  for (let at = PNG_HEADER_BYTES; ; ) {
    const end = at + 12 + view.getUint32(at);
    const type = latin1(bytes, at + 4, at + 8);
    if (end > bytes.length) throw new MalformedImage();
    if (PNG_KEPT.has(type)) yield bytes.subarray(at, end);
    if (type === 'IEND') return;
    at = end;
  }
}

function* webpChunks(bytes: Uint8Array): Generator<Uint8Array> {
  const view = viewOf(bytes);
  const fileEnd = Math.min(bytes.length, view.getUint32(4, true) + 8);
  for (let at = RIFF_HEADER_BYTES; at < fileEnd; ) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    if (at + 8 + size > fileEnd) throw new MalformedImage();
    const type = latin1(bytes, at, at + 4);
    const chunk = Uint8Array.from(bytes.subarray(at, Math.min(end, fileEnd)));
    if (type === 'VP8X' && size > 0) chunk[8] = (chunk[8] ?? 0) & ~WEBP_ANNOUNCED;
    if (WEBP_KEPT.has(type)) yield chunk;
    at = end;
  }
}

function webpFile(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 0) throw new MalformedImage();
  const body = Buffer.concat(chunks);
  const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  header.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([header, body]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
