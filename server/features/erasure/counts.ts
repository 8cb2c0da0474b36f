/** Records deleted, by what kept them: `{messages: 4, profiles: 1}`. */
export type Counts = Readonly<Record<string, number>>;

/** Counts of nothing are left out. */
export function sumOf(...all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const [name, count] of all.flatMap((counts) => Object.entries(counts))) {
    if (count > 0) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
