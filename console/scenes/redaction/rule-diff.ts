import type { RedactionRuleSnapshot, WireRedactionRuleChange } from '../../../shared/protocol/index.ts';

/** One field of a rule that a change touched, as people read it. */
export interface FieldDifference {
  readonly field: string;
  /** undefined: there was no rule before. */
  readonly before: string | undefined;
  /** undefined: there is no rule any more. */
  readonly after: string | undefined;
}

const PLACE_NAMES = { message: 'messages and notes', profile: 'profile and forms', url: 'page addresses' };
const FLAG_NAMES: Readonly<Record<string, string>> = {
  i: 'ignore case',
  m: '^ and $ match at every line',
  s: 'dot matches line breaks',
};

/** How each field is named and read, in the order of the editor. */
const FIELDS: readonly (readonly [name: string, read: (rule: RedactionRuleSnapshot) => string])[] = [
  ['Name', ({ name }) => name],
  ['Pattern', ({ pattern }) => pattern],
  ['Flags', ({ flags }) => [...flags].map((flag) => FLAG_NAMES[flag] ?? flag).join(', ') || 'none'],
  ['Check', ({ check }) => check ?? 'none'],
  ['Numbers in words', ({ digitWords }) => onOrOff(digitWords)],
  ['Replacement', ({ replacement }) => replacementText(replacement)],
  ['Written by', ({ scope }) => scope.from.map((from) => `${from}s`).join(', ')],
  ['In', ({ scope }) => scope.places.map((place) => PLACE_NAMES[place]).join(', ')],
  ['State', ({ enabled }) => onOrOff(enabled)],
  ['Order', ({ order }) => String(order)],
  ['Examples', ({ examples }) => `${examples.match} must match, ${examples.noMatch} must not`],
];

/** The fields in which a rule differs; all of them where it came to be or went. */
export function differencesOf({
  before,
  after,
}: Pick<WireRedactionRuleChange, 'before' | 'after'>): readonly FieldDifference[] {
  return FIELDS.map(([field, read]) => ({
    field,
    before: before && read(before),
    after: after && read(after),
  })).filter((difference) => difference.before !== difference.after);
}

/** The rule's name as it was last known in a change. */
export function nameIn({ before, after }: Pick<WireRedactionRuleChange, 'before' | 'after'>): string {
  return after?.name ?? before?.name ?? 'A rule';
}

function onOrOff(is: boolean): string {
  return is ? 'on' : 'off';
}

function replacementText(replacement: RedactionRuleSnapshot['replacement']): string {
  if (typeof replacement === 'string') return replacement === '' ? 'nothing' : `“${replacement}”`;
  return `“${replacement.mask}”, the last ${replacement.keepLast} kept`;
}
