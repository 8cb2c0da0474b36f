import { type ActiveRules, budgetFor, type CompiledRule, type RuleSet, whereIndex } from './compile.ts';
import { SearchedText, type SearchMeans } from './detector.ts';
import { readDigitWords } from './digit-words.ts';
import { type Zones, zonesOf } from './masked-zones.ts';
import { normalise, originalSpan, type TextView } from './normalise.ts';
import type { Emit } from './numbers.ts';
import { type Piece, Pieces } from './pieces.ts';
import { couldMatch, factsOf, type TextFacts } from './prefilter.ts';
import { readReversed } from './reversed.ts';
import type { RedactedText, Redaction, RedactionMatch, RedactionWhere } from './rule.ts';
import type { StepBudget } from './search.ts';

/** Passes after which a text whose redaction keeps making new matches is masked as a whole. */
const MAX_PASSES = 8;
const NO_MATCHES: readonly RedactionMatch[] = [];

/** A match in the text that was searched; `rule` is its place in the order. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly rule: number;
  /** Taken because it could not be searched; nothing of it may be kept. */
  readonly unsearched: boolean;
}

/**
 * Takes out of a text whatever the rules match, in the text itself and in what it reads as when look-alikes,
 * invisible characters and odd separators are resolved. The result is searched again until nothing matches but
 * masks, so redacting it once more changes nothing. Texts that come together may share a budget. Never throws on any text; the cost grows linearly with the text.
 */
export function redactText(
  ruleSet: RuleSet,
  text: string,
  where: RedactionWhere,
  budget: StepBudget = budgetFor(text.length),
): Redaction {
  const rules = ruleSet.byWhere[whereIndex(where)];
  if (rules === undefined) throw new Error('a text has no such origin');
  const first = findSpans(rules, text, budget);
  if (first.length === 0) return { text: text as RedactedText, count: 0, matches: NO_MATCHES };
  return redactSpans({ rules, text, budget }, first);
}

/** A text to redact, and what the patterns of its rules may together spend on it, all passes included. */
export interface Redacting {
  readonly rules: ActiveRules;
  readonly text: string;
  readonly budget: StepBudget;
}

/** Takes the given parts out of a text, and whatever then matches. */
export function redactSpans({ rules, text, budget }: Redacting, first: readonly Span[]): Redaction {
  const pieces = new Pieces(text, rules.list);
  let spans = first;
  let output = text;
  for (let pass = 0; spans.length > 0; pass++) {
    if (pass === MAX_PASSES) pieces.takeAll();
    else pieces.add(spans);
    output = pieces.render();
    spans = pass === MAX_PASSES ? [] : findSpans(rules, output, budget);
  }
  return redactionOf(output, pieces.list, rules.list);
}

function redactionOf(output: string, pieces: readonly Piece[], rules: readonly CompiledRule[]): Redaction {
  const matches = pieces.map(({ start, end, rule }) => ({ ruleId: rules[rule]?.rule.id ?? '', start, end }));
  return { text: output as RedactedText, count: matches.length, matches };
}

/** Every match of every rule that is not a mask left by an earlier redaction. */
export function findSpans(active: ActiveRules, text: string, budget: StepBudget): Span[] {
  const spans: Span[] = [];
  const rules = active.list;
  const means = { memory: active.memory, budget };
  const facts = factsOf(text);
  findInView({ rules, spans, view: { text }, facts, means });
  if (facts.folds) {
    const view = normalise(text);
    if (view !== undefined) findInView({ rules, spans, view, facts: factsOf(view.text), means });
    const shown = readReversed(text);
    if (shown !== undefined) findInView({ rules, spans, view: shown, facts: factsOf(shown.text), means });
  }
  if (active.digitWords) findDigitWords({ rules, text, means }, spans);
  return spans.length === 0 ? spans : outsideMasks(spans, zonesOf(active.masks, text));
}

function outsideMasks(spans: Span[], zones: Zones): Span[] {
  return zones.isEmpty ? spans : spans.filter((span) => !zones.hold(span.start, span.end));
}

interface ViewSearch {
  readonly rules: readonly CompiledRule[];
  readonly spans: Span[];
  readonly view: TextView;
  readonly facts: TextFacts;
  readonly means: SearchMeans;
}

function findInView({ rules, spans, view, facts, means }: ViewSearch): void {
  let source: SearchedText | undefined;
  let rule = 0;
  const emit: Emit = (from, to, unsearched = false) => {
    const { start, end } = originalSpan(view, from, to);
    spans.push({ start, end, rule, unsearched });
  };
  for (; rule < rules.length; rule++) {
    const compiled = rules[rule];
    if (compiled === undefined || !couldMatch(compiled.needs, facts)) continue;
    source ??= new SearchedText(view, facts, means);
    compiled.find(source, emit);
  }
}

interface WordSearch {
  readonly rules: readonly CompiledRule[];
  readonly text: string;
  readonly means: SearchMeans;
}

/** Runs the rules that ask for it on the text with digit words read as digits. */
function findDigitWords({ rules, text, means }: WordSearch, spans: Span[]): void {
  const view = readDigitWords(text);
  if (view === undefined) return;
  const found: Span[] = [];
  findInView({ rules, spans: found, view, facts: factsOf(view.text), means });
  for (const span of found) if (rules[span.rule]?.rule.digitWords === true) spans.push(span);
}
