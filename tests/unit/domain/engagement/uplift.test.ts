import { shareOf, upliftOf } from '../../../../server/domain/engagement/index.ts';

const rounded = (value: number | undefined) => Number(value?.toFixed(4));

describe('confidence intervals', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i are those that Newcombe published', (successes, of, low, high) => {
    const share = shareOf({ successes, of });
    expect([rounded(share.low), rounded(share.high)]).toEqual([low, high]);
  });

  // Newcombe, "Interval estimation for the difference between independent proportions", the same volume, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 10, 0.6075, 1],
  ])(
    'of the difference between %i of %i and %i of %i are those that Newcombe published',
    (a, n, b, m, low, high) => {
      const uplift = upliftOf({ successes: a, of: n }, { successes: b, of: m });
      expect([rounded(uplift?.low), rounded(uplift?.high)]).toEqual([low, high]);
      expect(uplift?.value).toBeCloseTo(a / n - b / m);
    },
  );

  it('are not given where there is nothing to compare with', () => {
    expect(upliftOf({ successes: 1, of: 2 }, { successes: 0, of: 0 })).toBeUndefined();
    expect(shareOf({ successes: 0, of: 0 })).toEqual({ value: 0, low: 0, high: 1 });
  });
});
