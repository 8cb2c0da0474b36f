import type { ConditionTree } from '../../../shared/protocol/index.ts';
import { normalise } from './normalise.ts';
import { hasDuration, isTangled, type TestTable } from './program.ts';

/**
 * The conditions of all rules as one circuit of counting gates, shared by the rules that say the same. A gate of `all`
 * counts its inputs that do not hold, one of `any` those that do, so it turns when its count leaves zero or comes to it, and
 * an input that changes costs one addition. A count fits in a byte: a rule has at most a hundred conditions, of two tests. (Compare the counters of B. Dowling and J. Gallier, "Linear-time algorithms for
 * testing the satisfiability of propositional Horn formulae", 1984.) Sources are the tests, by their numbers, and then the
 * gates.
 */
export interface Circuit {
  readonly tests: number;
  readonly gates: number;
  /** By source: where its edges begin. An edge is `gate * 2`, and 1 more when the count falls as the source comes to hold. */
  readonly edgeStarts: Int32Array;
  readonly edges: Int32Array;
  readonly isAll: Uint8Array;
  /** Counts while no test holds. */
  readonly initial: Uint8Array;
  /** By gate: where its sinks begin. A sink is `rule * 2`, and 1 more when the gate arms the rule, or disarms it. */
  readonly sinkStarts: Int32Array;
  readonly sinks: Int32Array;
  /** By test: rules that have to be looked at though no gate tells of it. */
  readonly touchStarts: Int32Array;
  readonly touches: Int32Array;
  /** By rule: the gate that says whether it holds, unless the rule is armed. */
  readonly roots: Int32Array;
  /** By rule: 1 when it is armed while no test holds. */
  readonly initiallyArmed: Uint8Array;
}

/** A constant, `test * 2` (and 1 more when negated), or `-1 - gate`. */
type Signal = boolean | number;

interface Gate {
  readonly all: boolean;
  readonly inputs: readonly number[];
}

/** How a tree is read: turned round, and durations taken for holding or for not holding. */
interface Reading {
  readonly negated: boolean;
  readonly durations: boolean;
}

/**
 * Writes the circuit. A rule that reads durations has two gates: one for the case that every duration helps, one for the
 * case that none does. While they differ the rule is armed: it is for the durations to say whether it holds.
 */
export class CircuitWriter {
  readonly #table: TestTable;
  readonly #gates: Gate[] = [];
  readonly #known = new Map<string, number>();
  readonly #sinks: (readonly [gate: number, sink: number])[] = [];
  readonly #touches: (readonly [test: number, rule: number])[] = [];
  readonly #roots: number[] = [];
  readonly #armed: (readonly [upper: number, lower: number] | undefined)[] = [];

  constructor(table: TestTable) {
    this.#table = table;
  }

