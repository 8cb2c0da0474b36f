/**
 * The text of a file: UTF-8 or UTF-16 as its first bytes say, and Windows' western code page for what is neither,
 * as spreadsheets write it. Undefined when it holds control characters that no text has.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = decode(bytes);
  return isText(text) ? text : undefined;
}

/** The encoding that a byte order mark speaks of, with which no other kind of file that is taken begins. */
export function utf16Mark([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function decode(bytes: Uint8Array): string {
  const marked = utf16Mark(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return windows1252(bytes);
  }
}

/** Windows-1252 from 0x80 on (WHATWG Encoding); Node's own decoder reads these as Latin-1 in some releases. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f' + '\u0090‘’“”•–—˜™š›œ\u009džŸ';

function windows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return latin1.replace(/[\u0080-\u009f]/g, (character) => HIGH[character.charCodeAt(0) - 0x80] ?? character);
}

/** Tab, line feed, form feed and carriage return are the control characters of text; escape colours log files. */
function isText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isControl = code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0c && code !== 0x0d;
    if ((isControl && code !== 0x1b) || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
}
