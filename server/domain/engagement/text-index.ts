import { Containment, type Needle, PrefixTree } from './automaton.ts';
import type { TextTest } from './normalise.ts';
import { type Pattern, PatternGroup } from './pattern.ts';
import { fold } from './read-fact.ts';
import { Remembered } from './remembered.ts';

/** A test of the index by its number in the rule set. */
export interface NumberedTextTest {
  readonly id: number;
  readonly test: TextTest;
}

/** Values that many visitors share (pages of a site, languages) are looked at once. */
const REMEMBERED_VALUES = 1_000;

/** Tests that hold for one value, ascending. */
export type HoldingTests = readonly number[];
const NOTHING: HoldingTests = [];

/**
 * All tests of one text. Which of them hold for a value is found without asking each: equality by hash, beginnings and
 * ends in a tree, containment by an automaton, patterns together in one pass of the linear-time engine; and it is remembered.
 */
export class TextIndex {
  readonly #any: readonly number[];
  readonly #equal = new Map<string, number[]>();
  readonly #prefixes: PrefixTree;
  readonly #suffixes: PrefixTree;
  readonly #contained: Containment;
  readonly #patterns: PatternGroup;
  readonly #keys: (folded: string) => readonly string[];
  readonly #remembered = new Remembered<HoldingTests>(REMEMBERED_VALUES);

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
    this.#patterns = new PatternGroup(
      tests.flatMap(({ id, test }) => {
        const pattern = test.kind === 'matches' ? options.patterns.get(test.pattern) : undefined;
        return pattern === undefined ? [] : [{ id, pattern }];
      }),
    );
    this.#keys = options.languageRanges ? languageRanges : (folded) => [folded];
  }

  /** What holds for the value; nothing does for none. */
  testsFor(value: string | undefined): HoldingTests {
    if (value === undefined) return NOTHING;
    const known = this.#remembered.get(value);
    if (known !== undefined) return known;
    const found = this.#look(value);
    this.#remembered.set(value, found);
    return found;
  }

  /** See {@link Remembered.age}. */
  age(): void {
    this.#remembered.age();
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
    this.#patterns.find(value, found);
    return found.length === 0 ? NOTHING : [...new Set(found)].sort((a, b) => a - b);
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
