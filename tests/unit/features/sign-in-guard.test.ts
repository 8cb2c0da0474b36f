import { createMemoryRateLimiter } from '../../../server/adapters/memory/rate-limiter.ts';
import { Private, Refusal } from '../../../server/domain/index.ts';
import { createSignInGuard, SLOW_DOWN_MS } from '../../../server/features/auth/sign-in-guard.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const HOUR_MS = 3_600_000;

describe('the guard of sign-in', () => {
  const clock = new FakeClock();
  const guardOf = () =>
    createSignInGuard({
      rateLimiter: createMemoryRateLimiter(),
      tokens: { fingerprint: (text) => `#${text}` },
      limits: {
        perEmailAndAddress: { name: 'place', points: 2, windowMs: HOUR_MS, stops: 'one place' },
        perEmail: { name: 'person', points: 4, windowMs: HOUR_MS, stops: 'many places' },
      },
      clock,
    });
  const from = (place: number, email = 'mia@example.com') => ({
    email,
    addressKey: new Private(`192.0.2.${place}`),
  });

  /** What became of an attempt, as far as it has come. */
  function watched(entering: Promise<void>): { state: string } {
    const seen = { state: 'waits' };
    entering.then(
      () => {
        seen.state = 'let through';
      },
      (error: unknown) => {
        seen.state = error instanceof Refusal ? error.code : 'failed';
      },
    );
    return seen;
  }

  it('locks a place out for one person, and neither that person elsewhere nor others there', async () => {
    const guard = guardOf();
    await guard.enter(from(1));
    await guard.enter(from(1));
    await expect(guard.enter(from(1))).rejects.toMatchObject({ code: 'auth.locked' });
    await expect(guard.enter(from(2))).resolves.toBeUndefined();
    await expect(guard.enter(from(1, 'eva@example.com'))).resolves.toBeUndefined();
  });

  it('makes attempts wait when many places guess at one person, and refuses none for it', async () => {
    const guard = guardOf();
    for (let place = 1; place <= 4; place += 1) await guard.enter(from(place));
    const late = [5, 6, 7].map((place) => watched(guard.enter(from(place))));
    await clock.advanceAsync(SLOW_DOWN_MS - 1);
    expect(late.map(({ state }) => state)).toEqual(['waits', 'waits', 'waits']);
    await clock.advanceAsync(1);
    expect(late.map(({ state }) => state)).toEqual(['let through', 'let through', 'let through']);
    await expect(guard.enter(from(5, 'eva@example.com'))).resolves.toBeUndefined();
  });

  it('forgets what was counted once the person is in', async () => {
    const guard = guardOf();
    for (let place = 1; place <= 4; place += 1) await guard.enter(from(place));
    await guard.succeeded(from(4));
    await expect(guard.enter(from(4))).resolves.toBeUndefined();
  });
});
