import type { BuiltinRuleKey } from './builtin-rules/keys.ts';
import type { CheckName } from './validators/names.ts';

declare const redactedBrand: unique symbol;

/** Text that went through `redactText` or `findSplitMatches`; nothing else makes it. */
export type RedactedText = string & { readonly [redactedBrand]: true };

export type RedactionSender = 'visitor' | 'agent';
export type RedactionPlace = 'message' | 'profile' | 'url';

/** Who wrote a text, and where it stands. */
export interface RedactionWhere {
  readonly from: RedactionSender;
  readonly place: RedactionPlace;
}

export interface RedactionScope {
  readonly from: readonly RedactionSender[];
  readonly places: readonly RedactionPlace[];
}

/**
 * What stands where a match stood.
 * - One character (the default is `█`) is repeated to a fixed width of four, so that the length stays secret.
 * - A longer string stands once, as it is. The empty string erases.
 * - `keepLast` leaves the last n characters, never more than a third of the match, after the mask. Where
 *   matches overlap nothing is left.
 */
export type Replacement = string | { readonly keepLast: number; readonly mask: string };

export interface RedactionRule {
  readonly id: string;
  readonly name: string;
  /** RE2 syntax; JavaScript spellings such as `(?<name>)`, `\uXXXX` and `\/` are understood too. */
  readonly pattern: string;
  /** Any of `i`, `m`, `s`, `U` (swap greedy and lazy); `u` and `g` are always on and may be given. */
  readonly flags?: string;
  /** What a match must also satisfy, by its digits and letters. */
  readonly check?: CheckName;
  readonly replacement: Replacement;
  /** Absent: from both sides, in every place. */
  readonly scope?: RedactionScope;
  readonly enabled: boolean;
  /** Lower runs first and is credited where matches overlap. Absent: the order of the list. */
  readonly order?: number;
  /** While pattern and flags are the library's own, its built-in detector runs instead of the pattern. */
  readonly builtin?: BuiltinRuleKey;
  readonly examples?: { readonly match: readonly string[]; readonly noMatch: readonly string[] };
  /** Also match with digit words ("four", "fyra") read as digits. */
  readonly digitWords?: boolean;
}

/** Where a rule matched, in UTF-16 units of the original text; `end` is exclusive. */
export interface RedactionMatch {
  readonly ruleId: string;
  readonly start: number;
  readonly end: number;
}

export interface Redaction {
  readonly text: RedactedText;
  /** How many pieces were taken out; the length of `matches`. */
  readonly count: number;
  /** In order, never overlapping. */
  readonly matches: readonly RedactionMatch[];
}

/** Why a pattern is refused; stable, so that an interface can translate it. */
export type PatternFault =
  | 'look-around'
  | 'back-reference'
  | 'recursion'
  | 'conditional'
  | 'possessive-or-atomic'
  | 'syntax'
  | 'flags'
  | 'matches-empty'
  | 'too-long'
  | 'too-costly'
  | 'replacement';

/** A rule that cannot be compiled. The message names the fault and never the pattern. */
export class RedactionPatternError extends Error {
  readonly reason: PatternFault;
  /** Index into the pattern (into the flags, when they are at fault); absent for a replacement. */
  readonly position?: number;

  constructor(reason: PatternFault, detail: string, position?: number) {
    super(detail);
    this.name = 'RedactionPatternError';
    this.reason = reason;
    if (position !== undefined) this.position = position;
  }
}
