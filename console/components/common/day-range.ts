const DAY_MS = 86_400_000;

/** Days as `YYYY-MM-DD` in UTC, both included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** The last `days` days up to that of `now`. */
export function lastDays(days: number, now: Date): DayRange {
  return { from: dayOf(now.getTime() - (days - 1) * DAY_MS), to: dayOf(now.getTime()) };
}

/** Every day of a range; none when it ends before it begins or a bound is no date. */
export function daysOf({ from, to }: DayRange): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(from), end = Date.parse(to); at <= end; at += DAY_MS) days.push(dayOf(at));
  return days;
}

/** The range as the instants that the server takes. */
export function instantsOf({ from, to }: DayRange): { from: string; to: string } {
  return { from: `${from}T00:00:00.000Z`, to: `${to}T23:59:59.999Z` };
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
