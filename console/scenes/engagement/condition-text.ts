import {
  type Condition,
  type ConditionTree,
  FACTS,
  type FactEntry,
  factEntry,
  type Operator,
} from '../../../shared/protocol/index.ts';

/** What people call a fact; `…` stands where the rule chooses a name. */
const FACT_NAMES: Readonly<Record<string, string>> = {
  'page.url': 'page address',
  'page.path': 'page path',
  'page.title': 'page title',
  'page.query.<k>': 'address parameter …',
  'page.timeOnPageMs': 'time on the page',
  'page.scrollDepth': 'scrolled part of the page (%)',
  'page.isIdle': 'visitor is idle',
  'session.pageViews': 'pages seen in this visit',
  'session.durationMs': 'time on the site',
  'session.referrer': 'where the visitor came from',
  'session.utm.<k>': 'campaign parameter utm_…',
  'visitor.visits': 'visits so far',
  'visitor.isReturning': 'visitor has been here before',
  'visitor.language': 'language of the browser',
  'visitor.device': 'device',
  'visitor.browser': 'browser',
  'visitor.os': 'operating system',
  'time.hour': 'hour of the day',
  'time.weekday': 'day of the week (1 is Monday)',
  'event.<name>.count': 'times that event … came',
  'event.<name>.last': 'last value of event …',
  'profile.<key>': 'profile field …',
  'agents.available': 'free agents',
  'queue.length': 'waiting conversations',
  'chat.count': 'chats begun in this visit',
};

const GROUP_NAMES: Readonly<Record<string, string>> = {
  page: 'The page',
  session: 'This visit',
  visitor: 'The visitor',
  time: 'Time',
  event: 'Events of the page',
  profile: 'Profile fields',
  agents: 'The team',
  queue: 'The team',
  chat: 'Chats',
};

const OPERATOR_NAMES: { readonly [Op in Operator]: string } = {
  eq: 'is',
  ne: 'is not',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  in: 'is one of',
  nin: 'is none of',
  contains: 'contains',
  startsWith: 'starts with',
  endsWith: 'ends with',
  matches: 'matches the pattern',
  exists: 'is known',
  between: 'is between',
};

const PLACEHOLDER = /<\w+>/;

export function operatorName(op: Operator): string {
  return OPERATOR_NAMES[op];
}

export function factName(entry: FactEntry): string {
  return FACT_NAMES[entry.fact] ?? entry.fact;
}

/** Choices for a menu of facts, in groups. */
export function factChoices(): { group: string; items: { value: string; label: string }[] }[] {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const entry of FACTS) {
    const group = GROUP_NAMES[entry.fact.split('.')[0] ?? ''] ?? 'Other';
    groups.set(group, [...(groups.get(group) ?? []), { value: entry.fact, label: factName(entry) }]);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}

/** Whether the rule chooses a name within the fact, such as the parameter of an address. */
export function isNamed(entry: FactEntry): boolean {
  return PLACEHOLDER.test(entry.fact);
}

/** `page.query.<k>` and `ref` make `page.query.ref`. */
export function factOf(entry: FactEntry, name: string): string {
  return entry.fact.replace(PLACEHOLDER, () => name);
}

/** The name that a fact holds: `ref` of `page.query.ref`. */
export function nameIn(fact: string, entry: FactEntry): string {
  const [before = '', after = ''] = entry.fact.split(PLACEHOLDER);
  return isNamed(entry) ? fact.slice(before.length, fact.length - after.length) : '';
}

/** Facts that are milliseconds are shown and typed as seconds. */
export function isDuration(entry: FactEntry): boolean {
  return entry.fact.endsWith('Ms');
}

/** A tree of conditions as a sentence: `page path starts with “/cart” and visits so far is at least 2`. */
export function describeTree(tree: ConditionTree): string {
  if ('all' in tree) return joined(tree.all, 'and') ?? 'always';
  if ('any' in tree) return joined(tree.any, 'or') ?? 'never';
  if ('not' in tree) return `not (${describeTree(tree.not)})`;
  return describeCondition(tree);
}

function joined(members: readonly ConditionTree[], word: string): string | undefined {
  if (members.length === 0) return undefined;
  return members
    .map((member) => {
      const text = describeTree(member);
      const isGroup =
        ('all' in member && member.all.length > 1) || ('any' in member && member.any.length > 1);
      return isGroup && members.length > 1 ? `(${text})` : text;
    })
    .join(` ${word} `);
}

export function describeCondition({ fact, op, value }: Condition): string {
  const entry = factEntry(fact);
  const name = entry === undefined ? fact || '…' : factName(entry).replace('…', `“${nameIn(fact, entry)}”`);
  if (op === 'exists') return `${name} is ${value === false ? 'not ' : ''}known`;
  if (entry?.type === 'boolean') return `${name}: ${(op === 'eq') === (value === true) ? 'yes' : 'no'}`;
  return `${name} ${operatorName(op)} ${valueText(value, entry)}`;
}

function valueText(value: Condition['value'], entry: FactEntry | undefined): string {
  if (value === undefined) return '…';
  if (typeof value === 'object') {
    const parts = value.map((part) => valueText(part, entry));
    return parts.length === 0 ? '…' : parts.join(', ');
  }
  if (typeof value === 'number') return entry && isDuration(entry) ? `${value / 1_000} s` : String(value);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : `“${value}”`;
}
