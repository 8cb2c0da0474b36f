import type { BuiltinRule } from './builtin-rules/builtin-rule.ts';
import { builtinRule } from './builtin-rules/index.ts';
import { needs, nextTry, type SearchedText, SearchMemory } from './detector.ts';
import type { Emit } from './numbers.ts';
import { type Needs, needsOf } from './prefilter.ts';
import { compileProgram, judgePattern, judgeProgram, type Program, tooCostly } from './program.ts';
import type { RedactionRule, RedactionWhere, Replacement } from './rule.ts';
import { RedactionPatternError } from './rule.ts';
import { LinearSearch, type StepBudget } from './search.ts';
import { type Check, checkOf } from './validators/index.ts';

/**
 * Steps that a pattern may spend on a text for each of its characters: four thousand characters then take a few
 * milliseconds. Ordinary patterns need one to thirty.
 */
const STEPS_PER_CHARACTER = 85;
/** Steps that a pattern may always spend, so that a text of a few lines is searched in full. */
const BASE_STEPS = 20_000;
/**
 * Steps that all patterns of a rule set may together spend on a text: a hundred ordinary patterns take well under forty
 * steps for each character of a message of a few lines. On four thousand characters this is about ten milliseconds.
 */
const SET_STEPS_PER_CHARACTER = 100;
const SET_BASE_STEPS = 500_000;
/** What a pattern is tried on before it is accepted: it must stay within its budget on each. */
const PROBES: readonly string[] = [
  'a',
  'Z',
  '1',
  ' ',
  '-',
  'é',
  'Order 12-34 of 5 May, 10:30 (x)! a.b@c.example/d?e=f ',
].map((text) => text.repeat(Math.ceil(256 / text.length)));
/** Of a stored rule that cannot run, which takes out whole texts. */
const UNRUNNABLE_MASK = '█';
const NO_NEEDS = needs({ minLength: 1 });
const MAX_REPLACEMENT_LENGTH = 40;
const MAX_KEPT = 8;
/** How often a one-character mask stands in the place of a match. */
const MASK_WIDTH = 4;
/** Longest part of a match that a check looks at when the whole match fails it. */
const MAX_CHECKED_LENGTH = 64;

/** A rule ready to run. */
export interface CompiledRule {
  readonly rule: RedactionRule;
  readonly mask: Mask;
  readonly needs: Needs;
  /** Whether it is looked for across several messages of one sender. */
  readonly distinctive: boolean;
  readonly find: (source: SearchedText, emit: Emit) => void;
}

/** A replacement, worked out. */
export interface Mask {
  readonly text: string;
  /** Set when `text` repeats one character: any run of it is taken for a mask. */
  readonly repeats?: string;
  readonly kept: number;
}

/**
 * Compiles one rule.
 * @throws RedactionPatternError when it cannot run in linear time, can match nothing at all, or costs too much
 */
export function compileRule(rule: RedactionRule): CompiledRule {
  if (detectorOf(rule) !== undefined) return compiled(rule);
  judgePattern(rule.pattern);
  return compiled(rule, (program, search) => {
    judgeProgram(program, rule.pattern);
    refuseSlow(search, rule.pattern);
  });
}

/**
 * Compiles a rule that was accepted when it was saved, also where a new one like it would be refused today. One that
 * cannot run at all takes out every text in its scope: what cannot be checked must not be kept.
 */
export function compileStoredRule(rule: RedactionRule): CompiledRule {
  try {
    return compiled(rule);
  } catch (error) {
    if (!(error instanceof RedactionPatternError)) throw error;
    const find: CompiledRule['find'] = ({ text }, emit) => emit(0, text.length, true);
    return { rule, mask: maskOf(UNRUNNABLE_MASK), needs: NO_NEEDS, distinctive: false, find };
  }
}

function compiled(
  rule: RedactionRule,
  judge: (program: Program, search: LinearSearch) => void = () => {},
): CompiledRule {
  const mask = maskOf(rule.replacement);
  const builtin = detectorOf(rule);
  if (builtin !== undefined) return { rule, mask, ...builtin.detector, distinctive: builtin.distinctive };
  const program = compileProgram(rule.pattern, rule.flags ?? '');
  const search = new LinearSearch(program);
  judge(program, search);
  const check = rule.check === undefined ? undefined : checkOf(rule.check);
  return {
    rule,
    mask,
    needs: needsOf(program),
    distinctive: check !== undefined,
    find: (source, emit) => findPattern({ search, check }, source, emit),
  };
}

/** The library's own detector, while pattern and flags are the library's own. */
function detectorOf({ builtin: key, pattern, flags = '' }: RedactionRule): BuiltinRule | undefined {
  const builtin = key === undefined ? undefined : builtinRule(key);
  return builtin?.pattern === pattern && builtin.flags === flags ? builtin : undefined;
}

/** A pattern that runs out of its budget on plain text would mask that text, so it is refused. */
function refuseSlow(search: LinearSearch, pattern: string): void {
  for (const probe of PROBES) {
    const budget: StepBudget = { left: STEPS_PER_CHARACTER * probe.length };
    if (search.find(probe, 0, budget) === 'exhausted') throw tooCostly(pattern);
  }
}

function maskOf(replacement: Replacement): Mask {
  const { mask, keepLast } =
    typeof replacement === 'string' ? { mask: replacement, keepLast: 0 } : replacement;
  if (mask.length > MAX_REPLACEMENT_LENGTH) {
    throw new RedactionPatternError(
      'replacement',
      `A replacement has at most ${MAX_REPLACEMENT_LENGTH} characters.`,
    );
  }
  if (!Number.isInteger(keepLast) || keepLast < 0 || keepLast > MAX_KEPT || (keepLast > 0 && mask === '')) {
    throw new RedactionPatternError(
      'replacement',
      `At most ${MAX_KEPT} characters can be kept, behind a mask.`,
    );
  }
  const single = [...mask].length === 1;
  return { text: single ? mask.repeat(MASK_WIDTH) : mask, kept: keepLast, ...(single && { repeats: mask }) };
}

