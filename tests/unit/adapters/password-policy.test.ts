import { createPasswordPolicy } from '../../../server/adapters/crypto/password-policy.ts';

describe('the password policy', () => {
  const policy = createPasswordPolicy();
  const judge = (password: string) => policy.judge(password, ['anna.berg@acme-shop.example', 'Anna Berg']);

  it.each([
    ['123456789012', 'common'],
    ['password1234', 'common'],
    ['P4ssw0rd1234', 'common'],
    ['iloveyou1234', 'common'],
    ['annabergacme', 'personal'],
    ['anna.berg@acme-shop.example', 'personal'],
    ['123456anna99', 'common'],
    ['engagement12', 'personal'],
    ['aaaaaaaaaaaa', 'pattern'],
    ['abcdefghijkl', 'pattern'],
    ['passwordpassword', 'pattern'],
  ])('refuses %s as %s', async (password, fault) => {
    expect(await judge(password)).toBe(fault);
  });

  it.each([
    'correct horse battery',
    'kZ9vTq2mLw8x',
    'tre gula cyklar i mars',
    '密码 ist ein langes wort',
    '🔑🦊🌋🧭🎻🪐',
  ])('takes %s: no rule asks for digits, capitals or signs', async (password) => {
    expect(await judge(password)).toBeUndefined();
  });

  it('takes the longest password there may be', async () => {
    const longest = Array.from({ length: 200 }, (_, index) => String.fromCharCode(33 + ((index * 37) % 90)));
    expect(await judge(longest.join(''))).toBeUndefined();
  });
});
