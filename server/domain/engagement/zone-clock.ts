const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** How far a stretch of constant offset is followed at once; no zone changes twice within one step. */
const STEP_MS = 7 * DAY_MS;
const STEPS = 6;

/** A time in which the zone is one offset from UTC. */
interface Stretch {
  readonly from: number;
  /** Exclusive; the offset may go on after it. */
  readonly to: number;
  /** Local time minus UTC, milliseconds. */
  readonly offsetMs: number;
}

/** What the clock on the wall says. */
export interface LocalTime {
  /** 0 to 23. */
  readonly hour: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** Milliseconds since Monday 00:00. */
  readonly msOfWeek: number;
  /** Days since 1970-01-01. */
  readonly day: number;
}

/**
 * The wall clock of one IANA time zone. Asking the runtime for every instant would cost microseconds, so the offset is
 * kept for the stretch in which it is constant; the switches at its ends are found to the second by bisection.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  #stretch: Stretch = { from: 0, to: 0, offsetMs: 0 };
  #local: LocalTime | undefined;
  #localFrom = 0;
  #localTo = 0;

  /** @throws RangeError when the runtime does not know the zone */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What is the same for a whole local hour. */
  localAt(now: number): Omit<LocalTime, 'msOfWeek'> {
    if (this.#local === undefined || now < this.#localFrom || now >= this.#localTo) this.#look(now);
    return this.#local as LocalTime;
  }

  /** Milliseconds since Monday 00:00 on the wall. */
  msOfWeek(now: number): number {
    return localTime(now + this.stretchAt(now).offsetMs).msOfWeek;
  }

  /** The next instant at which the local hour changes, or the offset: nothing that is told by the hour changes before it. */
  nextHourAt(now: number): number {
    this.localAt(now);
    return this.#localTo;
  }

  /** The next local midnight, or the end of the offset's stretch when that comes first. */
  nextDayAt(now: number): number {
    const { to, offsetMs } = this.stretchAt(now);
    return Math.min(to, (Math.floor((now + offsetMs) / DAY_MS) + 1) * DAY_MS - offsetMs);
  }

  stretchAt(now: number): Stretch {
    if (now < this.#stretch.from || now >= this.#stretch.to) this.#stretch = this.#follow(now);
    return this.#stretch;
  }

  #look(now: number): void {
    const { from, to, offsetMs } = this.stretchAt(now);
    const hour = Math.floor((now + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
    this.#local = localTime(now + offsetMs);
    this.#localFrom = Math.max(from, hour);
    this.#localTo = Math.min(to, hour + HOUR_MS);
  }

  #follow(now: number): Stretch {
    const from = Math.floor(now / SECOND_MS) * SECOND_MS;
    const offsetMs = this.#offsetAt(from);
    for (let step = 1; step <= STEPS; step++) {
      const probe = from + step * STEP_MS;
      if (this.#offsetAt(probe) !== offsetMs) {
        return { from, to: this.#switchBetween(probe - STEP_MS, probe), offsetMs };
      }
    }
    return { from, to: from + STEPS * STEP_MS, offsetMs };
  }

  /** The first second after `low` with another offset. */
  #switchBetween(low: number, high: number): number {
    const before = this.#offsetAt(low);
    let same = low / SECOND_MS;
    let other = high / SECOND_MS;
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (this.#offsetAt(middle * SECOND_MS) === before) same = middle;
      else other = middle;
    }
    return other * SECOND_MS;
  }

  #offsetAt(instant: number): number {
    const parts = this.#format.formatToParts(instant);
    const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return local - Math.floor(instant / SECOND_MS) * SECOND_MS;
  }
}

function localTime(local: number): LocalTime {
  const day = Math.floor(local / DAY_MS);
  // 1970-01-01 was a Thursday.
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  const inDay = local - day * DAY_MS;
  return {
    hour: Math.floor(inDay / HOUR_MS),
    weekday,
    msOfWeek: (weekday - 1) * DAY_MS + inDay,
    day,
  };
}
