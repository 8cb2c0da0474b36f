import { TimerWheel, ZoneClock } from '../../../../server/domain/engagement/index.ts';
import { Schedule } from '../../../../server/domain/engagement/schedule.ts';
import { seededRandom } from '../../../support/identifiers.ts';
import { SEED } from '../../../support/seed.ts';

const HOUR = 3_600_000;
/** Around the days on which the zones put their clocks on and back. */
const SWITCHES = [
  ['2026-03-07T00:00:00Z', '2026-04-06T00:00:00Z'],
  ['2026-10-03T00:00:00Z', '2026-11-02T00:00:00Z'],
] as const;
const closed = { alwaysOpen: false, intervals: [] };

describe('the clock of a time zone', () => {
  it.each<[string, string, number, number]>([
    ['Europe/Stockholm', '2026-03-29T00:59:59.999Z', 1, 7],
    ['Europe/Stockholm', '2026-03-29T01:00:00Z', 3, 7],
    ['Europe/Stockholm', '2026-10-25T00:59:59Z', 2, 7],
    ['Europe/Stockholm', '2026-10-25T01:00:00Z', 2, 7],
    ['Europe/Stockholm', '2026-10-25T02:00:00Z', 3, 7],
    ['America/New_York', '2026-03-08T06:59:59Z', 1, 7],
    ['America/New_York', '2026-03-08T07:00:00Z', 3, 7],
    ['America/New_York', '2026-11-01T05:59:59Z', 1, 7],
    ['America/New_York', '2026-11-01T06:00:00Z', 1, 7],
    ['America/New_York', '2026-11-01T07:00:00Z', 2, 7],
    ['Asia/Kathmandu', '2026-01-07T18:14:59Z', 23, 3],
    ['Asia/Kathmandu', '2026-01-07T18:15:00Z', 0, 4],
    ['Pacific/Chatham', '2026-04-04T14:00:00Z', 2, 7],
    ['UTC', '1969-12-31T23:00:00Z', 23, 3],
  ])('in %s at %s says hour %i of weekday %i', (zone, instant, hour, weekday) => {
    expect(new ZoneClock(zone).localAt(Date.parse(instant))).toMatchObject({ hour, weekday });
  });

  it.each([
    'Europe/Stockholm',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Chatham',
    'Australia/Lord_Howe',
  ])('in %s tells every change of the hour around the switches, and no other', (zone) => {
    const clock = new ZoneClock(zone);
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', hour: '2-digit' });
    const told = (instant: number) => Number(format.format(instant));
    let looked = 0;
    for (const [from, to] of SWITCHES) {
      for (let now = Date.parse(from); now < Date.parse(to); looked++) {
        const { hour } = clock.localAt(now);
        const next = clock.nextHourAt(now);
        const right = next > now && next - now <= HOUR && told(now) === hour && told(next - 1) === hour;
        if (!right) throw new Error(`wrong at ${new Date(now).toISOString()}`);
        now = next;
      }
    }
    expect(looked).toBeGreaterThan(1_000);
  });

  it('ends the day at local midnight', () => {
    const clock = new ZoneClock('Asia/Kathmandu');
    expect(clock.nextDayAt(Date.parse('2026-01-07T00:00:00Z'))).toBe(Date.parse('2026-01-07T18:15:00Z'));
  });
});

