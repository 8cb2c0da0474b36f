import { Containment, type Needle, PrefixTree } from './automaton.ts';
import type { TextTest } from './normalise.ts';
import type { Pattern } from './pattern.ts';
import { fold } from './read-fact.ts';

/** A test of the index by its number in the rule set. */
export interface NumberedTextTest {
  readonly id: number;
  readonly test: TextTest;
}

/** Values that many visitors share (pages of a site, languages) are looked at once. */
const REMEMBERED_VALUES = 2_000;
const REMEMBERED_LENGTH = 300;
/** Steps that all patterns of one fact may together spend on one value: some milliseconds at the most. */
export const PATTERN_STEPS = 200_000;

/** Tests that hold for one value, ascending. */
export type HoldingTests = readonly number[];
const NOTHING: HoldingTests = [];

/**
 * All tests of one text. Which of them hold for a value is found without asking each: equality by hash, beginnings and
 * ends in a tree, containment by an automaton, patterns one by one on the linear-time engine; and it is remembered.
 */
export class TextIndex {
  readonly #any: readonly number[];
  readonly #equal = new Map<string, number[]>();
  readonly #prefixes: PrefixTree;
  readonly #suffixes: PrefixTree;
  readonly #contained: Containment;
  readonly #patterns: readonly { readonly id: number; readonly pattern: Pattern }[];
  readonly #keys: (folded: string) => readonly string[];
  readonly #remembered = new Map<string, HoldingTests>();

  constructor(
    tests: readonly NumberedTextTest[],
    options: { readonly patterns: ReadonlyMap<string, Pattern>; readonly languageRanges: boolean },
  ) {
    this.#any = tests.filter(({ test }) => test.kind === 'any').map(({ id }) => id);
    for (const { id, test } of tests) {
      if (test.kind === 'is') for (const text of test.texts) this.#addEqual(text, id);
    }
    this.#prefixes = new PrefixTree(needlesOf(tests, 'startsWith'), { fromEnd: false });
    this.#suffixes = new PrefixTree(needlesOf(tests, 'endsWith'), { fromEnd: true });
    this.#contained = new Containment(needlesOf(tests, 'contains'));
    this.#patterns = tests.flatMap(({ id, test }) => {
      const pattern = test.kind === 'matches' ? options.patterns.get(test.pattern) : undefined;
      return pattern === undefined ? [] : [{ id, pattern }];
    });
    this.#keys = options.languageRanges ? languageRanges : (folded) => [folded];
  }

  /** What holds for the value; nothing does for none. */
  testsFor(value: string | undefined): HoldingTests {
    if (value === undefined) return NOTHING;
    const known = this.#remembered.get(value);
    if (known !== undefined) return known;
    const found = this.#look(value);
    if (value.length <= REMEMBERED_LENGTH) this.#remember(value, found);
    return found;
  }

  #addEqual(text: string, id: number): void {
    const ids = this.#equal.get(text);
    if (ids === undefined) this.#equal.set(text, [id]);
    else ids.push(id);
  }

  #look(value: string): HoldingTests {
    const folded = fold(value);
    const found = [...this.#any];
    for (const key of this.#keys(folded)) found.push(...(this.#equal.get(key) ?? NOTHING));
    this.#prefixes.find(folded, found);
    this.#suffixes.find(folded, found);
    this.#contained.find(folded, found);
    const budget = { left: PATTERN_STEPS };
    for (const { id, pattern } of this.#patterns) if (pattern.holds(value, budget)) found.push(id);
    return found.length === 0 ? NOTHING : [...new Set(found)].sort((a, b) => a - b);
  }

  #remember(value: string, found: HoldingTests): void {
    if (this.#remembered.size >= REMEMBERED_VALUES) {
      const [oldest] = this.#remembered.keys();
      this.#remembered.delete(oldest as string);
    }
    this.#remembered.set(value, found);
  }
}

function needlesOf(tests: readonly NumberedTextTest[], kind: TextTest['kind']): Needle[] {
  return tests.flatMap(({ id, test }) =>
    test.kind === kind && 'text' in test ? [{ id, text: test.text }] : [],
  );
}

/** A language tag and what it belongs to: `zh-hant-tw`, `zh-hant`, `zh` (basic filtering of RFC 4647, section 3.3.1). */
export function languageRanges(tag: string): readonly string[] {
  const parts = tag.split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}
