import fc from 'fast-check';
import type { VisitorEvent, WorldEvent } from '../../server/domain/engagement/index.ts';
import type { Condition, ConditionTree, EngagementRule, RuleSchedule } from '../../shared/protocol/index.ts';

/** A Friday evening in Stockholm, a minute before an hour: hours, days and schedules turn during a session. */
export const SESSION_START = Date.parse('2026-03-27T21:59:00Z');
export const SESSION_SECONDS = 300;

const second = fc.integer({ min: 0, max: SESSION_SECONDS }).map((seconds) => seconds * 1_000);
const path = fc.constantFrom('/', '/cart', '/cart/pay', '/Shop', '/shop/åäö', '/docs', '/kassa');
const query = fc.constantFrom('', '?ref=7', '?ref=x', '?utm_source=News', '?ref=12.5&utm_source=ad', '#top');
export const pageUrl = fc
  .tuple(path, query)
  .map(([at, more]) => `https://shop.example${encodeURI(at)}${more}`);

const number = (fact: string, values: readonly number[]) =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), fc.constantFrom(...values))
      .map(([op, value]) => ({ fact, op, value }) as Condition),
    fc
      .tuple(fc.constantFrom('in', 'nin'), fc.subarray([...values], { minLength: 1 }))
      .map(([op, value]) => ({ fact, op, value }) as Condition),
    fc
      .tuple(fc.constantFrom(...values), fc.constantFrom(...values))
      .map(([a, b]) => ({ fact, op: 'between', value: [Math.min(a, b), Math.max(a, b)] }) as Condition),
    fc.constantFrom<Condition>({ fact, op: 'exists' }, { fact, op: 'exists', value: false }),
  );

const text = (fact: string, values: readonly string[]) =>
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('eq', 'ne', 'contains', 'startsWith', 'endsWith'),
        fc.constantFrom(...values.filter((value) => value !== '')),
      )
      .map(([op, value]) => ({ fact, op, value }) as Condition),
    fc
      .tuple(fc.constantFrom('in', 'nin'), fc.subarray([...values], { minLength: 1 }))
      .map(([op, value]) => ({ fact, op, value }) as Condition),
    fc
      .constantFrom('a.*t', '^/', 'x$', '[A-Z]h?', '\\d+')
      .map((value): Condition => ({ fact, op: 'matches', value })),
    fc.constantFrom<Condition>({ fact, op: 'exists' }, { fact, op: 'exists', value: false }),
  );

export const condition: fc.Arbitrary<Condition> = fc.oneof(
  text('page.path', ['/', '/cart', '/CART', '/shop', 'art', 'pay', '/kassa', '%C3%A5']),
  text('page.url', ['https://shop.example/', 'example/cart', '?ref', 'top', 'x']),
  text('page.title', ['Cart', 'shop', 'Shop sale', 'sale']),
  text('page.query.ref', ['7', 'x', '12.5']),
  number('page.query.ref', [7, 12, 12.5]),
  text('session.referrer', ['https://search.example/', 'search', 'x']),
  text('session.utm.source', ['news', 'ad']),
  text('visitor.language', ['sv', 'sv-SE', 'en', 'e']),
  number('page.timeOnPageMs', [0, 1_000, 5_000, 30_000, 45_000.5, 60_000]),
  number('session.durationMs', [1_000, 10_000, 60_000, 120_000, 240_000]),
  number('page.scrollDepth', [0, 10, 50, 50.5, 90, 100]),
  number('session.pageViews', [0, 1, 2, 3, 5]),
  number('visitor.visits', [0, 1, 2, 3]),
  number('time.hour', [0, 12, 22, 23]),
  number('time.weekday', [0, 1, 5, 6, 7]),
  number('event.cart.count', [0, 1, 2, 3]),
  number('event.idle.count', [0, 1, 2]),
  number('event.cart.last', [0, 10, 99.5]),
  text('event.cart.last', ['10', 'shoes', 'true', 'oe']),
  text('profile.plan', ['gold', '10', 'x']),
  number('profile.plan', [9, 10]),
  number('agents.available', [0, 1, 2]),
  number('queue.length', [0, 1, 5]),
  number('chat.count', [0, 1]),
  fc.constantFrom<Condition>(
    { fact: 'visitor.isReturning', op: 'eq', value: true },
    { fact: 'visitor.isReturning', op: 'ne', value: true },
    { fact: 'page.isIdle', op: 'eq', value: true },
    { fact: 'event.cart.last', op: 'eq', value: true },
  ),
);

export const conditionTree: fc.Arbitrary<ConditionTree> = fc.letrec<{ tree: ConditionTree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    condition,
    fc.array(tie('tree'), { maxLength: 4 }).map((all) => ({ all })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('tree').map((not) => ({ not })),
  ),
})).tree;

const schedule: fc.Arbitrary<RuleSchedule> = fc.constantFrom<RuleSchedule>(
  { intervals: [{ weekday: 5, from: '22:00', to: '23:01' }] },
  {
    intervals: [
      { weekday: 5, from: '23:00', to: '23:02' },
      { weekday: 5, from: '23:03', to: '24:00' },
    ],
  },
  { intervals: [{ weekday: 6, from: '00:00', to: '24:00' }] },
  { startsAt: '2026-03-27T22:01:30Z' },
  { startsAt: '2026-03-27T23:00:00+01:00', endsAt: '2026-03-27T22:02:00Z' },
);

