import type { Operator } from './engagement.ts';

/**
 * What a fact is.
 * - `number`, `text`, `boolean`: just that.
 * - `any`: text, a number or yes/no; text that is written as a number can be compared with numbers too.
 */
export type FactType = 'number' | 'text' | 'boolean' | 'any';

export interface FactEntry {
  /** With `<k>` in the place of a name that the rule chooses. */
  readonly fact: string;
  readonly type: FactType;
  /** Bounds of the numbers that it can be compared with. */
  readonly min?: number;
  readonly max?: number;
  readonly help: string;
}

/** Every fact that a condition may read. `docs/ENGAGEMENT.md` is checked against it. */
export const FACTS = [
  { fact: 'page.url', type: 'text', help: 'Address of the page, with query and fragment.' },
  { fact: 'page.path', type: 'text', help: 'Path of the address, such as /cart.' },
  { fact: 'page.title', type: 'text', help: 'Title of the page.' },
  { fact: 'page.query.<k>', type: 'any', help: 'A parameter of the address.' },
  { fact: 'page.timeOnPageMs', type: 'number', min: 0, help: 'Milliseconds since the page was opened.' },
  {
    fact: 'page.scrollDepth',
    type: 'number',
    min: 0,
    max: 100,
    help: 'Deepest point seen of the page, in %.',
  },
  { fact: 'page.isIdle', type: 'boolean', help: 'Whether the visitor does nothing at the moment.' },
  { fact: 'session.pageViews', type: 'number', min: 0, help: 'Pages opened in this session.' },
  { fact: 'session.durationMs', type: 'number', min: 0, help: 'Milliseconds since the session began.' },
  { fact: 'session.referrer', type: 'text', help: 'Where the visitor came from, with the first page.' },
  { fact: 'session.utm.<k>', type: 'any', help: 'A campaign parameter (utm_<k>) of the session.' },
  { fact: 'visitor.visits', type: 'number', min: 0, help: 'Sessions so far, this one included.' },
  { fact: 'visitor.isReturning', type: 'boolean', help: 'Whether there was a session before.' },
  { fact: 'visitor.language', type: 'text', help: 'Language of the browser; sv stands for sv-SE too.' },
  { fact: 'visitor.device', type: 'text', help: 'desktop, mobile or tablet.' },
  { fact: 'visitor.browser', type: 'text', help: 'Name of the browser, such as Firefox.' },
  { fact: 'visitor.os', type: 'text', help: 'Name of the operating system, such as Windows.' },
  { fact: 'time.hour', type: 'number', min: 0, max: 24, help: "Hour of the day in the account's time zone." },
  {
    fact: 'time.weekday',
    type: 'number',
    min: 0,
    max: 7,
    help: "Day of the week in the account's time zone: 1 is Monday, 7 (or 0) is Sunday.",
  },
  { fact: 'event.<name>.count', type: 'number', min: 0, help: 'How often an event of this name came.' },
  { fact: 'event.<name>.last', type: 'any', help: 'The value of the last event of this name.' },
  { fact: 'profile.<key>', type: 'any', help: "A field that the account's DPA lists." },
  { fact: 'agents.available', type: 'number', min: 0, help: 'Agents who can take a chat now.' },
  { fact: 'queue.length', type: 'number', min: 0, help: 'Conversations that wait.' },
  { fact: 'chat.count', type: 'number', min: 0, help: 'Chats that the visitor began in this session.' },
] as const satisfies readonly FactEntry[];

const NUMERIC: readonly Operator[] = ['gt', 'gte', 'lt', 'lte', 'between'];
const TEXTUAL: readonly Operator[] = ['contains', 'startsWith', 'endsWith', 'matches'];
const COMMON: readonly Operator[] = ['eq', 'ne', 'exists'];
const LISTS: readonly Operator[] = ['in', 'nin'];

/** Which operators a fact of each type takes. */
export const OPERATORS_OF_TYPE: { readonly [Type in FactType]: readonly Operator[] } = {
  number: [...COMMON, ...LISTS, ...NUMERIC],
  text: [...COMMON, ...LISTS, ...TEXTUAL],
  boolean: COMMON,
  any: [...COMMON, ...LISTS, ...NUMERIC, ...TEXTUAL],
};

/** Largest size of what an administrator may write. Characters are UTF-16 units. */
export const ENGAGEMENT_LIMITS = {
  /** Groups within groups. */
  depth: 8,
  conditionsPerRule: 100,
  listValues: 100,
  textValueLength: 500,
  patternLength: 500,
  patternsPerRuleSet: 200,
  factLength: 120,
  rulesPerAccount: 2_000,
  messageLength: 1_000,
  variantsPerRule: 8,
  translationsPerMessage: 40,
  intervalsPerSchedule: 50,
  points: 10_000,
  minScore: 1_000_000,
  priority: 1_000_000,
  /** 366 days. */
  cooldownMs: 31_622_400_000,
  maxPerDay: 1_000,
  simulatedEvents: 5_000,
  /** Days that a simulation may run over. */
  simulatedDays: 31,
} as const;

const WITH_NAME = /^(page\.query|session\.utm|profile)\.([^\p{Cc}\p{Cs}]{1,64})$/u;
const OF_EVENT = /^event\.([^\p{Cc}\p{Cs}]{1,64})\.(count|last)$/u;

/** The catalogue's entry for a fact of a condition, such as `page.query.<k>` for `page.query.ref`. */
export function factEntry(fact: string): FactEntry | undefined {
  if (fact.includes('<')) return undefined;
  const plain = FACTS.find((entry) => entry.fact === fact);
  if (plain !== undefined) return plain;
  const [, event, part] = OF_EVENT.exec(fact) ?? [];
  if (event !== undefined) return FACTS.find((entry) => entry.fact === `event.<name>.${part}`);
  const [, group] = WITH_NAME.exec(fact) ?? [];
  return FACTS.find((entry) => entry.fact === `${group}.<${group === 'profile' ? 'key' : 'k'}>`);
}
