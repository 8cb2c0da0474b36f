/** Longer keys are not worth their memory. */
const KEY_LENGTH_MAX = 300;

/**
 * Remembers what was worked out for the keys that came lately, in two generations: when the young one is full it becomes the
 * old one, and the old one goes. Unlike deleting the oldest entry of one map, that costs nothing for each entry.
 */
export class Remembered<Value> {
  readonly #size: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param size keys of one generation */
  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** What was not asked for since the last call but one is forgotten. */
  age(): void {
    if (this.#young.size === 0 && this.#old.size === 0) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  set(key: string, value: Value): void {
    if (key.length > KEY_LENGTH_MAX) return;
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
