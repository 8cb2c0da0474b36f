import { needs, regexDetector } from '../detector.ts';
import type { BuiltinRule } from './builtin-rule.ts';

/** Words for a secret in English, Swedish, Norwegian, Danish, Finnish, German, Dutch, French, Spanish, Italian, Polish. */
const SECRET_WORDS = [
  'pass ?(?:word|code|phrase)s?|passwd|pwd|pin(?:[- ]?code)?',
  'lösenord(?:et)?|losenord(?:et)?|pinkod(?:en)?|passord(?:et)?|adgangskode(?:n)?|kodeord(?:et)?|salasana(?:ni)?',
  'passwort|kennwort|wachtwoord|mot de passe|contraseña|contrasena|clave|hasło|haslo',
].join('|');

/** Beginnings that every word above has one of; a plain search for them is several times faster than the pattern. */
const HINT = /pass|pwd|pin|l(?:ö|o)sen|kod|salasana|kennwort|wachtwoord|contrase|clave|has(?:ł|l)o/i;

const VERBS = 'is now|is|was|are|är|er|on|ist|lautet|est|es|to|till';

/** What people write after "my password is" without giving it away. */
const NOT_A_SECRET = new Set(
  (
    'not no wrong incorrect invalid correct right expired blocked locked lost forgotten forgot missing required reset being ' +
    'too very still also never always what which how when the a an my your our their this that it used needed case sensitive ' +
    'working changed stolen sent secret safe secure weak strong old new only now unknown set in on at by for from with and or but ' +
    'inte fel ogiltigt utgånget bortglömt spärrat borttappat rätt det ett en min mitt ditt nytt gammalt för och eller ' +
    'ikke feil forkert glemt nicht falsch ungültig abgelaufen vergessen gesperrt richtig das ein mein und oder ' +
    'pas incorrecte incorrect oublié expiré faux bloqué le la un une mon ma et ou no incorrecta olvidada caducada mi su el y'
  ).split(' '),
);

const PASSWORD = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${SECRET_WORDS})["']?\\s{0,2}(?:([:=]|is:|är:)|(?:${VERBS})(?![\\p{L}\\p{N}]))\\s{0,3}["'“]?([^\\s"'”]{3,64})`,
  'giu',
);

/** The secret itself, without the words before it and the full stop behind it. */
function secretIn(match: RegExpExecArray): readonly [number, number] | undefined {
  const [whole, sign, value = ''] = match;
  const secret = value.replace(/[.,;:!?)]{1,3}$/, '');
  if (secret.length < 3 || (sign === undefined && NOT_A_SECRET.has(secret.toLowerCase()))) return undefined;
  const start = whole.length - value.length;
  return [start, start + value.length];
}

/**
 * Forms of keys that their issuers publish for secret scanning: AWS, GitHub, GitLab, Slack, Google, Stripe, npm, SendGrid, Twilio, OpenAI and
 * Anthropic, PEM headers of private keys.
 */
const API_KEYS = [
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'gh[pousr]_[A-Za-z0-9]{36,100}',
  'github_pat_[A-Za-z0-9_]{22,100}',
  'glpat-[A-Za-z0-9_-]{20,64}',
  'xox[abeoprs]-[A-Za-z0-9-]{10,120}',
  'AIza[A-Za-z0-9_-]{35}',
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,100}',
  'npm_[A-Za-z0-9]{36}',
  'SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{16,64}',
  'SK[0-9a-f]{32}',
  'sk-(?:[A-Za-z]{2,6}\\d{0,2}-)?[A-Za-z0-9_-]{20,160}',
].join('|');

/** A sign or beginning that every key above has; searched in a fraction of the pattern's time. */
const KEY_HINT = /[_-]|AKIA|ASIA|AIza|SG\.|SK[0-9a-f]/;

export const SECRET_RULES: readonly BuiltinRule[] = [
  {
    key: 'password',
    title: 'Password in clear ("my password is ...")',
    group: 'secret',
    pattern: String.raw`\b(?:password|passcode|pin|lösenord(?:et)?|passwort|mot de passe|contraseña)\s*(?:is|är|ist|est|es|:|=)\s*\S{3,64}`,
    flags: 'i',
    enabledByDefault: false,
    distinctive: false,
    examples: {
      match: ['my password is hunter2', 'Lösenord: sommar24!', 'mot de passe est soleil', 'PIN=1234'],
      noMatch: ['my password', 'password reset, please'],
    },
    detector: regexDetector({
      needs: needs({
        minLength: 7,
        any: [
          'pas',
          'pin',
          'pwd',
          'lsenord',
          'kode',
          'sln',
          'kenwort',
          'wachtord',
          'contrase',
          'clave',
          'haso',
        ],
      }),
      mayHold: ({ text }) => HINT.test(text),
      regex: PASSWORD,
      accept: secretIn,
    }),
  },
  {
    key: 'jwt',
    title: 'JSON Web Token',
    group: 'secret',
    pattern: String.raw`\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}`,
    flags: '',
    enabledByDefault: false,
    distinctive: true,
    examples: {
      match: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'],
      noMatch: ['eyJ is how it begins', 'a.b.c'],
    },
    detector: regexDetector({
      // RFC 7519: three base64url parts; the first two are JSON objects, which encode to "eyJ".
      needs: needs({ minLength: 30, all: 'eyj.' }),
      regex: /(?<![\w-])eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{8,2000}/g,
      accept: (match) => [0, match[0].length],
    }),
  },
  {
    key: 'api-key',
    title: 'API key or access token of a known service',
    group: 'secret',
    pattern: String.raw`\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,}|AIza[\w-]{35}|(?:sk|rk)_live_[A-Za-z0-9]{16,}|glpat-[\w-]{20,})`,
    flags: '',
    enabledByDefault: false,
    distinctive: true,
    examples: {
      match: ['AKIAIOSFODNN7EXAMPLE', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
      noMatch: ['sk-8 is a bus', 'ghp_short'],
    },
    detector: regexDetector({
      needs: needs({
        minLength: 20,
        minDigits: 1,
        any: ['akia', 'asia', 'gh_', 'glpat-', 'xo-', 'aiz', 'sk', 'rk_', 'pk_', 'npm_', 'sg.'],
      }),
      mayHold: ({ text }) => KEY_HINT.test(text),
      regex: new RegExp(`(?<![\\p{L}\\p{N}_])(?:${API_KEYS})(?![\\p{L}\\p{N}_])`, 'gu'),
      accept: (match) => (/\d/.test(match[0]) ? [0, match[0].length] : undefined),
    }),
  },
];