  /** Adds the next rule. */
  add(when: ConditionTree): void {
    const rule = this.#roots.length;
    const upper = this.#root(this.#tree(when, { negated: false, durations: true }));
    this.#roots.push(upper);
    if (!hasDuration(when)) {
      this.#sinks.push([upper, rule * 2]);
      this.#armed.push(undefined);
      return;
    }
    const lower = this.#root(this.#tree(when, { negated: false, durations: false }));
    this.#sinks.push([upper, rule * 2 + 1], [lower, rule * 2 + 1]);
    this.#armed.push([upper, lower]);
    if (isTangled(when)) for (const test of this.#testsIn(when)) this.#touches.push([test, rule]);
  }

  finish(): Circuit {
    const tests = this.#table.tests.length;
    const initial = this.#initialCounts();
    const isOn = (gate: number) => ((initial[gate] as number) === 0) === this.#gates[gate]?.all;
    const [edgeStarts, edges] = grouped(this.#edges(tests), tests + this.#gates.length);
    const [sinkStarts, sinks] = grouped(this.#sinks, this.#gates.length);
    const [touchStarts, touches] = grouped(this.#touches, tests);
    return {
      ...{ tests, gates: this.#gates.length, edgeStarts, edges, initial },
      ...{ sinkStarts, sinks, touchStarts, touches },
      isAll: Uint8Array.from(this.#gates, ({ all }) => (all ? 1 : 0)),
      roots: Int32Array.from(this.#roots),
      initiallyArmed: Uint8Array.from(this.#armed, (pair) =>
        pair !== undefined && isOn(pair[0]) && !isOn(pair[1]) ? 1 : 0,
      ),
    };
  }

  #tree(tree: ConditionTree, how: Reading): Signal {
    if ('all' in tree) return this.#group(tree.all, !how.negated, how);
    if ('any' in tree) return this.#group(tree.any, how.negated, how);
    if ('not' in tree) return this.#tree(tree.not, { ...how, negated: !how.negated });
    if (hasDuration(tree)) return how.durations;
    const { tests, negated } = normalise(tree);
    const turned = negated !== how.negated;
    const signals = tests.map((test) => this.#table.idOf(test) * 2 + (turned ? 1 : 0));
    return this.#gate(turned, signals);
  }

  #group(members: readonly ConditionTree[], all: boolean, how: Reading): Signal {
    return this.#gate(
      all,
      members.map((member) => this.#tree(member, how)),
    );
  }

  #gate(all: boolean, signals: readonly Signal[]): Signal {
    if (signals.includes(!all)) return !all;
    const inputs = [...new Set(signals.filter((signal) => typeof signal === 'number'))].sort((a, b) => a - b);
    if (inputs.length === 0) return all;
    return inputs.length === 1 ? (inputs[0] as number) : -1 - this.#shared(all, inputs);
  }

  /** A rule is told by a gate of its own kind even when it has one condition, or none. */
  #root(signal: Signal): number {
    if (typeof signal === 'boolean') return this.#shared(signal, []);
    return signal < 0 ? -1 - signal : this.#shared(true, [signal]);
  }

  #shared(all: boolean, inputs: readonly number[]): number {
    const key = `${all} ${inputs.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const gate = this.#gates.push({ all, inputs }) - 1;
    this.#known.set(key, gate);
    return gate;
  }

  #edges(tests: number): (readonly [source: number, edge: number])[] {
    return this.#gates.flatMap(({ all, inputs }, gate) =>
      inputs.map((input) => {
        const negated = input >= 0 && input % 2 === 1;
        const source = input >= 0 ? Math.floor(input / 2) : tests - 1 - input;
        return [source, gate * 2 + (all === negated ? 0 : 1)] as const;
      }),
    );
  }

  /** A gate's inputs were written before it. */
  #initialCounts(): Uint8Array {
    const counts = new Uint8Array(this.#gates.length);
    const holds = (input: number): boolean =>
      input >= 0 ? input % 2 === 1 : (counts[-1 - input] === 0) === this.#gates[-1 - input]?.all;
    this.#gates.forEach(({ all, inputs }, gate) => {
      counts[gate] = inputs.filter((input) => holds(input) !== all).length;
    });
    return counts;
  }

  #testsIn(tree: ConditionTree): number[] {
    if ('all' in tree) return tree.all.flatMap((member) => this.#testsIn(member));
    if ('any' in tree) return tree.any.flatMap((member) => this.#testsIn(member));
    if ('not' in tree) return this.#testsIn(tree.not);
    return hasDuration(tree) ? [] : normalise(tree).tests.map((test) => this.#table.idOf(test));
  }
}

/** Values by key, as one array and where each key's begin. */
function grouped(pairs: readonly (readonly [number, number])[], keys: number): [Int32Array, Int32Array] {
  const starts = new Int32Array(keys + 1);
  for (const [key] of pairs) starts[key + 1] = (starts[key + 1] as number) + 1;
  for (let key = 0; key < keys; key++) {
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  }
  const next = starts.slice();
  const values = new Int32Array(pairs.length);
  for (const [key, value] of pairs) {
    values[next[key] as number] = value;
    next[key] = (next[key] as number) + 1;
  }
  return [starts, values];
}
