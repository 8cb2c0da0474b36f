import { BUILTIN_RULES, compileRuleSet, redactText } from '../../../../server/domain/redaction/index.ts';
import { AMBIGUOUS, FRAMES, LOOK_ALIKES, pick, seededRandom } from '../../../support/identifiers.ts';
import { ALL_BUILTIN, builtinAsRule, redact, redacted, WHERE } from './support.ts';

const SEED = 11;
const ON_BY_DEFAULT = compileRuleSet(
  BUILTIN_RULES.filter((rule) => rule.enabledByDefault).map(builtinAsRule),
);
const only = (id: string) => ALL_BUILTIN.filter((rule) => rule.id === id);

describe(`numbers that are not identifiers (seed ${SEED})`, () => {
  it.each(Object.entries(LOOK_ALIKES))('%s passes the rules that are on by default', (_name, make) => {
    const random = seededRandom(SEED);
    for (let n = 0; n < 1_000; n++) {
      const text = pick(random, FRAMES)(make(random));
      expect([text, redactText(ON_BY_DEFAULT, text, WHERE).count]).toEqual([text, 0]);
    }
  });

  it.each(Object.entries(AMBIGUOUS))('%s is taken for an identifier in less than 2 of 100', (_name, make) => {
    const random = seededRandom(SEED);
    let taken = 0;
    for (let n = 0; n < 2_000; n++) taken += redactText(ON_BY_DEFAULT, make(random), WHERE).count;
    expect(taken / 2_000).toBeLessThan(0.02);
  });

  it('takes a ten-digit Luhn number only when it begins with a date', () => {
    expect(redact(only('se-personnummer'), 'OCR 9001010017').count).toBe(1);
    expect(redact(only('se-personnummer'), 'OCR 9013010013').count).toBe(0);
  });

  it('takes fifteen digits with a right check digit only in an issuer range of that length', () => {
    expect(redact(only('payment-card'), '378282246310005').count).toBe(1);
    expect(redact(only('payment-card'), 'IMEI 356938035643809').count).toBe(0);
    expect(redact(only('payment-card'), 'IMEI 490154203237518').count).toBe(0);
  });
});

describe('disguises of what has no checksum', () => {
  it.each([
    ['us-ssn', '536\u201190\u20114399'],
    ['us-ssn', '536 \u2013 90 \u2013 4399'],
    ['us-ssn', '5 3 6-9 0-4 3 9 9'],
    ['us-ssn', '5.3.6.9.0.4.3.9.9'],
    ['us-ssn', '\uff15\uff13\uff16-\uff19\uff10-\uff14\uff13\uff19\uff19'],
    ['dk-cpr', '010190\u20131234'],
    ['dk-cpr', '0 1 0 1 9 0-1 2 3 4'],
    ['email', 'anna\u200b@exam\u00adple.org'],
    ['email', 'anna&#64;example&period;org'],
    ['email', '\uff41nna\uff20example\u3002org'],
    ['email', 'a n n a @ e x a m p l e . o r g'],
    ['email', 'a-n-n-a@e-x-a-m-p-l-e.o-r-g'],
    ['ip-address', '192\u3002168\u30020\u30021'],
    ['ip-address', '192.168&#46;0.1'],
    ['ip-address', '1 9 2.1 6 8.0.1'],
    ['phone', '0 7 0-1 2 3 4 5 6 7'],
    ['phone', '+46_70_123_45_67'],
  ])('%s: takes %s as a whole', (id, written) => {
    expect(redacted(only(id), `it is ${written}, ok`)).toBe('it is \u2588\u2588\u2588\u2588, ok');
  });

  it.each([
    ['us-ssn', 'marks: 5 3 6 9 0 4 3 9 9'],
    ['us-ssn', '1-2-3-4-5-6-7-8-9'],
    ['us-ssn', '536-90 4399'],
    ['dk-cpr', '0 1 0 1 9 0 1 2 3 5'],
    ['ip-address', 'ratings 0.5 2.3 4.5 6'],
    ['ip-address', 'version 1.9.2.1.6'],
    ['email', 'meet a b @ 5 o clock'],
    ['phone', '5 0 7 1 2 3 4 5 6 7'],
  ])('%s: leaves %s', (id, text) => {
    expect(redact(only(id), text).count).toBe(0);
  });
});
