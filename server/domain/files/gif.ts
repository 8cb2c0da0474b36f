/** GIF89a: a header, then blocks. Comments, plain texts and foreign application blocks are left out. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
const HEADER_BYTES = 13;
const IMAGE_BYTES = 10;
/** Says how often an animation runs; other applications keep what they like. */
const LOOPING = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/** @throws RangeError when the file ends too early */
export function* gifBlocks(bytes: Uint8Array): Generator<Uint8Array> {
  let at = HEADER_BYTES + colorTableBytes(byteAt(bytes, 10));
  yield slice(bytes, 0, at);
  for (;;) {
    const start = at;
    const kind = byteAt(bytes, at);
    if (kind === TRAILER) {
      yield slice(bytes, at, at + 1);
      return;
    }
    if (kind === IMAGE) {
      // The coded picture begins with the size of its codes.
      const head = at + IMAGE_BYTES + colorTableBytes(byteAt(bytes, at + 9)) + 1;
      at = subBlocksEnd(bytes, head);
      yield slice(bytes, start, at);
    } else if (kind === EXTENSION) {
      at = subBlocksEnd(bytes, at + 2);
      if (isKept(bytes, start)) yield slice(bytes, start, at);
    } else throw new RangeError('there is no block where one must be');
  }
}

function isKept(bytes: Uint8Array, at: number): boolean {
  const label = byteAt(bytes, at + 1);
  if (label === GRAPHIC_CONTROL) return true;
  return label === APPLICATION && LOOPING.has(String.fromCharCode(...bytes.subarray(at + 3, at + 14)));
}

function colorTableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

function subBlocksEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let size = byteAt(bytes, at); size > 0; size = byteAt(bytes, at)) at += size + 1;
  return at + 1;
}

function slice(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (end > bytes.length) throw new RangeError('the file ends inside a block');
  return bytes.subarray(start, end);
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError('the file ends too early');
  return byte;
}
