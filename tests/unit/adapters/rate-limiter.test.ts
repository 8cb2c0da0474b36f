import { createMemoryRateLimiter } from '../../../server/adapters/memory/rate-limiter.ts';

const LIMIT = { name: 'test', points: 3, windowMs: 10_000, stops: 'a test that goes on too long' };

describe('the rate limiter in memory', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives as many points as the limit says, by key and by limit, and says how long to wait', async () => {
    const limiter = createMemoryRateLimiter();
    const other = { ...LIMIT, name: 'other' };
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await limiter.take(LIMIT, 'key'));
    expect(answers.slice(0, 3)).toEqual([0, 0, 0]);
    expect(answers[3]).toBeGreaterThan(9_000);
    expect(await limiter.take(LIMIT, 'another key')).toBe(0);
    expect(await limiter.take(other, 'key')).toBe(0);
    expect(await limiter.take(LIMIT, 'costly', 4)).toBeGreaterThan(0);
  });

  it('forgets when the window ends, and when told to', async () => {
    const limiter = createMemoryRateLimiter();
    await limiter.take(LIMIT, 'key', 3);
    expect(await limiter.take(LIMIT, 'key')).toBeGreaterThan(0);
    await limiter.reset(LIMIT, 'key');
    expect(await limiter.take(LIMIT, 'key', 3)).toBe(0);
    jest.advanceTimersByTime(10_001);
    expect(await limiter.take(LIMIT, 'key')).toBe(0);
  });

  it('blocks longer than the window where the limit says so', async () => {
    const limiter = createMemoryRateLimiter();
    const blocking = { ...LIMIT, blockMs: 60_000 };
    expect(await limiter.take(blocking, 'key', 4)).toBeGreaterThan(50_000);
    jest.advanceTimersByTime(11_000);
    expect(await limiter.take(blocking, 'key')).toBeGreaterThan(0);
    jest.advanceTimersByTime(60_000);
    expect(await limiter.take(blocking, 'key')).toBe(0);
  });
});
