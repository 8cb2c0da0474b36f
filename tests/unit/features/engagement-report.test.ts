import type { EngagementDay, StaffPrincipal } from '../../../server/domain/index.ts';
import { EngagementReports } from '../../../server/features/engagement/engagement-report.ts';
import { Funnel } from '../../../server/features/engagement/funnel.ts';
import { type EntityStore, UniqueViolation } from '../../../server/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const DAY_MS = 86_400_000;
const staff = { accountId: 'account-1' } as StaffPrincipal;

/** Days in memory; another node's write comes first every other time. */
function contendedDays(): EntityStore<EngagementDay> {
  const days = new Map<string, EngagementDay>();
  let turn = 0;
  return {
    get: async (id: string) => days.get(id),
    list: async ({ where }: { where?: { accountId?: string } }) => ({
      items: [...days.values()].filter(({ accountId }) => accountId === where?.accountId),
    }),
    insert: async (day: EngagementDay) => {
      if (days.has(day.id)) throw new UniqueViolation('id');
      days.set(day.id, day);
    },
    replace: async (day: EngagementDay) => {
      if (turn++ % 2 === 0) return false;
      days.set(day.id, day);
      return true;
    },
  } as unknown as EntityStore<EngagementDay>;
}

describe('the report on engagement', () => {
  const rule = { ruleId: 'r', ruleName: 'Rule' };

  it('adds days and nodes up, compares messages, and measures against the control group', async () => {
    const clock = new FakeClock();
    const days = contendedDays();
    const [one, other] = [0, 1].map(() => new Funnel({ days, clock, logger: new RecordingLogger() }));
    const add = (count: number, ...step: Parameters<Funnel['add']>) => {
      for (let n = 0; n < count; n += 1) (n % 2 === 0 ? one : other)?.add(...step);
    };
    add(60, 'account-1', { ...rule, variant: 'a', arm: 'shown' }, 'shown');
    add(40, 'account-1', { ...rule, variant: 'b', arm: 'shown' }, 'shown');
    add(30, 'account-1', { ...rule, variant: 'a', arm: 'shown' }, 'goals');
    add(100, 'account-1', { ...rule, arm: 'holdout' }, 'shown');
    add(10, 'account-1', { ...rule, arm: 'holdout' }, 'goals');
    add(5, 'account-2', { ...rule, arm: 'shown' }, 'shown');
    await Promise.all([one?.flush(), other?.flush()]);
    await clock.advanceAsync(DAY_MS);
    add(4, 'account-1', { ...rule, variant: 'a', arm: 'shown' }, 'accepted');

    const reports = new EngagementReports(one as Funnel, clock);
    await other?.flush();
    const { items } = await reports.read(staff, {});
    expect(items).toHaveLength(1);
    const [report] = items;
    expect(report).toMatchObject({
      ...{ shown: 100, goals: 30, accepted: 4, measuredBy: 'goals' },
      holdout: { shown: 100, goals: 10 },
      treated: { value: 0.3 },
      control: { value: 0.1 },
    });
    expect(report?.variants.map(({ variant, shown, goals }) => [variant, shown, goals])).toEqual([
      ['a', 60, 30],
      ['b', 40, 0],
    ]);
    // Newcombe's interval for 30/100 against 10/100, worked out apart.
    expect(report?.uplift?.value).toBeCloseTo(0.2, 10);
    expect(report?.uplift?.low).toBeCloseTo(0.0903, 3);
    expect(report?.uplift?.high).toBeCloseTo(0.3056, 3);
    const later = await reports.read(staff, { from: clock.now() });
    expect(later.items).toMatchObject([{ shown: 0, accepted: 4 }]);
    one?.close();
    other?.close();
    expect(clock.pending).toBe(0);
  });
});
