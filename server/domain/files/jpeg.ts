/** JPEG, ITU-T T.81, annex B: a file is a row of segments, each a marker and most with a length. */
const MARKER = 0xff;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
const RST0 = 0xd0;
const RST7 = 0xd7;
const EXIF = 'Exif\0\0';
const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/**
 * The segments that make the picture. Of the application segments only JFIF's and Adobe's colour transform stay (of
 * JFIF without its preview), and of EXIF which way is up.
 * @throws RangeError when the file ends too early
 */
export function* jpegSegments(bytes: Uint8Array): Generator<Uint8Array> {
  yield bytes.subarray(0, 2);
  for (let at = 2; ; ) {
    const marker = markerAt(bytes, at);
    if (marker === EOI) {
      yield bytes.subarray(at, at + 2);
      return;
    }
    const end = at + 2 + uint16(bytes, at + 2);
    if (end > bytes.length) throw new RangeError('the file ends inside a segment');
    yield* kept(bytes.subarray(at, end), marker);
    at = marker === SOS ? scanEnd(bytes, end) : end;
    if (marker === SOS) yield bytes.subarray(end, at);
  }
}

function* kept(segment: Uint8Array, marker: number): Generator<Uint8Array> {
  if (marker === APP0) yield jfifWithoutPreview(segment);
  else if (marker === APP1) yield* orientationOnly(segment);
  else if (marker === APP14 && startsWith(segment, 'Adobe')) yield segment.subarray(0, 16);
  else if ((marker < APP0 || marker > APP15) && marker !== COM) yield segment;
}

/** Version, density and no preview (JFIF 1.02). */
function jfifWithoutPreview(segment: Uint8Array): Uint8Array {
  if (!startsWith(segment, 'JFIF\0') || segment.length < 18) return new Uint8Array(0);
  const header = Uint8Array.from(segment.subarray(0, 18));
  header.set([0, 16], 2);
  header.set([0, 0], 16);
  return header;
}

/** A new EXIF segment that says which way is up and nothing else (EXIF 2.32, 4.6.4). */
function* orientationOnly(segment: Uint8Array): Generator<Uint8Array> {
  if (!startsWith(segment, EXIF)) return;
  const orientation = orientationOf(segment.subarray(4 + EXIF.length));
  if (orientation === undefined) return;
  const body = Buffer.concat([
    Buffer.from(`${EXIF}MM\0*`, 'latin1'),
    Buffer.from([0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
  ]);
  yield Buffer.concat([Buffer.from([MARKER, APP1, 0, body.length + 2]), body]);
}

/** 2 to 8; upright (1) needs no word, and what cannot be read says nothing. */
function orientationOf(tiff: Uint8Array): number | undefined {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return undefined;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return undefined;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index++) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return undefined;
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 2 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** Where the coded picture behind a scan header ends: at the next marker that is neither stuffing nor a restart. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(MARKER, from); at !== -1; at = bytes.indexOf(MARKER, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0 || next === MARKER || (next >= RST0 && next <= RST7);
    if (!isData) return at;
  }
  throw new RangeError('the picture has no end');
}

function markerAt(bytes: Uint8Array, at: number): number {
  const marker = bytes[at + 1];
  if (bytes[at] !== MARKER || marker === undefined || marker === 0 || marker === SOI) {
    throw new RangeError('there is no marker where one must be');
  }
  return marker;
}

function uint16(bytes: Uint8Array, at: number): number {
  const [high, low] = [bytes[at], bytes[at + 1]];
  if (high === undefined || low === undefined) throw new RangeError('the file ends inside a length');
  return high * 256 + low;
}

/** Whether the segment's content, behind marker and length, begins with the text. */
function startsWith(segment: Uint8Array, text: string): boolean {
  return String.fromCharCode(...segment.subarray(4, 4 + text.length)) === text;
}
