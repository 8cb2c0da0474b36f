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

  it('of nobody never match, after as much work as those of somebody', async () => {
    const hash = await passwords.hash('password');
    const times = { somebody: [] as number[], nobody: [] as number[] };
    // In turns, so that a busy machine slows both alike.
    for (let count = 0; count < 15; count += 1) {
      times.somebody.push(await timed(() => passwords.verify(hash, 'guess')));
      times.nobody.push(await timed(() => passwords.verify(undefined, 'guess')));
    }
    const [somebody, nobody] = [median(times.somebody), median(times.nobody)];
    expect(nobody / somebody).toBeGreaterThan(0.4);
    expect(nobody / somebody).toBeLessThan(2.5);
  });
});

/** Milliseconds until it says no. */
async function timed(guess: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  expect(await guess()).toBe(false);
  return performance.now() - begun;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
