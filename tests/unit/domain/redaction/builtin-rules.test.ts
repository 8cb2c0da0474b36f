import {
  BUILTIN_RULE_KEYS,
  BUILTIN_RULES,
  CHECK_NAMES,
  checkExamples,
  compileRuleSet,
} from '../../../../server/domain/redaction/index.ts';
import { checkOf } from '../../../../server/domain/redaction/validators/index.ts';
import {
  CHECKSUM_KEYS,
  DISGUISES,
  FRAMES,
  oneDigitOff,
  ordinaryNumber,
  POSITIVES,
  pick,
  seededRandom,
} from '../../../support/identifiers.ts';
import { ALL_BUILTIN, builtinAsRule, redact, redacted, ruleOf } from './support.ts';

const SEED = 7;

describe('the library', () => {
  it('has every key once, and is on by default only for personnummer and payment cards', () => {
    expect(BUILTIN_RULES.map(({ key }) => key).sort()).toEqual([...BUILTIN_RULE_KEYS].sort());
    expect(BUILTIN_RULES.filter((rule) => rule.enabledByDefault).map(({ key }) => key)).toEqual([
      'se-personnummer',
      'payment-card',
    ]);
  });

  it.each(BUILTIN_RULES.map((builtin) => [builtin.key, builtin] as const))(
    '%s passes its own examples',
    (_key, builtin) => {
      expect(checkExamples(builtinAsRule(builtin))).toEqual({ ok: true, failures: [] });
    },
  );

  it.each(BUILTIN_RULES.map((builtin) => [builtin.key, builtin] as const))(
    '%s finds its examples as a plain pattern too',
    (_key, builtin) => {
      const { builtin: _detector, ...plain } = builtinAsRule(builtin);
      expect(checkExamples(plain).failures.filter(({ kind }) => kind === 'match')).toEqual([]);
    },
  );

  it('names the examples that fail', () => {
    const rule = ruleOf('a', { examples: { match: ['a', 'b'], noMatch: ['b', 'xa'] } });
    expect(checkExamples(rule)).toEqual({
      ok: false,
      failures: [
        { kind: 'match', index: 1 },
        { kind: 'noMatch', index: 1 },
      ],
    });
  });
});

describe(`generated values (seed ${SEED})`, () => {
  it.each(CHECKSUM_KEYS)('%s: recall, disguises and near misses', (key) => {
    const builtin = BUILTIN_RULES.find((rule) => rule.key === key);
    if (builtin === undefined) throw new Error('no such rule');
    const rules = [builtinAsRule(builtin)];
    const random = seededRandom(SEED);
    let off = 0;
    for (let n = 0; n < 200; n++) {
      const value = POSITIVES[key](random);
      const disguise = pick(random, Object.entries(DISGUISES));
      expect([value, redact(rules, pick(random, FRAMES)(value)).count]).toEqual([value, 1]);
      expect([disguise[0], value, redact(rules, disguise[1](value, random)).count]).toEqual([
        disguise[0],
        value,
        1,
      ]);
      off += redact(rules, oneDigitOff(random, value)).count;
    }
    expect(off).toBeLessThan(6);
  });

  it('ordinary numbers pass the rules that are on by default', () => {
    const rules = BUILTIN_RULES.filter((rule) => rule.enabledByDefault).map(builtinAsRule);
    const random = seededRandom(SEED);
    for (let n = 0; n < 1_000; n++) {
      const text = pick(random, FRAMES)(ordinaryNumber(random));
      expect([text, redact(rules, text).count]).toEqual([text, 0]);
    }
  });
});

describe('passwords in clear', () => {
  const WORDS =
    'password passcode passphrase passwords passwd pwd pin pincode pin-code lösenord lösenordet losenord pinkod pinkoden passord ' +
    'passordet adgangskode adgangskoden kodeord salasana salasanani passwort kennwort wachtwoord contraseña contrasena clave ' +
    'hasło haslo';
  const rule = ALL_BUILTIN.filter(({ id }) => id === 'password');

  it.each([...WORDS.split(' '), 'pass word', 'mot de passe'])(
    'are found behind "%s", in capitals too',
    (word) => {
      expect(redacted(rule, `my ${word}: hunter22 ok`)).toBe(`my ${word}: ████ ok`);
      expect(redact(rule, `MY ${word.toUpperCase()} IS HUNTER22`).count).toBe(1);
    },
  );
});

describe('checks', () => {
  it('has a validator for every name', () => {
    for (const name of CHECK_NAMES) expect(typeof checkOf(name)).toBe('function');
  });

  it.each([
    ['personnummer', '19900101-0017', true],
    ['personnummer', '900161-0012', false],
    ['personnummer', '19000229-1234', false],
    ['organisationsnummer', '556036-0793', true],
    ['fodselsnummer', '01019000083', true],
    ['cpr', '311299-1234', true],
    ['cpr', '310299-1234', false],
    ['henkilotunnus', '131052B308T', true],
    ['henkilotunnus', '131052G308T', false],
    ['bsn', '111222333', true],
    ['pesel', '44051401359', true],
    ['dni', 'X1234567L', true],
    ['codice-fiscale', 'RSSMRA85T10A562S', true],
    ['nino', 'QQ123456A', false],
    ['nhs-number', '943 476 5919', true],
    ['ssn', '666-12-3456', false],
    ['payment-card', '6011 1111 1111 1117', true],
    ['payment-card', '9111 1111 1111 1111', false],
    ['payment-card', '6360 0000 0000 0001', true],
    ['iban', 'GB29 NWBK 6016 1331 9268 19', true],
    ['iban', 'GB29 NWBK 6016 1331 9268 1', false],
    ['phone', '+46 70 123 45 67', true],
    ['ip-address', '2001:db8::1', true],
    ['ip-address', '1:2:3:4:5:6:7:8:9', false],
  ] as const)('%s of %s is %s', (name, written, expected) => {
    expect(checkOf(name)(written)).toBe(expected);
  });
});

describe('texts made to be slow', () => {
  it('each built-in rule stays linear on them', () => {
    const texts = [
      '1 ',
      'a',
      '@a.',
      '1.1.',
      'a:b:',
      '4 1-1.',
      'pass is ',
      '0700000000 ',
      'GB29 ',
      'eyJaaaaaaaa.',
      'AB12',
      '&#49;',
      '١',
      '0 1 2-',
      'a b @ c.d ',
      'a ',
    ];
    for (const builtin of BUILTIN_RULES) {
      const rules = compileRuleSet([builtinAsRule(builtin)]);
      expect(rules.byWhere).toHaveLength(6);
      for (const text of texts) redact([builtinAsRule(builtin)], text.repeat(4_000));
    }
  }, 10_000);
});
