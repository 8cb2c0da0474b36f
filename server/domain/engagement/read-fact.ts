import type { FactValue } from '../../../shared/protocol/index.ts';
import type { LiveFacts } from './live-facts.ts';
import { pathOf, queryParameter } from './page-address.ts';
import type { ZoneClock } from './zone-clock.ts';

/** What facts depend on besides the visitor. */
export interface Moment {
  readonly now: number;
  readonly clock: ZoneClock;
  readonly agentsAvailable: number;
  readonly queueLength: number;
}

/** Reads one fact; undefined when the visitor has no such thing. */
export type FactReader = (facts: LiveFacts, moment: Moment) => FactValue | undefined;

/**
 * What changes a fact, so that only those that can be different are read again. What comes from the address of the page
 * alone is told apart: many visitors look at the same.
 */
export type FactSource =
  | 'address'
  | 'page'
  | 'activity'
  | 'duration'
  | 'clock'
  | 'arrival'
  | 'device'
  | 'chat'
  | 'world'
  | `event ${string}`
  | `field ${string}`;

export interface ReadableFact {
  readonly source: FactSource;
  readonly read: FactReader;
}

const page =
  (read: (facts: LiveFacts, moment: Moment) => FactValue | undefined): FactReader =>
  (facts, moment) =>
    facts.url === undefined ? undefined : read(facts, moment);

const PLAIN: { readonly [fact: string]: ReadableFact } = {
  'page.url': { source: 'address', read: (facts) => facts.url },
  'page.path': { source: 'address', read: page((facts) => pathOf(facts.url as string)) },
  'page.title': { source: 'page', read: page((facts) => facts.title) },
  'page.timeOnPageMs': { source: 'duration', read: page((facts, { now }) => now - facts.pageSince) },
  'page.scrollDepth': { source: 'activity', read: page((facts) => facts.scrollDepth) },
  'page.isIdle': { source: 'activity', read: page((facts) => facts.idle) },
  'session.pageViews': { source: 'page', read: (facts) => facts.pageViews },
  'session.durationMs': { source: 'duration', read: (facts, { now }) => now - facts.startedAt },
  'session.referrer': { source: 'arrival', read: (facts) => facts.referrer },
  'visitor.visits': { source: 'device', read: (facts) => facts.visits },
  'visitor.isReturning': { source: 'device', read: (facts) => facts.visits > 1 },
  'visitor.language': { source: 'device', read: (facts) => facts.language },
  'visitor.device': { source: 'device', read: (facts) => facts.device },
  'visitor.browser': { source: 'device', read: (facts) => facts.browser },
  'visitor.os': { source: 'device', read: (facts) => facts.os },
  'time.hour': { source: 'clock', read: (_facts, { clock, now }) => clock.localAt(now).hour },
  'time.weekday': { source: 'clock', read: (_facts, { clock, now }) => clock.localAt(now).weekday },
  'agents.available': { source: 'world', read: (_facts, { agentsAvailable }) => agentsAvailable },
  'queue.length': { source: 'world', read: (_facts, { queueLength }) => queueLength },
  'chat.count': { source: 'chat', read: (facts) => facts.chats },
};

/** How a fact of the catalogue is read. The name must be one that `factEntry` knows. */
export function readableFact(fact: string): ReadableFact {
  const plain = Object.hasOwn(PLAIN, fact) ? PLAIN[fact] : undefined;
  if (plain !== undefined) return plain;
  if (fact.startsWith('event.')) return eventFact(fact);
  const named = /^(page\.query|session\.utm|profile)\.(.*)$/s.exec(fact);
  const [, group, name = ''] = named ?? [];
  if (group === 'page.query') {
    return { source: 'address', read: page((facts) => queryParameter(facts.url as string, name)) };
  }
  if (group === 'session.utm') return { source: 'arrival', read: (facts) => facts.utm?.get(name) };
  return { source: `field ${name}`, read: (facts) => facts.fields?.get(name) };
}

function eventFact(fact: string): ReadableFact {
  const end = fact.lastIndexOf('.');
  const name = fact.slice('event.'.length, end);
  const source: FactSource = `event ${name}`;
  if (fact.endsWith('.last')) return { source, read: (facts) => facts.events?.get(name)?.last };
  return { source, read: (facts) => facts.events?.get(name)?.count ?? 0 };
}

const WRITTEN_NUMBER = /^[+-]?\d{1,15}(\.\d{1,10})?$/;

/** A value as a number: itself, or what a text says in digits. */
export function numberView(value: FactValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
  return typeof value === 'string' && WRITTEN_NUMBER.test(value) ? Number(value) : undefined;
}

/** A value as a text: itself, or a number or yes/no written out. */
export function textView(value: FactValue | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Texts are compared without regard to case. */
export function fold(text: string): string {
  return text.toLowerCase();
}
