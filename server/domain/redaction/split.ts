import { type ActiveRules, budgetFor, type RuleSet, whereIndex } from './compile.ts';
import { factsOf } from './prefilter.ts';
import { findSpans, redactSpans, type Span } from './redact.ts';
import type { RedactedText, RedactionWhere } from './rule.ts';

export interface SplitMatch {
  /** One for each earlier text and one for the new text, in order; undefined where nothing changes. */
  readonly texts: readonly (RedactedText | undefined)[];
  /** The rules that matched, one for each match. */
  readonly ruleIds: readonly string[];
}

/** Earlier texts that are looked at; a match spans at most one more than these. */
const MAX_EARLIER = 2;
/** Units at the near end of each text that can be part of a number or address over several texts. */
const REACH = 64;

/**
 * Finds what one sender spread over consecutive messages: the parts joined directly and by a space. Only rules
 * whose matches are unlikely by chance take part (a checksum, or a distinctive form), and only a match counts
 * that takes something from the new text and from the one before.
 * @param tail the sender's last texts, oldest first, already redacted; at most the last two are used
 * @param text the new text, already redacted
 */
export function findSplitMatches(
  ruleSet: RuleSet,
  tail: readonly string[],
  text: string,
  where: RedactionWhere,
): SplitMatch | undefined {
  const active = ruleSet.byWhere[whereIndex(where)];
  if (active === undefined) throw new Error('a text has no such origin');
  const rules = active.acrossMessages;
  const skipped = Math.max(0, tail.length - MAX_EARLIER);
  const parts = [...tail.slice(skipped), text];
  if (rules.list.length === 0 || parts.length < 2 || text === '') return undefined;
  if (!rules.digitWords && !mayHoldDigits(parts)) return undefined;
  const direct = findJoined(rules, parts, '');
  const spans = direct.length > 0 ? direct : findJoined(rules, parts, ' ');
  if (spans.length === 0) return undefined;
  const texts = parts.map((part, index) => withoutPart(rules, part, spansOfPart(spans, index)));
  const ruleIds = spans.map(({ rule }) => rules.list[rule]?.rule.id ?? '');
  return { texts: [...new Array<undefined>(skipped).fill(undefined), ...texts], ruleIds };
}

/** Letters and digits of the shortest match that is believed over several messages; the shortest identifiers have nine. */
const SHORTEST = 9;

/** A match over several parts: what it takes of each, by the part's index. */
interface JoinedSpan {
  readonly rule: number;
  readonly taken: readonly { readonly part: number; readonly start: number; readonly end: number }[];
}

/** Whether there is a digit at all, or what could be read as one; most messages have none. */
function mayHoldDigits(parts: readonly string[]): boolean {
  const last = parts.length - 1;
  return parts.some((part, index) => {
    const { digits, folds } = factsOf(index === last ? part.slice(0, REACH) : part.slice(-REACH));
    return digits > 0 || folds;
  });
}

/** Only the near ends are joined, so that the cost does not grow with the length of the messages. */
function findJoined(rules: ActiveRules, parts: readonly string[], glue: string): JoinedSpan[] {
  const last = parts.length - 1;
  const pieces: { part: number; from: number; start: number; end: number }[] = [];
  let joined = '';
  for (const [part, whole] of parts.entries()) {
    const from = part === last ? 0 : Math.max(0, whole.length - REACH);
    const to = part === last ? Math.min(whole.length, REACH) : whole.length;
    if (part > 0) joined += glue;
    pieces.push({ part, from, start: joined.length, end: joined.length + to - from });
    joined += whole.slice(from, to);
  }
  return findSpans(rules, joined, budgetFor(joined.length)).flatMap((span) => {
    const taken = pieces.flatMap((piece) => takenOf(span, piece));
    const crosses = taken.some(({ part }) => part === last) && taken.some(({ part }) => part === last - 1);
    const characters = joined.slice(span.start, span.end).replace(/[^\p{L}\p{N}]/gu, '').length;
    return crosses && characters >= SHORTEST ? [{ rule: span.rule, taken }] : [];
  });
}

function takenOf(span: Span, piece: { part: number; from: number; start: number; end: number }) {
  const start = Math.max(span.start, piece.start);
  const end = Math.min(span.end, piece.end);
  if (start >= end) return [];
  const shift = piece.from - piece.start;
  return [{ part: piece.part, start: start + shift, end: end + shift }];
}

function spansOfPart(spans: readonly JoinedSpan[], part: number): Span[] {
  return spans.flatMap(({ rule, taken }) => {
    return taken
      .filter((piece) => piece.part === part)
      .map(({ start, end }) => ({ start, end, rule, unsearched: false }));
  });
}

function withoutPart(rules: ActiveRules, text: string, spans: readonly Span[]): RedactedText | undefined {
  return spans.length === 0
    ? undefined
    : redactSpans({ rules, text, budget: budgetFor(text.length) }, spans).text;
}