const limits = fc.record(
  {
    oncePerSession: fc.boolean(),
    cooldownMs: fc.constantFrom(0, 500, 20_000, 60_000),
    maxPerDay: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);

/** Parts that keep a rule from firing: a few of them in each rule, or hardly any would ever fire. */
const hindrances = fc
  .tuple(
    fc.record({
      minScore: fc.integer({ min: -5, max: 12 }),
      limits,
      schedule,
      requiresAgent: fc.constant(true),
      holdoutPercent: fc.constantFrom(50, 100),
      duringChat: fc.constant(true),
    }),
    fc.subarray(
      ['minScore', 'limits', 'limits', 'schedule', 'requiresAgent', 'holdoutPercent', 'duringChat'],
      {
        maxLength: 2,
      },
    ),
  )
  .map(([all, chosen]) => Object.fromEntries(Object.entries(all).filter(([key]) => chosen.includes(key))));

const engageRule = fc
  .tuple(
    fc.record({
      kind: fc.constant('engage' as const),
      enabled: fc.constantFrom(true, true, true, true, false),
      priority: fc.integer({ min: 0, max: 3 }),
      when: conditionTree,
    }),
    hindrances,
  )
  .map(([rule, more]) => ({ ...rule, ...more }));

const scoreRule = fc.record({
  kind: fc.constant('score' as const),
  enabled: fc.constant(true),
  priority: fc.constant(0),
  when: conditionTree,
  points: fc.integer({ min: -5, max: 10 }),
});

export const ruleList: fc.Arbitrary<EngagementRule[]> = fc
  .array(fc.oneof(engageRule, scoreRule), { minLength: 1, maxLength: 9 })
  .map((rules) =>
    rules.map((rule, order) => ({
      ...rule,
      id: `r${order}`,
      name: `Rule ${order}`,
      order: order % 3,
      ...(rule.kind === 'engage' && { action: { type: 'invite' as const, message: 'Hello' } }),
    })),
  );

const duration = fc.oneof(
  number('page.timeOnPageMs', [1_000, 5_000, 9_000.5, 20_000, 40_000]),
  number('session.durationMs', [10_000, 20_000, 40_000, 100_000]),
  number('session.pageViews', [1, 2]),
);

/** Rules of hardly anything but durations, which must fire by themselves. */
export const durationRules: fc.Arbitrary<EngagementRule[]> = fc
  .array(fc.tuple(fc.array(duration, { minLength: 1, maxLength: 3 }), fc.constantFrom('all', 'any', 'not')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((rules) =>
    rules.map(([list, group], order) => ({
      ...{ id: `d${order}`, name: `Duration ${order}`, kind: 'engage', enabled: true, priority: 0, order },
      when: group === 'all' ? { all: list } : group === 'any' ? { any: list } : { not: { all: list } },
      action: { type: 'invite', message: 'Hello' },
    })),
  );

type Happening = VisitorEvent | WorldEvent;
type Timeless<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

const happening: fc.Arbitrary<Timeless<Happening>> = fc.oneof(
  { weight: 6, arbitrary: pageEvent() },
  { weight: 5, arbitrary: activityEvent() },
  fc.constantFrom('gold', '10', '').map((plan) => ({ type: 'fields' as const, fields: { plan } })),
  fc.constantFrom({ type: 'chat-started' as const }, { type: 'chat-ended' as const }),
  fc.boolean().map((accepted) => ({ type: 'invitation-answered' as const, accepted })),
  fc.constant({ type: 'invited' as const }),
  fc
    .integer({ min: 1, max: 3 })
    .map((visits) => ({ type: 'device' as const, device: { visits, language: 'en' } })),
  fc.integer({ min: 0, max: 2 }).map((count) => ({ type: 'agents-available' as const, count })),
  fc.integer({ min: 0, max: 6 }).map((count) => ({ type: 'queue-length' as const, count })),
);

function pageEvent() {
  return fc.record(
    {
      type: fc.constant('page' as const),
      url: pageUrl,
      title: fc.constantFrom('Cart', 'Shop sale', 'Docs'),
      referrer: fc.constantFrom('', 'https://search.example/x'),
    },
    { requiredKeys: ['type', 'url'] },
  );
}

function activityEvent() {
  return fc.record(
    {
      type: fc.constant('activity' as const),
      scrollDepth: fc.integer({ min: 0, max: 100 }),
      idle: fc.boolean(),
      event: fc.record(
        {
          name: fc.constantFrom('cart', 'exit_intent'),
          value: fc.constantFrom<string | number | boolean>(10, 99.5, 'shoes', '10', true),
        },
        { requiredKeys: ['name'] },
      ),
    },
    { requiredKeys: ['type'] },
  );
}

/** Events of one session, in order, on whole seconds; several may share one. */
export const session: fc.Arbitrary<Happening[]> = fc
  .array(fc.tuple(second, happening), { maxLength: 25 })
  .map((pairs) =>
    pairs
      .sort(([a], [b]) => a - b)
      .map(([offset, event]) => ({ ...event, at: SESSION_START + offset }) as Happening),
  );