describe('a schedule', () => {
  const at = (zone: string, from: string, to: string, weekday = 7) =>
    new Schedule(
      { intervals: [{ weekday, from, to }] },
      { clock: new ZoneClock(zone), businessHours: closed },
    );

  function openings(schedule: Schedule, from: string, hours: number): string[] {
    const start = Date.parse(from);
    const changes: string[] = [];
    let was = schedule.at(start).open;
    for (let now = schedule.at(start).until; now <= start + hours * HOUR; now = schedule.at(now).until) {
      const { open } = schedule.at(now);
      if (open !== was) changes.push(`${open ? 'opens' : 'closes'} ${new Date(now).toISOString()}`);
      was = open;
    }
    return changes;
  }

  it('opens at the end of the hour that is left out in spring', () => {
    expect(openings(at('Europe/Stockholm', '02:30', '04:00'), '2026-03-29T00:00:00Z', 12)).toEqual([
      'opens 2026-03-29T01:00:00.000Z',
      'closes 2026-03-29T02:00:00.000Z',
    ]);
    expect(openings(at('America/New_York', '02:30', '04:00'), '2026-03-08T05:00:00Z', 12)).toEqual([
      'opens 2026-03-08T07:00:00.000Z',
      'closes 2026-03-08T08:00:00.000Z',
    ]);
  });

  it('is open twice in the hour that comes twice in autumn', () => {
    expect(openings(at('Europe/Stockholm', '02:30', '02:45'), '2026-10-25T00:00:00Z', 6)).toEqual([
      'opens 2026-10-25T00:30:00.000Z',
      'closes 2026-10-25T00:45:00.000Z',
      'opens 2026-10-25T01:30:00.000Z',
      'closes 2026-10-25T01:45:00.000Z',
    ]);
    expect(openings(at('America/New_York', '01:30', '02:00'), '2026-11-01T04:00:00Z', 6)).toEqual([
      'opens 2026-11-01T05:30:00.000Z',
      'closes 2026-11-01T06:00:00.000Z',
      'opens 2026-11-01T06:30:00.000Z',
      'closes 2026-11-01T07:00:00.000Z',
    ]);
  });

  it('follows a zone that is three quarters of an hour off', () => {
    expect(openings(at('Asia/Kathmandu', '09:00', '17:00', 3), '2026-01-07T00:00:00Z', 24)).toEqual([
      'opens 2026-01-07T03:15:00.000Z',
      'closes 2026-01-07T11:15:00.000Z',
    ]);
  });

  it('closes for good at its end', () => {
    const schedule = new Schedule(
      { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00+01:00' },
      { clock: new ZoneClock('UTC'), businessHours: closed },
    );
    const end = Date.parse('2026-01-01T23:00:00Z');
    expect([schedule.at(end - 1), schedule.at(end)]).toMatchObject([
      { open: true, until: end },
      { open: false, until: Number.POSITIVE_INFINITY },
    ]);
  });
});

describe(`the timer wheel (seed ${SEED})`, () => {
  it('tells every timer at its time, in order, and none that was stopped', () => {
    const random = seededRandom(SEED);
    const wheel = new TimerWheel<number>(1_000);
    const wanted = new Map<number, number>();
    const timers = Array.from({ length: 2_000 }, (_, item) => wheel.timer(item));
    const told: [number, number][] = [];
    let now = 1_000;
    const advance = () => {
      wheel.advance(now, (item, due) => {
        told.push([item, due]);
        if (wanted.get(item) !== due || due > now) throw new Error(`timer ${item} came at ${due}`);
        wanted.delete(item);
      });
      if (wheel.size !== wanted.size) throw new Error('the wheel lost count');
    };
    for (let round = 0; round < 6_000; round++) {
      const timer = timers[Math.floor(random() * timers.length)];
      if (timer === undefined) continue;
      const at = now + Math.floor(random() ** 6 * 40_000_000);
      if (random() < 0.2) {
        wheel.cancel(timer);
        wanted.delete(timer.item);
      } else {
        wheel.schedule(timer, at);
        wanted.set(timer.item, at);
      }
      if (random() < 0.5) continue;
      now += Math.floor(random() ** 4 * 100_000);
      advance();
    }
    // What the last rounds set to come at once.
    advance();
    expect(told.length).toBeGreaterThan(500);
    expect([...wanted.values()].every((due) => due > now)).toBe(true);
    expect(wheel.nextDueAt()).toBeLessThanOrEqual(Math.min(...wanted.values()));
  });

  it('runs a timer that is set again while it runs, as often as it is due', () => {
    const wheel = new TimerWheel<string>(0);
    const timer = wheel.timer('tick');
    const told: number[] = [];
    wheel.schedule(timer, 100);
    wheel.advance(1_000, (_item, at) => {
      told.push(at);
      wheel.schedule(timer, at + 300);
    });
    expect(told).toEqual([100, 400, 700, 1_000]);
  });
});
