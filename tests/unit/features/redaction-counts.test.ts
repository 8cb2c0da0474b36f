import { DAY_MS, type RedactionDay } from '../../../server/domain/index.ts';
import { RedactionCounts } from '../../../server/features/redaction-rules/index.ts';
import { type EntityStore, UniqueViolation } from '../../../server/ports/index.ts';
import { T0 } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

/** As much of a store as counting needs; `broken` makes every write fail. */
function dayStore() {
  const days = new Map<string, RedactionDay>();
  const state = { broken: false, days };
  const write = () => {
    if (state.broken) throw new Error('the store does not answer');
  };
  const store = {
    get: async (id: string) => days.get(id),
    list: async () => ({ items: [...days.values()].sort((a, b) => a.createdAt - b.createdAt) }),
    insert: async (day: RedactionDay) => {
      write();
      if (days.has(day.id)) throw new UniqueViolation('id');
      days.set(day.id, day);
    },
    replace: async (day: RedactionDay) => {
      write();
      if (days.get(day.id)?.version !== day.version - 1) return false;
      days.set(day.id, day);
      return true;
    },
  } as unknown as EntityStore<RedactionDay>;
  return { state, store };
}

describe('counts of what was removed', () => {
  const { store, state } = dayStore();
  const clock = new FakeClock(T0);
  const logger = new RecordingLogger();
  const nodes = [1, 2].map(() => new RedactionCounts({ store, clock, logger }));
  const [one, two] = nodes as [RedactionCounts, RedactionCounts];
  const card = { accountId: 'a', ruleId: 'card', name: 'Cards', count: 1 };
  const counted = async () =>
    (await one.days('a', { from: T0, to: T0 + 10 * DAY_MS })).map(({ day, counts }) => [
      day,
      counts.map(({ ruleId, count }) => [ruleId, count]),
    ]);

  beforeEach(() => {
    state.days.clear();
    state.broken = false;
  });
  afterAll(() => {
    for (const node of nodes) node.close();
  });

  it('of several nodes add up', async () => {
    for (let index = 0; index < 5; index += 1) {
      one.add(card);
      two.add({ ...card, count: 2 });
    }
    two.add({ ...card, ruleId: 'iban' });
    await Promise.all([one.flush(), two.flush()]);
    const [[day, counts]] = (await counted()) as [[string, [string, number][]]];
    expect([day, Object.fromEntries(counts)]).toEqual(['2100-01-01', { card: 15, iban: 1 }]);
  });

  it('wait while the store does not answer, and are all there afterwards', async () => {
    state.broken = true;
    one.add(card);
    await expect(one.flush()).rejects.toThrow('does not answer');
    one.add(card);
    state.broken = false;
    await one.flush();
    await one.flush();
    expect(await counted()).toEqual([['2100-01-01', [['card', 2]]]]);
  });

  it('belong to the day on which they were counted', async () => {
    const start = clock.now();
    one.add(card);
    await clock.leap(DAY_MS);
    one.add(card);
    expect((await one.days('a', { from: start, to: clock.now() })).map(({ day }) => day)).toEqual([
      '2100-01-01',
      '2100-01-02',
    ]);
    expect(await one.days('a', { from: clock.now(), to: clock.now() })).toHaveLength(1);
  });
});
