import { verify } from '@node-rs/argon2';
import { createPasswordHasher } from '../../../server/adapters/crypto/password-hasher.ts';

describe('passwords', () => {
  const passwords = createPasswordHasher();

  it('are kept by argon2id with the parameters that OWASP gives, salted', async () => {
    const [one, two] = await Promise.all([passwords.hash('same'), passwords.hash('same')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it('match themselves and nothing else, in any script', async () => {
    const hash = await passwords.hash('lösenord 密码 🔑');
    expect(await passwords.verify(hash, 'lösenord 密码 🔑')).toBe(true);
    expect(await passwords.verify(hash, 'losenord 密码 🔑')).toBe(false);
    expect(await passwords.verify(hash, '')).toBe(false);
  });

  it('of nobody never match, after the very work that those of somebody take', async () => {
    const checked: string[] = [];
    const counting = createPasswordHasher({
      check: async (hashed, password) => {
        checked.push(String(hashed));
        return verify(hashed, password);
      },
    });
    const hash = await counting.hash('password');
    expect(await counting.verify(hash, 'guess')).toBe(false);
    expect(await counting.verify(undefined, 'guess')).toBe(false);
    const parameters = checked.map((hashed) => hashed.split('$').slice(1, 4));
    expect(parameters[1]).toEqual(parameters[0]);
    expect(checked).toHaveLength(2);
  });
});
