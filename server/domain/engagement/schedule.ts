import type { BusinessHours, RuleSchedule } from '../../../shared/protocol/index.ts';
import type { ZoneClock } from './zone-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;

/** Whether something is open, and the first instant at which that may be different. */
export interface Opening {
  readonly open: boolean;
  /** Epoch milliseconds; infinite when it never changes again. */
  readonly until: number;
}

/** Milliseconds since Monday 00:00, on the wall. */
interface Window {
  readonly from: number;
  readonly to: number;
}

type Windows = readonly Window[];

/**
 * When a rule may fire. An interval is open while the clock on the wall shows a time in it: when the clock is put back, an
 * hour that comes twice is open twice, and an interval that begins in the hour left out opens at the end of the gap.
 */
export class Schedule {
  readonly #windows: readonly Windows[];
  readonly #startsAt: number;
  readonly #endsAt: number;
  readonly #clock: ZoneClock;
  #last: Opening & { readonly from: number } = { open: false, from: 0, until: 0 };

  constructor(schedule: RuleSchedule, account: { clock: ZoneClock; businessHours: BusinessHours }) {
    const { intervals, businessHours } = schedule;
    const hours = account.businessHours;
    this.#clock = account.clock;
    this.#startsAt =
      schedule.startsAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(schedule.startsAt);
    this.#endsAt = schedule.endsAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(schedule.endsAt);
    this.#windows = [
      ...(intervals === undefined ? [] : [windowsOf(intervals)]),
      ...(businessHours === true && !hours.alwaysOpen ? [windowsOf(hours.intervals)] : []),
    ];
  }

  at(now: number): Opening {
    if (now < this.#last.from || now >= this.#last.until) this.#last = { from: now, ...this.#look(now) };
    return this.#last;
  }

  #look(now: number): Opening {
    if (now >= this.#endsAt) return { open: false, until: Number.POSITIVE_INFINITY };
    if (now < this.#startsAt) return { open: false, until: this.#startsAt };
    if (this.#windows.length === 0) return { open: true, until: this.#endsAt };
    const time = this.#clock.msOfWeek(now);
    const open = this.#windows.every((windows) => windows.some(({ from, to }) => time >= from && time < to));
    // Where the zone's offset changes, the wall clock jumps: look again.
    return {
      open,
      until: Math.min(now + msToBoundary(this.#windows, time), this.#clock.stretchAt(now).to, this.#endsAt),
    };
  }
}

function windowsOf(intervals: BusinessHours['intervals']): Windows {
  return intervals.map(({ weekday, from, to }) => ({
    from: (weekday - 1) * DAY_MS + msOf(from),
    to: (weekday - 1) * DAY_MS + msOf(to),
  }));
}

function msOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

function msToBoundary(all: readonly Windows[], time: number): number {
  const boundaries = all.flatMap((windows) => windows.flatMap(({ from, to }) => [from, to]));
  const waits = boundaries.map((boundary) => (boundary - time + WEEK_MS) % WEEK_MS);
  return Math.min(...waits.map((wait) => (wait === 0 ? WEEK_MS : wait)), WEEK_MS);
}
