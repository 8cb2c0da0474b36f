import type { VisitorEvent } from '../../server/domain/engagement/index.ts';
import type { Condition, EngagementRule } from '../../shared/protocol/index.ts';
import { pick } from '../../tests/support/identifiers.ts';

type Random = () => number;

const PATHS = Array.from({ length: 400 }, (_, n) => `/${['shop', 'docs', 'help', 'blog'][n % 4]}/item-${n}`);
const EVENTS = ['cart', 'search', 'video', 'filter', 'exit_intent', 'compare', 'coupon', 'login'];
const FIELDS = ['plan', 'segment', 'customerId'];
const SOURCES = ['news', 'ad', 'partner', 'social'];
const LANGUAGES = ['sv-SE', 'en-GB', 'de', 'fi', 'nb-NO'];
const BROWSERS = ['Firefox', 'Chrome', 'Safari', 'Edge'];

const whole = (random: Random, below: number): number => Math.floor(random() * below);

/** Ways to ask that rules of shops and help desks use; most name a page, a time or an event. */
const CONDITIONS: readonly ((random: Random) => Condition)[] = [
  (random) => ({ fact: 'page.path', op: 'eq', value: pick(random, PATHS) }),
  (random) => ({
    fact: 'page.path',
    op: 'startsWith',
    value: pick(random, PATHS).slice(0, 8 + whole(random, 6)),
  }),
  (random) => ({
    fact: 'page.path',
    op: 'in',
    value: [pick(random, PATHS), pick(random, PATHS), pick(random, PATHS)],
  }),
  (random) => ({ fact: 'page.url', op: 'contains', value: pick(random, PATHS).slice(3, 11) }),
  (random) => ({ fact: 'page.url', op: 'matches', value: `item-\\d*${whole(random, 10)}$` }),
  (random) => ({ fact: 'page.title', op: 'contains', value: `offer ${whole(random, 60)}` }),
  (random) => ({ fact: 'page.query.ref', op: 'eq', value: String(whole(random, 40)) }),
  (random) => ({ fact: 'page.timeOnPageMs', op: 'gte', value: 1_000 * (5 + whole(random, 120)) }),
  (random) => ({ fact: 'page.scrollDepth', op: 'gte', value: whole(random, 100) }),
  (random) => ({ fact: 'session.pageViews', op: 'gte', value: 1 + whole(random, 20) }),
  (random) => ({ fact: 'session.durationMs', op: 'gt', value: 10_000 * (1 + whole(random, 60)) }),
  (random) => ({ fact: 'session.referrer', op: 'contains', value: pick(random, SOURCES) }),
  (random) => ({ fact: 'session.utm.source', op: 'eq', value: pick(random, SOURCES) }),
  (random) => ({ fact: 'visitor.visits', op: 'gte', value: 1 + whole(random, 6) }),
  (random) => ({ fact: 'visitor.isReturning', op: 'eq', value: random() < 0.5 }),
  (random) => ({ fact: 'visitor.language', op: 'eq', value: pick(random, ['sv', 'en', 'de', 'fi', 'nb']) }),
  (random) => ({
    fact: 'visitor.browser',
    op: 'in',
    value: [pick(random, BROWSERS), pick(random, BROWSERS)],
  }),
  (random) => ({ fact: 'time.hour', op: 'between', value: [whole(random, 12), 12 + whole(random, 12)] }),
  (random) => ({ fact: 'time.weekday', op: 'in', value: [1 + whole(random, 7), 1 + whole(random, 7)] }),
  (random) => ({ fact: `event.${pick(random, EVENTS)}.count`, op: 'gte', value: 1 + whole(random, 5) }),
  (random) => ({ fact: `event.${pick(random, EVENTS)}.last`, op: 'gt', value: whole(random, 500) }),
  (random) => ({ fact: `profile.${pick(random, FIELDS)}`, op: 'eq', value: `v${whole(random, 8)}` }),
  (random) => ({ fact: 'agents.available', op: 'gte', value: 1 + whole(random, 4) }),
  (random) => ({ fact: 'queue.length', op: 'lt', value: 1 + whole(random, 10) }),
];

/** Rules of four conditions each: one in three adds to the score, the others invite. */
export function rulesFor(random: Random, count: number): EngagementRule[] {
  return Array.from({ length: count }, (_, order): EngagementRule => {
    const when = { all: Array.from({ length: 4 }, () => pick(random, CONDITIONS)(random)) };
    const base = {
      id: `rule-${order}`,
      name: `Rule ${order}`,
      enabled: true,
      priority: whole(random, 10),
      order,
      when,
    };
    if (order % 3 === 0) return { ...base, kind: 'score', points: whole(random, 20) - 5 };
    return {
      ...base,
      kind: 'engage',
      minScore: whole(random, 20),
      action: { type: 'invite', message: 'May we help?' },
      limits: { oncePerSession: true },
      requiresAgent: random() < 0.5,
      holdoutPercent: 10,
    };
  });
}

export function visitorFor(random: Random, at: { readonly number: number; readonly now: number }) {
  return {
    key: `visitor-${at.number}`,
    startedAt: at.now,
    visits: 1 + whole(random, 5),
    language: pick(random, LANGUAGES),
    device: pick(random, ['desktop', 'mobile', 'tablet']),
    browser: pick(random, BROWSERS),
    os: pick(random, ['Windows', 'macOS', 'Android', 'iOS']),
  };
}

/** What visitors do: look at a page, scroll, do something, seldom tell who they are. */
export function eventFor(random: Random, at: number): VisitorEvent {
  const kind = random();
  if (kind < 0.3) {
    const item = whole(random, PATHS.length);
    const query = ['', '', `?ref=${whole(random, 40)}`, `?utm_source=${pick(random, SOURCES)}`][
      whole(random, 4)
    ];
    return {
      type: 'page',
      at,
      url: `https://shop.example${PATHS[item]}${query}`,
      title: `Item ${item}, offer ${item % 60}`,
      referrer: `https://${pick(random, SOURCES)}.example/`,
    };
  }
  if (kind < 0.65) return { type: 'activity', at, scrollDepth: whole(random, 101) };
  if (kind < 0.95) {
    return { type: 'activity', at, event: { name: pick(random, EVENTS), value: whole(random, 600) } };
  }
  return { type: 'fields', at, fields: { [pick(random, FIELDS)]: `v${whole(random, 8)}` } };
}
