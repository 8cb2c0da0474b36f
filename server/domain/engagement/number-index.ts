import type { NumberRange } from './normalise.ts';

/** A test of the index by its number in the rule set. */
export interface NumberTest {
  readonly id: number;
  readonly ranges: readonly NumberRange[];
}

/**
 * All tests of one number. The thresholds, sorted, cut the number line into positions: 0 for no number, 1 below the first
 * threshold, 2 at it, 3 behind it, and so on. Between two neighbouring positions lies an edge with the tests whose outcome
 * differs on its two sides. A number that changes crosses the edges between its old and new position, and only those tests
 * are touched, whatever the number of rules.
 */
export class NumberIndex {
  readonly #thresholds: Float64Array;
  /**
   * Where the tests of edge n, between positions n and n+1, begin in `edgeTests`: `test * 2`, and 1 more when the test holds
   * above the edge.
   */
  readonly edgeStarts: Int32Array;
  readonly edgeTests: Int32Array;

  constructor(tests: readonly NumberTest[]) {
    const bounds = tests.flatMap(({ ranges }) => ranges.flatMap(({ from, to }) => [from, to]));
    this.#thresholds = Float64Array.from(new Set(bounds.filter(Number.isFinite))).sort();
    const edges: number[][] = Array.from({ length: 2 * this.#thresholds.length + 1 }, () => []);
    for (const { id, ranges } of tests) {
      for (const range of ranges) {
        edges[this.#firstPosition(range) - 1]?.push(id * 2 + 1);
        edges[this.#lastPosition(range)]?.push(id * 2);
      }
    }
    this.edgeTests = Int32Array.from(edges.flat());
    this.edgeStarts = new Int32Array(edges.length + 1);
    edges.forEach((ids, edge) => {
      this.edgeStarts[edge + 1] = (this.edgeStarts[edge] as number) + ids.length;
    });
  }

  /** Where the number lies; undefined is no number. */
  positionOf(value: number | undefined): number {
    if (value === undefined) return 0;
    const at = this.#firstNotBelow(value);
    return 2 * at + (this.#thresholds[at] === value ? 2 : 1);
  }

  #firstNotBelow(value: number): number {
    let low = 0;
    let high = this.#thresholds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#thresholds[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #firstPosition({ from, openFrom }: NumberRange): number {
    if (from === Number.NEGATIVE_INFINITY) return 1;
    return this.positionOf(from) + (openFrom === true ? 1 : 0);
  }

  /** The last edge has number `2n`; behind it there is none, which an unbounded range asks for. */
  #lastPosition({ to, openTo }: NumberRange): number {
    if (to === Number.POSITIVE_INFINITY) return 2 * this.#thresholds.length + 1;
    return this.positionOf(to) - (openTo === true ? 1 : 0);
  }
}
