import { type ActiveRules, budgetFor, type RuleSet, whereIndex } from './compile.ts';
import { Pieces } from './pieces.ts';
import { findSpans, type Span } from './redact.ts';
import type { RedactedText, Redaction, RedactionWhere } from './rule.ts';

/** Characters searched in one step; one takes a few milliseconds at the most. */
const WINDOW = 8_000;
/** Characters that two steps share, so that what lies across their border is seen whole by one of them. */
const OVERLAP = 1_000;
/** A border is moved this far at the most to stand between words, so that no number is cut in two. */
const WORD_REACH = 200;
/** Passes after which a text whose redaction keeps making new matches is masked as a whole. */
const MAX_PASSES = 8;

/**
 * Redacts a text of any length, as a file is, in steps that the caller may pause between: `yield` comes after each.
 * It answers what `redactText` would, except for a match longer than the part that two steps share.
 */
export function* redactLongText(
  ruleSet: RuleSet,
  text: string,
  where: RedactionWhere,
): Generator<void, Redaction> {
  const rules = ruleSet.byWhere[whereIndex(where)];
  if (rules === undefined) throw new Error('a text has no such origin');
  const pieces = new Pieces(text, rules.list);
  let output = text;
  let spans = yield* findInWindows(rules, output);
  for (let pass = 0; spans.length > 0; pass++) {
    if (pass === MAX_PASSES) pieces.takeAll();
    else pieces.add(spans);
    output = pieces.render();
    spans = pass === MAX_PASSES ? [] : yield* findInWindows(rules, output);
  }
  const matches = pieces.list.map(({ start, end, rule }) => ({
    ruleId: rules.list[rule]?.rule.id ?? '',
    start,
    end,
  }));
  return { text: output as RedactedText, count: matches.length, matches };
}

function* findInWindows(rules: ActiveRules, text: string): Generator<void, Span[]> {
  const spans: Span[] = [];
  for (let start = 0; start < text.length; ) {
    const end = wordEnd(text, Math.min(text.length, start + WINDOW));
    const window = text.slice(start, end);
    for (const span of findSpans(rules, window, budgetFor(window.length))) {
      spans.push({ ...span, start: span.start + start, end: span.end + start });
    }
    yield;
    if (end >= text.length) break;
    start = wordStart(text, end - OVERLAP);
  }
  return spans;
}

/** The next place at or behind `at` where no word goes on. */
function wordEnd(text: string, at: number): number {
  for (let end = at; end < Math.min(text.length, at + WORD_REACH); end++) {
    if (isBorder(text, end)) return end;
  }
  return Math.min(text.length, at + WORD_REACH);
}

/** The next place at or before `at` where no word goes on. */
function wordStart(text: string, at: number): number {
  for (let start = at; start > at - WORD_REACH; start--) if (isBorder(text, start)) return start;
  return at;
}

/** Only a line or tab ends a number for certain: digits are written in groups with spaces between. */
function isBorder(text: string, at: number): boolean {
  return /[\n\r\t]/.test(text[at - 1] ?? '\n');
}
