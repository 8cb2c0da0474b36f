import { Secret } from './secret.ts';

/** Reads the text of a variable. @throws Malformed with what it must be, never with what it was */
export type Parser<T> = (text: string) => T;

/** A variable's text is not what it must be; the message completes "NAME ...". */
export class Malformed extends Error {
  constructor(mustBe: string) {
    super(mustBe);
    this.name = 'Malformed';
  }
}

/** An empty text means "not set". */
export function optional<T>(parse: Parser<T>): Parser<T | undefined> {
  return (text) => (text === '' ? undefined : parse(text));
}

/** The value is kept out of every output. */
export function secret<T>(parse: Parser<T>): Parser<Secret<T>> {
  return (text) => new Secret(parse(text));
}

export function integer(min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Malformed(`must be a whole number from ${min} to ${max}`);
    return value;
  };
}

export function decimal(min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Malformed(`must be a number from ${min} to ${max}`);
    return value;
  };
}

export function flag(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new Malformed('must be true or false');
}

export function oneOf<const T extends string>(values: readonly T[]): Parser<T> {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw new Malformed(`must be one of ${values.join(', ')}`);
    return value;
  };
}

export function matching(pattern: RegExp, mustBe: string): Parser<string> {
  return (text) => {
    if (!pattern.test(text)) throw new Malformed(mustBe);
    return text;
  };
}

export function lengthBetween(min: number, max: number): Parser<string> {
  return (text) => {
    if (text.length < min || text.length > max) {
      throw new Malformed(`must have ${min} to ${max} characters`);
    }
    return text;
  };
}

/** Base64 or base64url of exactly `byteLength` bytes. */
export function base64Key(byteLength: number): Parser<Uint8Array> {
  return (text) => {
    const bytes = Buffer.from(text, 'base64');
    const canonical = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
    if (bytes.length !== byteLength || bytes.toString('base64').replace(/=+$/, '') !== canonical) {
      throw new Malformed(`must be exactly ${byteLength} bytes in base64`);
    }
    return new Uint8Array(bytes);
  };
}

/** A text of at least `byteLength` bytes in UTF-8. */
export function atLeastBytes(byteLength: number): Parser<string> {
  return (text) => {
    if (Buffer.byteLength(text) < byteLength) throw new Malformed(`must have at least ${byteLength} bytes`);
    return text;
  };
}

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

/** The address of an identity provider: TLS, but for one on this machine. */
export const issuerAddress: Parser<URL> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFine =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname));
  if (url === undefined || !isFine) {
    throw new Malformed('must be an https:// address (http:// on this machine alone)');
  }
  return url;
};
