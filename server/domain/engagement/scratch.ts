/** Working memory of a rule set: the rules that one event touches, each once. */
export class Scratch {
  readonly touched: Int32Array;
  count = 0;
  readonly #marks: Uint32Array;
  #generation = 1;

  constructor(rules: number) {
    this.touched = new Int32Array(rules);
    this.#marks = new Uint32Array(rules);
  }

  touch(rule: number): void {
    if (this.#marks[rule] === this.#generation) return;
    this.#marks[rule] = this.#generation;
    this.touched[this.count++] = rule;
  }

  touchAll(): void {
    for (let rule = 0; rule < this.touched.length; rule++) this.touch(rule);
  }

  clear(): void {
    this.count = 0;
    this.#generation = (this.#generation + 1) >>> 0 || 1;
  }
}
