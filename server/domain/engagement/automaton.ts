/** A text to look for, and the number of the test that asks for it. */
export interface Needle {
  readonly text: string;
  readonly id: number;
}

const ROOT = 0;
const NONE = -1;
const ASCII = 128;

/** Letters by a small number, so that a state's transitions are one short row. 0 is every letter of no needle. */
class Alphabet {
  readonly #ascii = new Int32Array(ASCII);
  readonly #others = new Map<number, number>();
  size = 1;

  constructor(needles: readonly Needle[]) {
    for (const { text } of needles) {
      for (let at = 0; at < text.length; at++) this.#add(text.charCodeAt(at));
    }
  }

  classOf(code: number): number {
    return code < ASCII ? (this.#ascii[code] as number) : (this.#others.get(code) ?? 0);
  }

  #add(code: number): void {
    if (this.classOf(code) !== 0) return;
    if (code < ASCII) this.#ascii[code] = this.size++;
    else this.#others.set(code, this.size++);
  }
}

/** The needles as a tree of their letters, in one array. */
class Trie {
  readonly alphabet: Alphabet;
  /** By state: the tests whose needle ends there. */
  readonly ends: number[][] = [[]];
  #rows: Int32Array;

  constructor(needles: readonly Needle[]) {
    this.alphabet = new Alphabet(needles);
    const states = 1 + needles.reduce((sum, { text }) => sum + text.length, 0);
    this.#rows = new Int32Array(states * this.alphabet.size).fill(NONE);
    for (const needle of needles) this.#add(needle);
    this.#rows = this.#rows.slice(0, this.ends.length * this.alphabet.size);
  }

  step(state: number, letter: number): number {
    return this.#rows[state * this.alphabet.size + letter] as number;
  }

  link(state: number, letter: number, next: number): void {
    this.#rows[state * this.alphabet.size + letter] = next;
  }

  #add({ text, id }: Needle): void {
    let state = ROOT;
    for (let at = 0; at < text.length; at++) {
      const letter = this.alphabet.classOf(text.charCodeAt(at));
      let next = this.step(state, letter);
      if (next === NONE) {
        next = this.ends.push([]) - 1;
        this.link(state, letter, next);
      }
      state = next;
    }
    this.ends[state]?.push(id);
  }
}

/** Finds which of many texts another one begins with (or, from its end, ends with): one step for each letter. */
export class PrefixTree {
  readonly #trie: Trie;
  readonly #fromEnd: boolean;

  constructor(needles: readonly Needle[], options: { fromEnd: boolean }) {
    this.#fromEnd = options.fromEnd;
    this.#trie = new Trie(options.fromEnd ? needles.map(backwards) : needles);
  }

  find(text: string, found: number[]): void {
    const { alphabet, ends } = this.#trie;
    let state = ROOT;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(this.#fromEnd ? text.length - 1 - at : at);
      state = this.#trie.step(state, alphabet.classOf(code));
      if (state === NONE) return;
      found.push(...(ends[state] as number[]));
    }
  }
}

function backwards({ text, id }: Needle): Needle {
  return { id, text: text.split('').reverse().join('') };
}

/**
 * Finds which of many texts stand in another one, in one pass over it: the automaton of A. Aho and M. Corasick, "Efficient
 * String Matching" (1975), with all failure links worked out beforehand.
 */
export class Containment {
  readonly #trie: Trie;

  constructor(needles: readonly Needle[]) {
    this.#trie = new Trie(needles);
    this.#linkFailures();
  }

  /** A test may be named several times. */
  find(text: string, found: number[]): void {
    const { alphabet, ends } = this.#trie;
    let state = ROOT;
    for (let at = 0; at < text.length; at++) {
      state = this.#trie.step(state, alphabet.classOf(text.charCodeAt(at)));
      const ended = ends[state] as number[];
      if (ended.length > 0) found.push(...ended);
    }
  }

  /** Breadth first, so that the state that a failure leads to is complete already. */
  #linkFailures(): void {
    const { alphabet, ends } = this.#trie;
    const failures = new Int32Array(ends.length);
    const queue = [ROOT];
    for (const state of queue) {
      const failure = failures[state] as number;
      if (state !== ROOT) ends[state]?.push(...(ends[failure] as number[]));
      for (let letter = 0; letter < alphabet.size; letter++) {
        const next = this.#trie.step(state, letter);
        const fallback = state === ROOT ? ROOT : this.#trie.step(failure, letter);
        if (next === NONE) {
          this.#trie.link(state, letter, fallback);
        } else {
          failures[next] = fallback;
          queue.push(next);
        }
      }
    }
  }
}
