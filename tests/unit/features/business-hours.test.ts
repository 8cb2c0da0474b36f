import { isOpen } from '../../../server/features/visitor-sessions/business-hours.ts';

const at = (iso: string) => Date.parse(iso);
const hours = (timeZone: string, ...intervals: [number, string, string][]) => ({
  timeZone,
  businessHours: {
    alwaysOpen: false,
    intervals: intervals.map(([weekday, from, to]) => ({ weekday, from, to })),
  },
});

describe('business hours', () => {
  const sweden = hours('Europe/Stockholm', [1, '09:00', '17:00'], [7, '00:00', '24:00']);

  it.each([
    ['before opening', '2026-01-05T07:59:59Z', false],
    ['at opening', '2026-01-05T08:00:00Z', true],
    ['in the last minute', '2026-01-05T15:59:59Z', true],
    ['at closing', '2026-01-05T16:00:00Z', false],
    ['in summer, an hour earlier by UTC', '2026-07-06T07:00:00Z', true],
    ['in summer, closed an hour earlier by UTC', '2026-07-06T15:00:00Z', false],
    ['on a day without hours', '2026-01-06T10:00:00Z', false],
    ['through all of Sunday', '2026-01-04T22:59:59Z', true],
    ['no longer when Monday begins there', '2026-01-04T23:00:00Z', false],
  ])('%s', (_when, instant, open) => {
    expect(isOpen(sweden, at(instant))).toBe(open);
  });

  it('follow the wall clock on the night when it changes', () => {
    // 2026-03-29: 02:00 becomes 03:00 in Stockholm, so there is no 02:30.
    const night = hours('Europe/Stockholm', [7, '02:00', '03:00']);
    expect(isOpen(night, at('2026-03-29T00:59:59Z'))).toBe(false);
    expect(isOpen(night, at('2026-03-29T01:00:00Z'))).toBe(false);
    // 2026-10-25: 03:00 becomes 02:00, so 02:30 comes twice.
    expect(isOpen(night, at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isOpen(night, at('2026-10-25T01:30:00Z'))).toBe(true);
    expect(isOpen(night, at('2026-10-25T02:00:00Z'))).toBe(false);
  });

  it('know zones that are a day ahead or half an hour off', () => {
    expect(isOpen(hours('Pacific/Auckland', [2, '08:00', '09:00']), at('2026-01-05T19:30:00Z'))).toBe(true);
    expect(isOpen(hours('Asia/Kolkata', [1, '09:30', '10:00']), at('2026-01-05T04:00:00Z'))).toBe(true);
  });

  it('are always open when the account says so', () => {
    const always = { timeZone: 'UTC', businessHours: { alwaysOpen: true, intervals: [] } };
    expect(isOpen(always, at('2026-01-05T00:00:00Z'))).toBe(true);
  });
});