/** What the patterns of one rule set may together spend on texts of so many characters. */
export const budgetFor = (length: number): StepBudget => ({
  left: SET_BASE_STEPS + SET_STEPS_PER_CHARACTER * length,
});

interface PatternMatcher {
  readonly search: LinearSearch;
  readonly check: Check | undefined;
}

/**
 * Emits every match of a pattern that passes its check. When the step budget of the pattern or of the whole rule set
 * runs out (patterns that look far ahead again and again, on a text made for it) everything not yet searched counts
 * as a match: what cannot be checked must not be kept. For the rules behind the one that ran out that is the whole text.
 */
function findPattern(matcher: PatternMatcher, { text, budget: shared }: SearchedText, emit: Emit): void {
  if (shared.left <= 0) {
    emit(0, text.length, true);
    return;
  }
  const granted = Math.min(shared.left, BASE_STEPS + STEPS_PER_CHARACTER * text.length);
  const budget: StepBudget = { left: granted };
  emitMatches(matcher, { text, budget }, emit);
  shared.left -= granted - budget.left;
}

function emitMatches(
  { search, check }: PatternMatcher,
  { text, budget }: { readonly text: string; readonly budget: StepBudget },
  emit: Emit,
): void {
  for (let from = 0; from < text.length; ) {
    const outcome = search.find(text, from, budget);
    if (outcome === 'none') return;
    if (outcome === 'exhausted') {
      emit(from, text.length, true);
      return;
    }
    const end = check === undefined ? search.end : checkedEnd(text, search, check);
    if (end !== undefined) emit(search.start, end);
    budget.left -= check === undefined ? 0 : MAX_CHECKED_LENGTH;
    from = end ?? nextTry(text, search.start, search.end - search.start);
  }
}

/**
 * Where the checked part of a match ends: the match itself, or, when a greedy pattern took in what follows
 * (an expiry date behind a card number), the longest part that ends with a word and passes the check.
 */
function checkedEnd(text: string, match: { start: number; end: number }, check: Check): number | undefined {
  const { start, end } = match;
  if (end - start <= MAX_CHECKED_LENGTH && check(text.slice(start, end))) return end;
  for (let at = Math.min(end - 1, start + MAX_CHECKED_LENGTH); at > start; at--) {
    const endsWord = /[\p{L}\p{N}]/u.test(text[at - 1] ?? '') && !/[\p{L}\p{N}]/u.test(text[at] ?? '');
    if (endsWord && check(text.slice(start, at))) return at;
  }
  return undefined;
}

/** The rules that apply to texts of one origin, in order, and what their redaction leaves. */
export interface ActiveRules {
  readonly list: readonly CompiledRule[];
  /** Every different mask. */
  readonly masks: readonly Mask[];
  readonly digitWords: boolean;
  readonly memory: SearchMemory;
}

/** The rules of one origin, and those of them that are looked for across several messages too. */
export interface OriginRules extends ActiveRules {
  readonly acrossMessages: ActiveRules;
}

/** Rules of one account, compiled. It keeps working memory, so one text is searched at a time. */
export interface RuleSet {
  /** Enabled rules by {@link whereIndex}. */
  readonly byWhere: readonly OriginRules[];
}

const PLACES = ['message', 'profile', 'url'] as const;
const SENDERS = ['visitor', 'agent'] as const;

export const whereIndex = (where: RedactionWhere): number =>
  SENDERS.indexOf(where.from) * PLACES.length + PLACES.indexOf(where.place);

/**
 * Compiles the enabled rules of an account. Where two matches overlap, the rule with the lower `order` (the
 * list's order where none is given) is credited.
 * @throws RedactionPatternError
 */
export function compileRuleSet(rules: readonly RedactionRule[]): RuleSet {
  return ruleSetOf(inOrder(rules).map(compileRule));
}

/** The enabled rules in the order in which they run. */
export function inOrder(rules: readonly RedactionRule[]): readonly RedactionRule[] {
  return rules
    .map((rule, index) => ({ rule, order: rule.order ?? index }))
    .filter(({ rule }) => rule.enabled)
    .sort((a, b) => a.order - b.order)
    .map(({ rule }) => rule);
}

/** A rule set of rules that are enabled, {@link inOrder} and compiled. */
export function ruleSetOf(compiledRules: readonly CompiledRule[]): RuleSet {
  const memory = new SearchMemory();
  const byWhere = SENDERS.flatMap((from) =>
    PLACES.map((place) => {
      const covering = compiledRules.filter(({ rule }) => covers(rule, { from, place }));
      const distinctive = covering.filter((rule) => rule.distinctive);
      return { ...activeRules(covering, memory), acrossMessages: activeRules(distinctive, memory) };
    }),
  );
  return { byWhere };
}

export function activeRules(list: readonly CompiledRule[], memory: SearchMemory): ActiveRules {
  const masks = new Map(list.map(({ mask }) => [`${mask.kept} ${mask.text}`, mask]));
  return {
    list,
    masks: [...masks.values()].filter(({ text }) => text !== ''),
    digitWords: list.some(({ rule }) => rule.digitWords === true),
    memory,
  };
}

function covers({ scope }: RedactionRule, where: RedactionWhere): boolean {
  return scope === undefined || (scope.from.includes(where.from) && scope.places.includes(where.place));
}
