import type { ConditionTree } from '../../../shared/protocol/index.ts';
import { type FactTest, normalise } from './normalise.ts';

/** Ends of a program. */
export const HOLDS = -1;
const FAILS = -2;

/** Tests of a rule set, each once, by number. */
export class TestTable {
  readonly tests: FactTest[] = [];
  readonly #ids = new Map<string, number>();

  idOf(test: FactTest): number {
    const key = JSON.stringify(test, (_name, value) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    );
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.tests.length);
    return this.tests.push(test) - 1;
  }
}

/**
 * Trees of conditions as one flat program: each step is `[test, next step when it holds, next step when not]`, so that a
 * nested tree is walked without recursion and no further than needed.
 */
export class ProgramWriter {
  readonly #table: TestTable;
  readonly #code: number[] = [];

  constructor(table: TestTable) {
    this.#table = table;
  }

  /** Writes a tree and returns where it begins. */
  write(when: ConditionTree): number {
    return this.#tree(when, { holds: HOLDS, fails: FAILS });
  }

  finish(): Int32Array {
    return Int32Array.from(this.#code);
  }

  /** From the last member to the first, as each has to know where the next begins. */
  #tree(tree: ConditionTree, to: { holds: number; fails: number }): number {
    if ('all' in tree) {
      return tree.all.reduceRight((next, member) => this.#tree(member, { ...to, holds: next }), to.holds);
    }
    if ('any' in tree) {
      return tree.any.reduceRight((next, member) => this.#tree(member, { ...to, fails: next }), to.fails);
    }
    if ('not' in tree) return this.#tree(tree.not, { holds: to.fails, fails: to.holds });
    const { tests, negated } = normalise(tree);
    const { holds, fails } = negated ? { holds: to.fails, fails: to.holds } : to;
    return tests.reduceRight(
      (next, test) => this.#step(this.#table.idOf(test), { holds, fails: next }),
      fails,
    );
  }

  #step(test: number, to: { holds: number; fails: number }): number {
    return this.#code.push(test, to.holds, to.fails) - 3;
  }
}

/** Whether the conditions read a duration anywhere. */
export function hasDuration(tree: ConditionTree): boolean {
  if ('all' in tree) return tree.all.some(hasDuration);
  if ('any' in tree) return tree.any.some(hasDuration);
  return 'not' in tree ? hasDuration(tree.not) : isDuration(tree.fact);
}

/**
 * Whether durations and other conditions are mixed below the outermost group. If not, what the others come to as a whole
 * says all that the durations leave open.
 */
export function isTangled(when: ConditionTree): boolean {
  let tree = when;
  while ('not' in tree) tree = tree.not;
  const members = 'all' in tree ? tree.all : 'any' in tree ? tree.any : [];
  return members.some((member) => hasDuration(member) && hasOther(member));
}

function hasOther(tree: ConditionTree): boolean {
  if ('all' in tree) return tree.all.some(hasOther);
  if ('any' in tree) return tree.any.some(hasOther);
  return 'not' in tree ? hasOther(tree.not) : !isDuration(tree.fact);
}

/** Facts that grow with time alone. */
export function isDuration(fact: string): boolean {
  return fact === 'page.timeOnPageMs' || fact === 'session.durationMs';
}
