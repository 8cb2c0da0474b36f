import { type Detector, needs, regexDetector } from '../detector.ts';
import type { Emit } from '../numbers.ts';
import { couldMatch } from '../prefilter.ts';
import { isIpAddress } from '../validators/ip-address.ts';
import { isPhone } from '../validators/phone.ts';
import type { BuiltinRule } from './builtin-rule.ts';

const LOCAL = /[\p{L}\p{N}._%+'~-]/u;
const DOMAIN = /(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/uy;
const MAX_LOCAL = 64;

/** Looks outwards from every `@`, so that the cost does not depend on what stands elsewhere. */
function findAddresses(text: string, emit: Emit): void {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < MAX_LOCAL && LOCAL.test(text[start - 1] ?? '')) start--;
    DOMAIN.lastIndex = at + 1;
    if (start === at || !DOMAIN.test(text)) continue;
    emit(start, DOMAIN.lastIndex);
    at = DOMAIN.lastIndex - 1;
  }
}

/** "name (at) example (dot) org", as people write it to hide it from programs. */
const WORDED = regexDetector({
  needs: needs({ minLength: 8 }),
  regex:
    /[\p{L}\p{N}._+-]{1,64} ?[([{] ?(?:at|@|snabel-?a) ?[)\]}] ?[\p{L}\p{N}-]{1,63}(?: ?(?:\.|[([{] ?(?:dot|punkt|\.) ?[)\]}]) ?[\p{L}\p{N}-]{2,63}){1,4}/giu,
  accept: (match) => [0, match[0].length],
});

const SINGLE = '[A-Za-z\\d][ ._+*/-]{1,3}';
/** "n a m e @ e x a m p l e . o r g": single letters on both sides, seen from the `@`. */
const SINGLES_BEFORE = new RegExp(`(?<![A-Za-z\\d])(?:${SINGLE}){2,40}[A-Za-z\\d] ?$`);
const SINGLES_AFTER = new RegExp(` ?(?:${SINGLE}){3,60}[A-Za-z\\d](?![A-Za-z\\d])`, 'y');
const LONGEST_BEFORE = 162;

/** Addresses whose letters all stand apart; a dot must be among the signs behind the `@`. */
function findSpelledAddresses(text: string, emit: Emit): void {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const from = Math.max(0, at - LONGEST_BEFORE);
    const before = SINGLES_BEFORE.exec(text.slice(from, at));
    SINGLES_AFTER.lastIndex = at + 1;
    if (before === null || !SINGLES_AFTER.test(text)) continue;
    const end = SINGLES_AFTER.lastIndex;
    if (text.slice(at, end).includes('.')) emit(from + before.index, end);
  }
}

const BRACKETS = ['(', '[', '{'].map((all) => needs({ minLength: 8, all }));

const emailDetector: Detector = {
  needs: needs({ minLength: 6, any: ['@', '(', '[', '{'] }),
  find: (source, emit) => {
    findAddresses(source.text, emit);
    findSpelledAddresses(source.text, emit);
    if (BRACKETS.some((bracket) => couldMatch(bracket, source.facts))) WORDED.find(source, emit);
  },
};

const PHONE =
  /(?<![A-Za-z\u00C0-\u024F\d.,/-])(?:(?:\+|00)[1-9](?:[ ()./_*-]{0,2}\d){6,13}|0[1-9](?:[ ()./_*-]{0,2}\d){6,10}|(?<!\d[ _*/-])0(?:[ _*/-]{1,2}\d){8,10}|\(?[2-9]\d{2}\)?[-. ]\d{3}[-. ]\d{4})(?![A-Za-z\u00C0-\u024F\d])/g;

/** A text with more candidates than this is a list of numbers; the rest are taken without asking the library. */
const MAX_PHONE_LOOKUPS = 24;

/**
 * Candidates for libphonenumber: international, with a leading zero, or in the form of North America. The pattern
 * bounds what the library is given; nothing that a letter or a further digit touches is taken.
 */
const phoneDetector: Detector = {
  needs: needs({ minLength: 8, minDigits: 7 }),
  find: ({ text }, emit) => {
    let lookups = 0;
    PHONE.lastIndex = 0;
    for (let match = PHONE.exec(text); match !== null; match = PHONE.exec(text)) {
      const { 0: written, index } = match;
      // The library knows no underscores and asterisks between digits.
      const known = ++lookups > MAX_PHONE_LOOKUPS || isPhone(written.replace(/[_*]/g, ' '));
      if (known) emit(index, index + written.length);
    }
  },
};

