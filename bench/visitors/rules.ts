import type { ConditionTree, EngagementRuleDraft } from '../../shared/protocol/index.ts';

const PATHS = ['/cart', '/checkout', '/chairs', '/lamps', '/about', '/blog'];

/** Rules of four conditions each over pages, time, events and campaign: half add to the score, half invite. */
export function engagementRules(count: number): readonly EngagementRuleDraft[] {
  return Array.from({ length: count }, (_, index) => {
    const when = conditions(index);
    const name = `Rule ${index + 1}`;
    if (index % 2 === 0) return { name, kind: 'score', points: (index % 7) + 1, when };
    return {
      ...{ name, kind: 'engage', when, priority: index },
      minScore: 5 + (index % 20),
      action: { type: 'invite', message: `May we help you? (${index})` },
      limits: { oncePerSession: true },
    };
  });
}

function conditions(index: number): ConditionTree {
  return {
    all: [
      { fact: 'page.path', op: 'startsWith', value: PATHS[(index >> 1) % PATHS.length] ?? '/' },
      { fact: 'page.timeOnPageMs', op: 'gte', value: 2_000 + (index % 30) * 1_000 },
      {
        any: [
          { fact: 'session.pageViews', op: 'gte', value: 2 + (index % 5) },
          { fact: 'event.cart.count', op: 'gte', value: 1 + (index % 3) },
        ],
      },
    ],
  };
}
