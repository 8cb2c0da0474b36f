import type { AccountSettings } from '../../../shared/protocol/index.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Whether the account is open at the instant (epoch milliseconds), by the clock on the wall of its time
 * zone; daylight saving is the time zone database's. An interval holds its start and not its end.
 */
export function isOpen(settings: Pick<AccountSettings, 'businessHours' | 'timeZone'>, at: number): boolean {
  const { alwaysOpen, intervals } = settings.businessHours;
  if (alwaysOpen) return true;
  const { weekday, time } = wallClock(settings.timeZone, at);
  return intervals.some(
    (interval) => interval.weekday === weekday && interval.from <= time && time < interval.to,
  );
}

/** Weekday (1 is Monday) and `HH:MM` in the time zone. */
function wallClock(timeZone: string, at: number): { weekday: number; time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const weekday = WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1;
  return { weekday, time: `${parts.get('hour')}:${parts.get('minute')}` };
}