const IPV4 = regexDetector({
  needs: needs({ minLength: 7, minDigits: 4, all: '.' }),
  mayHold: ({ text }) => dotsInNumbers(text) >= 3,
  regex: /(?<![A-Za-z\d.:])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z\d:]|\.\d)/g,
  accept: (match) => (isIpAddress(match[0]) ? [0, match[0].length] : undefined),
});

const IPV6 = regexDetector({
  needs: needs({ minLength: 3, all: ':' }),
  mayHold: ({ text }) => text.indexOf(':') !== text.lastIndexOf(':'),
  regex: /(?<![A-Za-z\d.:])[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?![A-Za-z\d:]|\.\d)/g,
  // Bare "::" is punctuation to everyone but a network engineer.
  accept: (match) => (/[\da-f]/i.test(match[0]) && isIpAddress(match[0]) ? [0, match[0].length] : undefined),
});

const SPELLED_OCTET = '\\d(?:SIGN\\d){0,2}';
/**
 * An IPv4 address with one sign between all digits of each number. Lists of decimals read alike ("0.5 2.3 4.5 6"), so
 * one number must have three digits.
 */
const IPV4_SPELLED = [' ', '-', '_', '*', '/'].map((sign) => {
  const octet = SPELLED_OCTET.replace('SIGN', `\\${sign}`);
  return regexDetector({
    needs: needs({ minLength: 9, minDigits: 6, all: `.${sign}` }),
    mayHold: ({ text }) => dotsInNumbers(text) >= 3,
    regex: new RegExp(`(?<![\\w.:])${octet}(?:\\.${octet}){3}(?![\\w:]|\\.\\d)`, 'g'),
    accept: ({ 0: written }) => {
      const plain = written.replaceAll(sign, '');
      return /\d{3}/.test(plain) && plain !== written && isIpAddress(plain) ? [0, written.length] : undefined;
    },
  });
});

/** Counts dots between two digits, up to three. */
function dotsInNumbers(text: string): number {
  let count = 0;
  for (let at = text.indexOf('.'); at >= 0 && count < 3; at = text.indexOf('.', at + 1)) {
    if (isDigit(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at + 1))) count++;
  }
  return count;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const IP_FORMS = [IPV4, IPV6, ...IPV4_SPELLED];

const ipDetector: Detector = {
  needs: needs({ minLength: 3, any: ['.0', '.1', '.2', '.3', '.4', '.5', '.6', '.7', '.8', '.9', ':'] }),
  find: (source, emit) => {
    for (const form of IP_FORMS) if (couldMatch(form.needs, source.facts)) form.find(source, emit);
  },
};

export const CONTACT_RULES: readonly BuiltinRule[] = [
  {
    key: 'email',
    title: 'E-mail address',
    group: 'contact',
    pattern: String.raw`[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}`,
    flags: 'i',
    check: 'email',
    enabledByDefault: false,
    distinctive: false,
    examples: {
      match: ['anna.berg@example.org', 'x+y@mail.example.co.uk'],
      noMatch: ['meet me @ noon', '@example', 'a@b'],
    },
    detector: emailDetector,
  },
  {
    key: 'phone',
    title: 'Phone number',
    group: 'contact',
    pattern: String.raw`(?:\+|\b0)\d(?:[ ()./-]{0,2}\d){6,14}\b`,
    flags: '',
    check: 'phone',
    enabledByDefault: false,
    distinctive: false,
    examples: {
      match: ['+46 70 123 45 67', '070-123 45 67', '+1 (415) 555-2671'],
      noMatch: ['order 1234567', '2024-01-15 12:30'],
    },
    detector: phoneDetector,
  },
  {
    key: 'ip-address',
    title: 'IP address (IPv4, IPv6)',
    group: 'contact',
    pattern: String.raw`\b\d{1,3}(?:\.\d{1,3}){3}\b|[\da-f:]*:[\da-f:]+`,
    flags: 'i',
    check: 'ip-address',
    enabledByDefault: false,
    distinctive: false,
    examples: {
      match: ['192.168.0.1', '2001:db8::8a2e:370:7334', '::1'],
      noMatch: ['version 1.2.3', '300.1.1.1', '10:30:15'],
    },
    detector: ipDetector,
  },
];
