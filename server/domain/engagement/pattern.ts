import { compileProgram, LinearSearch, RedactionPatternError, type StepBudget } from '../redaction/index.ts';

/** Steps that one pattern may spend on one value, and more for each of its characters. */
const BASE_STEPS = 20_000;
const STEPS_PER_CHARACTER = 100;

/** A pattern of `matches`, on the linear-time engine that redaction uses. */
export class Pattern {
  readonly #search: LinearSearch;

  /** @throws RedactionPatternError when it cannot run in linear time or matches everything */
  constructor(pattern: string) {
    this.#search = new LinearSearch(compileProgram(pattern, ''));
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
