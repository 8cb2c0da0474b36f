import type { RedactionReplacement, WireRedactionRule } from '../../../shared/protocol/index.ts';
import type { RuleDraft } from '../../api/calls.ts';

/** A rule as the editor holds it: one flat record of what can be typed. */
export interface RuleValues {
  name: string;
  pattern: string;
  flags: string[];
  check: string | null;
  replaceBy: 'text' | 'keep-last';
  replacement: string;
  keepLast: number;
  mask: string;
  from: string[];
  places: string[];
  enabled: boolean;
  order: number;
  digitWords: boolean;
  /** One example a line. */
  match: string;
  noMatch: string;
}

const MASK = '█';
const DEFAULT_KEPT = 4;

/** What a new rule starts from; it comes after those that are there. */
export function newRuleValues(order: number): RuleValues {
  return {
    name: '',
    pattern: '',
    flags: ['i'],
    check: null,
    replaceBy: 'text',
    replacement: MASK,
    keepLast: DEFAULT_KEPT,
    mask: MASK,
    from: ['visitor', 'agent'],
    places: ['message', 'profile', 'url'],
    enabled: true,
    order,
    digitWords: false,
    match: '',
    noMatch: '',
  };
}

/** A stored rule, for the editor. */
export function valuesOf(rule: WireRedactionRule): RuleValues {
  const { replacement, examples } = rule;
  return {
    ...newRuleValues(rule.order),
    name: rule.name,
    pattern: rule.pattern,
    flags: [...rule.flags],
    check: rule.check ?? null,
    ...(typeof replacement === 'string'
      ? { replaceBy: 'text', replacement }
      : { replaceBy: 'keep-last', keepLast: replacement.keepLast, mask: replacement.mask }),
    from: [...rule.scope.from],
    places: [...rule.scope.places],
    enabled: rule.enabled,
    digitWords: rule.digitWords,
    match: examples.match.join('\n'),
    noMatch: examples.noMatch.join('\n'),
  };
}

/** What the editor holds, for the server. */
export function draftOf(values: RuleValues): RuleDraft {
  return {
    name: values.name.trim(),
    pattern: values.pattern,
    flags: values.flags.join(''),
    check: values.check,
    replacement: replacementOf(values),
    scope: {
      from: values.from as RuleDraft['scope']['from'],
      places: values.places as RuleDraft['scope']['places'],
    },
    enabled: values.enabled,
    order: values.order,
    digitWords: values.digitWords,
    examples: { match: linesOf(values.match), noMatch: linesOf(values.noMatch) },
  };
}

/** A draft without the fields that mean "none", as the calls that make or try a rule take it. */
export function withoutNulls(draft: RuleDraft): RuleDraft {
  const { check, ...rest } = draft;
  return check === null || check === undefined ? rest : { ...rest, check };
}

/** Where in the editor the fault at a path of the request belongs. */
export function fieldOf(path: string): keyof RuleValues {
  const parts = path.replace(/^rules\.\d+\./, '').split('.');
  const [first = '', second = ''] = parts;
  if (first === 'examples') return second === 'noMatch' ? 'noMatch' : 'match';
  if (first === 'scope') return second === 'places' ? 'places' : 'from';
  if (first === 'replacement') return second === 'keepLast' ? 'keepLast' : 'replacement';
  return first as keyof RuleValues;
}

function replacementOf(values: RuleValues): RedactionReplacement {
  if (values.replaceBy === 'text') return values.replacement;
  return { keepLast: values.keepLast, mask: values.mask };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
