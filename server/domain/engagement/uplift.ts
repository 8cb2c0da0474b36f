import type { IntervalEstimate } from '../../../shared/protocol/index.ts';

/** The 97.5 % point of the normal distribution, for intervals of 95 %. */
const Z_95 = 1.959963984540054;

export interface Proportion {
  readonly successes: number;
  /** How many were tried. */
  readonly of: number;
}

/**
 * A share with the score interval of E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
 * Journal of the American Statistical Association 22 (1927), 209-212. Without any trial everything from 0 to 1 is possible.
 */
export function shareOf({ successes, of }: Proportion, z = Z_95): IntervalEstimate {
  if (of <= 0) return { value: 0, low: 0, high: 1 };
  const value = successes / of;
  const spread = z * Math.sqrt((value * (1 - value) + (z * z) / (4 * of)) / of);
  const middle = value + (z * z) / (2 * of);
  const scale = 1 + (z * z) / of;
  return {
    value,
    low: successes === 0 ? 0 : Math.max(0, (middle - spread) / scale),
    high: successes === of ? 1 : Math.min(1, (middle + spread) / scale),
  };
}

/**
 * By how much the treated do better than the control group, as the difference of the shares, with the hybrid score interval
 * of R. G. Newcombe, "Interval Estimation for the Difference between Independent Proportions: Comparison of Eleven
 * Methods", Statistics in Medicine 17 (1998), 873-890 (method 10, without continuity correction).
 * @returns nothing while one of the groups is empty
 */
export function upliftOf(treated: Proportion, control: Proportion): IntervalEstimate | undefined {
  if (treated.of <= 0 || control.of <= 0) return undefined;
  const a = shareOf(treated);
  const b = shareOf(control);
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}
