import type { BuiltinRuleKey } from '../../server/domain/redaction/index.ts';

/** A seeded source of numbers in [0, 1): mulberry32, good enough for test data and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;

export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;
const digitString = (random: Random, length: number): string =>
  Array.from({ length }, () => String(Math.floor(random() * 10))).join('');
const letters = (random: Random, from: string, length: number): string =>
  Array.from({ length }, () => pick(random, [...from])).join('');
const two = (value: number): string => String(value).padStart(2, '0');
const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

function birth(random: Random): {
  yy: string;
  yyyy: string;
  mm: string;
  dd: string;
  month: number;
  day: number;
} {
  const year = between(random, 1925, 2015);
  const month = between(random, 1, 12);
  const day = between(random, 1, 28);
  return { yy: two(year % 100), yyyy: String(year), mm: two(month), dd: two(day), month, day };
}

/** The digit that makes Luhn's sum divisible by ten; written apart from the product's own. */
function luhnDigit(payload: string): string {
  let sum = 0;
  for (const [index, character] of [...payload].reverse().entries()) {
    const doubled = index % 2 === 0 ? Number(character) * 2 : Number(character);
    sum += Math.floor(doubled / 10) + (doubled % 10);
  }
  return String((10 - (sum % 10)) % 10);
}

const weigh = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);

function personnummer(random: Random): string {
  const { yy, yyyy, mm, day } = birth(random);
  const coordination = random() < 0.1 ? 60 : 0;
  const payload = yy + mm + two(day + coordination) + String(between(random, 1, 999)).padStart(3, '0');
  const short = payload + luhnDigit(payload);
  const full = random() < 0.5 ? yyyy.slice(0, 2) : '';
  return full + short.slice(0, 6) + pick(random, ['-', '-', '']) + short.slice(6);
}

function organisationsnummer(random: Random): string {
  const payload =
    pick(random, ['2', '5', '7', '8', '9']) +
    digitString(random, 1) +
    pick(random, ['2', '3', '6', '9']) +
    digitString(random, 6);
  const whole = payload + luhnDigit(payload);
  return `${whole.slice(0, 6)}-${whole.slice(6)}`;
}

