import type { ConditionTree } from '../../../shared/protocol/index.ts';
import { type FactTest, normalise } from './normalise.ts';

/** Ends of a program. */
const HOLDS = -1;
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
      return durationsLast(tree.all).reduceRight(
        (next, member) => this.#tree(member, { ...to, holds: next }),
        to.holds,
      );
    }
    if ('any' in tree) {
      return durationsLast(tree.any).reduceRight(
        (next, member) => this.#tree(member, { ...to, fails: next }),
        to.fails,
      );
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

/** Durations are asked for when all else is said, so that most rules are done without: see {@link asksFor}. */
function durationsLast(members: readonly ConditionTree[]): ConditionTree[] {
  const [others, durations] = [members.filter((one) => !hasDuration(one)), members.filter(hasDuration)];
  return [...others, ...durations];
}

function hasDuration(tree: ConditionTree): boolean {
  if ('all' in tree) return tree.all.some(hasDuration);
  if ('any' in tree) return tree.any.some(hasDuration);
  return 'not' in tree ? hasDuration(tree.not) : isDuration(tree.fact);
}

/** Facts that grow with time alone. */
export function isDuration(fact: string): boolean {
  return fact === 'page.timeOnPageMs' || fact === 'session.durationMs';
}

/** Runs a program over one bit for each test. */
export function runProgram(code: Int32Array, start: number, bits: Uint32Array): boolean {
  let at = start;
  while (at >= 0) {
    const test = code[at] as number;
    const holds = ((bits[test >>> 5] as number) >>> (test & 31)) & 1;
    at = code[at + 2 - holds] as number;
  }
  return at === HOLDS;
}

/** Whether a run comes to one of the marked tests: if not, they have no say in how it ends. */
export function asksFor(
  marked: Uint8Array,
  { code, start, bits }: { code: Int32Array; start: number; bits: Uint32Array },
): boolean {
  let at = start;
  while (at >= 0) {
    const test = code[at] as number;
    if (marked[test] === 1) return true;
    const holds = ((bits[test >>> 5] as number) >>> (test & 31)) & 1;
    at = code[at + 2 - holds] as number;
  }
  return false;
}

/** The tests that a program may ask for, from its start. */
export function testsOf(code: Int32Array, start: number): Set<number> {
  const tests = new Set<number>();
  const seen = new Set<number>();
  const open = [start];
  for (const at of open) {
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    tests.add(code[at] as number);
    open.push(code[at + 1] as number, code[at + 2] as number);
  }
  return tests;
}
