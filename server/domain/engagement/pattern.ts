import {
  compileProgram,
  LinearSearch,
  type Program,
  RedactionPatternError,
  SetSearch,
  type StepBudget,
} from '../redaction/index.ts';

/** Steps that one pattern may spend on one value, and more for each of its characters. */
const BASE_STEPS = 20_000;
const STEPS_PER_CHARACTER = 100;
/** Steps that all patterns of one fact may together spend on one value: some milliseconds at the most. */
export const PATTERN_STEPS = 200_000;
/** Instructions of patterns that are looked for together; more would take long to prepare. */
const TOGETHER_MAX = 5_000;

/** A pattern of `matches`, on the linear-time engine that redaction uses. */
export class Pattern {
  readonly program: Program;
  readonly #search: LinearSearch;

  /** @throws RedactionPatternError when it cannot run in linear time or matches everything */
  constructor(pattern: string) {
    this.program = compileProgram(pattern, '');
    this.#search = new LinearSearch(this.program);
  }

  /** Whether the pattern is found anywhere in the text. What could not be found out within the budget does not hold. */
  holds(text: string, shared: StepBudget): boolean {
    const granted = Math.min(shared.left, BASE_STEPS + STEPS_PER_CHARACTER * text.length);
    if (granted <= 0) return false;
    const budget = { left: granted };
    const found = this.#search.find(text, 0, budget) === 'found';
    shared.left -= granted - budget.left;
    return found;
  }
}

/**
 * All patterns that are asked of one fact. Where no budget could run out, which is so for ordinary patterns and values, they
 * are looked for together; otherwise one by one, each within its budget, with the same outcome.
 */
export class PatternGroup {
  readonly #patterns: readonly { readonly id: number; readonly pattern: Pattern }[];
  readonly #together: SetSearch | undefined;

  constructor(patterns: readonly { readonly id: number; readonly pattern: Pattern }[]) {
    const programs = patterns.map(({ pattern }) => pattern.program);
    const size = programs.reduce((sum, program) => sum + program.size, 0);
    this.#patterns = patterns;
    this.#together = size > 0 && size <= TOGETHER_MAX ? new SetSearch(programs) : undefined;
  }

  /** Adds the ids of those that are found in the text. */
  find(text: string, found: number[]): void {
    if (this.#patterns.length === 0) return;
    const places = this.#neverExhausted(text) ? this.#together?.find(text) : undefined;
    if (places !== undefined) {
      for (const place of places) found.push(this.#patterns[place]?.id as number);
      return;
    }
    const budget = { left: PATTERN_STEPS };
    for (const { id, pattern } of this.#patterns) if (pattern.holds(text, budget)) found.push(id);
  }

  /** The beginning and the end of the text are looked at too. */
  #neverExhausted({ length }: string): boolean {
    const { stepsPerCharacter = PATTERN_STEPS } = this.#together ?? {};
    return (
      stepsPerCharacter * (length + 2) <= Math.min(PATTERN_STEPS, BASE_STEPS + STEPS_PER_CHARACTER * length)
    );
  }
}

/** Why the pattern cannot be used, in words for its writer; nothing when it can. */
export function patternFault(pattern: string): string | undefined {
  try {
    new Pattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RedactionPatternError) return error.message;
    throw error;
  }
}