function fodselsnummer(random: Random): string {
  for (;;) {
    const { yy, mm, day } = birth(random);
    const head = two(day + (random() < 0.2 ? 40 : 0)) + mm + yy + digitString(random, 3);
    const first = (11 - (weigh(head, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
    const second = (11 - (weigh(head + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    if (first < 10 && second < 10)
      return `${head.slice(0, 6)}${pick(random, [' ', ''])}${head.slice(6)}${first}${second}`;
  }
}

function cpr(random: Random): string {
  const { yy, mm, dd } = birth(random);
  return `${dd}${mm}${yy}-${digitString(random, 4)}`;
}

function henkilotunnus(random: Random): string {
  const { yy, mm, dd } = birth(random);
  const serial = String(between(random, 2, 899)).padStart(3, '0');
  const sign = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(dd + mm + yy + serial) % 31];
  return `${dd}${mm}${yy}${pick(random, [...'-AYB'])}${serial}${sign}`;
}

function bsn(random: Random): string {
  for (;;) {
    const head = digitString(random, 8);
    const check = weigh(head, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    if (check < 10 && head !== '00000000') return head + check;
  }
}

function pesel(random: Random): string {
  const { yyyy, yy, month, dd } = birth(random);
  const head = yy + two(month + (yyyy.startsWith('20') ? 20 : 0)) + dd + digitString(random, 4);
  return head + ((10 - (weigh(head, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
}

function dni(random: Random): string {
  const head = pick(random, ['X', 'Y', 'Z', '0', '1', '4', '7']);
  const rest = digitString(random, 7);
  const value = Number(String('XYZ'.includes(head) ? 'XYZ'.indexOf(head) : head) + rest);
  return head + rest + 'TRWAGMYFPDXBNJZSQVHLCKE'[value % 23];
}

const ODD = '1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23'.split(' ').map(Number);

function codiceFiscale(random: Random): string {
  const consonants = 'BCDFGLMNPRSTVZ';
  let head =
    letters(random, consonants, 6) + two(between(random, 25, 99)) + pick(random, [...'ABCDEHLMPRST']);
  head +=
    two(between(random, 1, 28) + (random() < 0.5 ? 40 : 0)) +
    letters(random, 'ABCDEFGHIL', 1) +
    digitString(random, 3);
  if (random() < 0.05) head = head.slice(0, 14) + 'LMNPQRSTUV'[Number(head[14])];
  const value = (character: string): number =>
    character <= '9' ? Number(character) : character.charCodeAt(0) - 65;
  const sum = [...head].reduce(
    (total, character, index) => total + (index % 2 ? value(character) : (ODD[value(character)] ?? 0)),
    0,
  );
  return head + String.fromCharCode(65 + (sum % 26));
}

function nino(random: Random): string {
  return `${letters(random, 'ABCEHJLMPRSTW', 1)}${letters(random, 'ABCEHJLMPRSTW', 1)}${digitString(random, 6)}${pick(random, [...'ABCD'])}`;
}

function nhs(random: Random): string {
  for (;;) {
    const head = digitString(random, 9);
    const check = (11 - (weigh(head, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    if (check < 10)
      return pick(random, [
        `${head}${check}`,
        `${head.slice(0, 3)} ${head.slice(3, 6)} ${head.slice(6)}${check}`,
      ]);
  }
}

const ssn = (random: Random): string =>
  `${between(random, 1, 665).toString().padStart(3, '0')}-${two(between(random, 1, 99))}-${String(between(random, 1, 9999)).padStart(4, '0')}`;

const CARD_FORMS: readonly (readonly [prefix: string, length: number])[] = [
  ['4', 16],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2699', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['36', 14],
  ['3530', 16],
  ['62', 16],
  ['5018', 16],
  ['4', 13],
];

function paymentCard(random: Random): string {
  const [prefix, length] = pick(random, CARD_FORMS);
  const payload = prefix + digitString(random, length - prefix.length - 1);
  const card = payload + luhnDigit(payload);
  if (length !== 16) return card;
  return (card.match(/.{4}/g) ?? []).join(pick(random, ['', ' ', '-']));
}

const IBAN_FORMS: Readonly<Record<string, string>> = {
  SE: 'd20',
  DE: 'd18',
  GB: 'l4d14',
  NL: 'l4d10',
  NO: 'd11',
  FI: 'd14',
  FR: 'd23',
  ES: 'd20',
  DK: 'd14',
  PL: 'd24',
};

function iban(random: Random): string {
  const country = pick(random, Object.keys(IBAN_FORMS));
  const account = (IBAN_FORMS[country] ?? '').replace(/([dl])(\d+)/g, (_, kind: string, count: string) =>
    kind === 'd' ? digitString(random, Number(count)) : letters(random, 'ABCDEFGHKLMNPRST', Number(count)),
  );
  const spelled = [...`${account}${country}00`].map((character) => Number.parseInt(character, 36)).join('');
  const code = `${country}${two(98 - Number(BigInt(spelled) % 97n))}${account}`;
  return random() < 0.5 ? code : (code.match(/.{1,4}/g) ?? []).join(' ');
}

/** Generators of valid values, for every built-in rule with a form that can be generated. */
export const POSITIVES: Readonly<
  Record<Exclude<BuiltinRuleKey, 'password' | 'jwt' | 'api-key'>, (random: Random) => string>
> = {
  'se-personnummer': personnummer,
  'se-organisationsnummer': organisationsnummer,
  'no-fodselsnummer': fodselsnummer,
  'dk-cpr': cpr,
  'fi-henkilotunnus': henkilotunnus,
  'nl-bsn': bsn,
  'pl-pesel': pesel,
  'es-dni': dni,
  'it-codice-fiscale': codiceFiscale,
  'gb-nino': nino,
  'gb-nhs': nhs,
  'us-ssn': ssn,
  'payment-card': paymentCard,
  iban,
  email: (random) =>
    `${letters(random, 'abcdefghij', 5)}.${letters(random, 'klmnop', 4)}@${letters(random, 'qrstuv', 6)}.${pick(random, ['com', 'se', 'co.uk', 'org'])}`,
  phone: (random) =>
    pick(random, [
      `+4670${digitString(random, 7)}`,
      `+46 70 ${digitString(random, 3)} ${digitString(random, 2)} ${digitString(random, 2)}`,
      `070-${digitString(random, 3)} ${digitString(random, 2)} ${digitString(random, 2)}`,
      `+1 415 555 ${digitString(random, 4)}`,
    ]),
  'ip-address': (random) => Array.from({ length: 4 }, () => between(random, 0, 255)).join('.'),
};

export type GeneratedKey = keyof typeof POSITIVES;

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What is a secret by its form or by the words before it; written otherwise it would be another one. */
export const SECRETS: Readonly<Record<'password' | 'jwt' | 'api-key', (random: Random) => string>> = {
  password: (random) => {
    const value = letters(random, ALPHANUMERIC, between(random, 6, 16));
    const words = [
      'my password is ',
      'Password: ',
      'lösenordet är ',
      'pin=',
      'mein Passwort ist ',
      'mot de passe : ',
    ];
    return pick(random, words) + value;
  },
  jwt: (random) => {
    const payload = { sub: digitString(random, 8), iat: between(random, 1e9, 2e9) };
    return `${base64url({ alg: 'HS256' })}.${base64url(payload)}.${letters(random, ALPHANUMERIC, 43)}`;
  },
  'api-key': (random) =>
    pick(random, [
      `AKIA${letters(random, 'ABCDEFGHIJ234567', 15)}7`,
      `ghp_${letters(random, ALPHANUMERIC, 35)}7`,
      `sk_live_${letters(random, ALPHANUMERIC, 23)}7`,
      `AIza${letters(random, ALPHANUMERIC, 34)}7`,
      `xoxb-${digitString(random, 12)}-${letters(random, ALPHANUMERIC, 24)}`,
    ]),
};

/** Rules whose values carry a checksum. */
export const CHECKSUM_KEYS: readonly GeneratedKey[] = [
  'se-personnummer',
  'se-organisationsnummer',
  'no-fodselsnummer',
  'fi-henkilotunnus',
  'nl-bsn',
  'pl-pesel',
  'es-dni',
  'it-codice-fiscale',
  'gb-nhs',
  'payment-card',
  'iban',
];

/** One digit changed, by one to nine. */
export function oneDigitOff(random: Random, value: string): string {
  const places = [...value].flatMap((character, index) => (/\d/.test(character) ? [index] : []));
  const at = pick(random, places);
  const digit = (Number(value[at]) + between(random, 1, 9)) % 10;
  return value.slice(0, at) + digit + value.slice(at + 1);
}

/** Numbers that support messages are full of and that are none of the kinds above. */
export function ordinaryNumber(random: Random): string {
  const forms = [
    () => `order ${between(random, 10000, 99999999)}`,
    () => `invoice 2024-${digitString(random, 6)}`,
    () => `${between(random, 1, 9999)}.${two(between(random, 0, 99))} kr`,
    () => `$${between(random, 1, 99)},${digitString(random, 3)}.${two(between(random, 0, 99))}`,
    () =>
      `${birth(random).yyyy}-${two(between(random, 1, 12))}-${two(between(random, 1, 28))} ${two(between(random, 0, 23))}:${two(between(random, 0, 59))}`,
    () => `1Z${digitString(random, 3)}AA${digitString(random, 11)}`,
    () => `tracking ${letters(random, 'RLCE', 2)}${digitString(random, 9)}SE`,
    () => `${two(between(random, 1, 28))}/${two(between(random, 1, 12))}/${birth(random).yyyy}`,
    () => `between ${between(random, 10, 20)} and ${between(random, 20, 90)} pieces`,
    () => `SKU ${digitString(random, 6)}-${digitString(random, 3)}`,
  ];
  return pick(random, forms)();
}

/** A Luhn number whose first six digits are no date, as Swedish payment references of ten digits may be. */
function undatedReference(random: Random): string {
  const payload = digitString(random, 2) + two(between(random, 13, 99)) + digitString(random, 5);
  return payload + luhnDigit(payload);
}

/** Numbers with a check digit or the length of an identifier that can never be a personnummer or a payment card. */
export const LOOK_ALIKES: Readonly<Record<string, (random: Random) => string>> = {
  'IMEI (Luhn, 15 digits)': (random) => {
    const payload = pick(random, ['35', '86', '99', '01']) + digitString(random, 12);
    return payload + luhnDigit(payload);
  },
  'UPS tracking': (random) =>
    `1Z${letters(random, 'ABCDEFGHJKLMNPRSTUVWXY0123456789', 6)}${digitString(random, 10)}`,
  'postal item (S10)': (random) => `${letters(random, 'RLCEU', 2)}${digitString(random, 9)}SE`,
  'freight label (20 digits)': (random) => `00373${digitString(random, 15)}`,
  'bankgiro number (Luhn)': (random) => {
    const payload = String(between(random, 100, 9999)) + digitString(random, 3);
    const number = payload + luhnDigit(payload);
    return `${number.slice(0, -4)}-${number.slice(-4)}`;
  },
  'payment reference (Luhn, 10 digits)': undatedReference,
  'article number (EAN-13)': (random) => `73${digitString(random, 11)}`,
  'price in a table': (random) =>
    `${between(random, 1, 999)},${digitString(random, 3)}.${two(between(random, 0, 99))}`,
  'date and time': (random) =>
    `2024-${two(between(random, 1, 12))}-${two(between(random, 1, 28))}T${two(between(random, 0, 23))}:${two(between(random, 0, 59))}:${two(between(random, 0, 59))}`,
  'Swedish mobile number': (random) =>
    `07${pick(random, [...'0236'])}-${digitString(random, 3)} ${digitString(random, 2)} ${digitString(random, 2)}`,
  'international phone number': (random) => `+4670${digitString(random, 7)}`,
  'version and build': (random) =>
    `${between(random, 1, 30)}.${between(random, 0, 20)}.${digitString(random, 5)}`,
};

/** Numbers that share length and check digit with an identifier by chance now and then: nobody could tell them apart. */
export const AMBIGUOUS: Readonly<Record<string, (random: Random) => string>> = {
  'book number': (random) =>
    `978-91-${digitString(random, 4)}-${digitString(random, 3)}-${digitString(random, 1)}`,
  'FedEx tracking (12 digits)': (random) => digitString(random, 12),
  'FedEx tracking (15 digits)': (random) => digitString(random, 15),
  'order number (10 digits)': (random) => digitString(random, 10),
  'North American phone number': (random) =>
    `${between(random, 200, 999)}-${between(random, 200, 999)}-${digitString(random, 4)}`,
  'Swedish mobile number without separators': (random) =>
    `07${pick(random, [...'0236'])}${digitString(random, 7)}`,
};

/** Around a value, as in a message. */
export const FRAMES: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => `It is ${value}, thanks`,
  (value) => `my number: ${value}`,
  (value) => `Hej! ${value} är mitt nummer.`,
  (value) => `(${value})`,
  (value) => `Please look at order 4711, I am ${value}\nregards`,
];

const FULL_WIDTH = 0xfee0;
const eachDigit = (value: string, change: (digit: string, index: number) => string): string => {
  let index = 0;
  return value.replace(/\d/g, (digit) => change(digit, index++));
};
/** Puts a sign between all letters and digits; separators of the value itself stay. */
const spread = (value: string, sign: string): string =>
  value.replace(/([A-Za-z\d])(?=[A-Za-z\d])/g, `$1${sign}`);

/** Ways to write a number so that a plain pattern misses it. */
export const DISGUISES: Readonly<Record<string, (value: string, random: Random) => string>> = {
  'spaces between all': (value) => spread(value, ' '),
  'dots between all': (value) => spread(value, '.'),
  'dashes between all': (value) => spread(value, '-'),
  'slashes between all': (value) => spread(value, '/'),
  'underscores between all': (value) => spread(value, '_'),
  'asterisks between all': (value) => spread(value, '*'),
  'zero-width spaces': (value) => spread(value, '\u200b'),
  'soft hyphens': (value) => spread(value, '\u00ad'),
  'combining marks': (value) => spread(value, '\u0332'),
  'no-break spaces': (value) => spread(value, '\u00a0'),
  'full-width digits': (value) =>
    eachDigit(value, (digit) => String.fromCharCode(digit.charCodeAt(0) + FULL_WIDTH)),
  'Arabic-Indic digits': (value) => eachDigit(value, (digit) => String.fromCharCode(0x660 + Number(digit))),
  'mathematical digits': (value) =>
    eachDigit(value, (digit) => String.fromCodePoint(0x1d7d8 + Number(digit))),
  'circled digits': (value) =>
    eachDigit(value, (digit) => (digit === '0' ? '⓪' : String.fromCharCode(0x2460 + Number(digit) - 1))),
  'keycap digits': (value) => eachDigit(value, (digit) => `${digit}\ufe0f\u20e3`),
  'decimal entities': (value) => eachDigit(value, (digit) => `&#${digit.charCodeAt(0)};`),
  'hexadecimal entities': (value, random) =>
    eachDigit(value, (digit) => (random() < 0.5 ? digit : `&#x3${digit};`)),
  'en dashes': (value) => spread(value, '\u2013'),
  'mixed spaces': (value, random) =>
    value.replace(
      /([A-Za-z\d])(?=[A-Za-z\d])/g,
      (c) => c + pick(random, ['\u2009', '\u202f', ' ', '\u2007']),
    ),
};
