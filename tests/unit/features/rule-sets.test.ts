import { MemoryChangeBus } from '../../../server/adapters/memory/change-bus.ts';
import { RuleSets } from '../../../server/features/engagement/rule-sets.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const MINUTE_MS = 60_000;
const URL = 'https://shop.example/a-page';

describe('what rules remember of what visitors told', () => {
  const when = { fact: 'page.url', op: 'contains', value: 'page' };
  const rules = [{ id: 'r', name: 'R', enabled: true, kind: 'score', priority: 1, points: 1, when }];
  const setUp = async () => {
    const clock = new FakeClock();
    const ruleSets = new RuleSets({
      versions: { list: async () => ({ items: [{ rules }] }) } as never,
      settings: { get: async () => ({ timeZone: 'UTC', businessHours: undefined }) as never },
      bus: new MemoryChangeBus(() => {}),
      clock,
    });
    const { address } = (await ruleSets.get('a')).slots;
    const facts = { url: URL } as never;
    const read = () => address.reading(facts, {} as never);
    return { clock, ruleSets, read };
  };

  it('is at hand while it is compared, and forgotten within a minute after', async () => {
    const { clock, ruleSets, read } = await setUp();
    const first = read();
    await clock.advanceAsync(MINUTE_MS / 2);
    expect(read()).toBe(first);
    await clock.advanceAsync(MINUTE_MS);
    expect(read()).not.toBe(first);
    expect(read()).toEqual(first);
    ruleSets.close();
  });

  it('is forgotten at once when something is erased', async () => {
    const { ruleSets, read } = await setUp();
    const first = read();
    await ruleSets.forgetValues();
    expect(read()).not.toBe(first);
    ruleSets.close();
  });
});
