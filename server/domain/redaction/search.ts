import { firstInstructions, OP, type Program, takesAscii } from './program.ts';

/** What is left of the work that one rule may spend on one text. */
export interface StepBudget {
  left: number;
}

/** Assertion bits of re2js. */
const AT = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, boundary: 16, noBoundary: 32 } as const;

const NEWLINE = 10;

/**
 * Runs a program over a text as parallel threads in order of preference (Thompson 1968, Pike's variant as
 * described by R. Cox, "Regular Expression Matching: the Virtual Machine Approach"), so that one pass decides
 * every possibility and no text makes it go back. Each thread carries where its match began; the leftmost
 * match that the pattern prefers wins, as in RE2. Every step is counted against a budget, because many
 * matches that each look far ahead could still add up to more than linear work.
 */
export class LinearSearch {
  /** Of the last match found. */
  start = 0;
  end = 0;
  readonly #program: Program;
  readonly #canStart: Uint8Array;
  readonly #canStartHigh: boolean;
  readonly #marks: Int32Array;
  readonly #stack: Int32Array;
  #generation = 0;
  /** Instructions gone through without taking a character since the budget was last charged. */
  #followed = 0;
  #current: ThreadList;
  #next: ThreadList;

  constructor(program: Program) {
    this.#program = program;
    const first = firstInstructions(program).runes;
    this.#canStart = Uint8Array.from({ length: 128 }, (_, code) =>
      first.some((pc) => takesAscii(program, pc, code)) ? 1 : 0,
    );
    this.#canStartHigh = first.some((pc) => program.hasHigh[pc] === 1);
    this.#marks = new Int32Array(program.size);
    this.#stack = new Int32Array(2 * program.size + 2);
    this.#current = newThreadList(program.size);
    this.#next = newThreadList(program.size);
  }

  /** Finds the next match that begins at `from` or later. `exhausted`: the budget ran out before it was known. */
  find(text: string, from: number, budget: StepBudget): 'found' | 'none' | 'exhausted' {
    let found = false;
    this.#current.size = 0;
    for (let at = from; ; ) {
      if (!found && this.#current.size === 0) at = this.#skipTo(text, at);
      if (at >= text.length && this.#current.size === 0) break;
      if (!found && at < text.length) {
        this.#beginList(this.#current);
        this.#follow(this.#current, { pc: this.#program.start, start: at, asserts: assertsAt(text, at) });
      }
      budget.left -= 1 + this.#current.size + this.#followed;
      this.#followed = 0;
      if (budget.left < 0) return 'exhausted';
      const code = at < text.length ? (text.codePointAt(at) ?? 0) : -1;
      const width = code > 0xffff ? 2 : 1;
      if (this.#step(text, at, code)) found = true;
      if (this.#current.size === 0 && (found || at >= text.length)) break;
      at += width;
    }
    return found ? 'found' : 'none';
  }

  /** The next place where a match could begin; a thread's death there needs no work. */
  #skipTo(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < 128 ? this.#canStart[code] === 1 : this.#canStartHigh) break;
    }
    return at;
  }

  /** Moves every thread over one character (-1: the end). Returns whether one of them completed a match. */
  #step(text: string, at: number, code: number): boolean {
    const { op, out } = this.#program;
    const current = this.#current;
    const next = this.#next;
    next.size = 0;
    this.#generation++;
    let found = false;
    const after = at + (code > 0xffff ? 2 : 1);
    const asserts = code < 0 ? 0 : assertsAt(text, after);
    for (let index = 0; index < current.size; index++) {
      const pc = current.pcs[index] ?? 0;
      if (op[pc] === OP.match) {
        this.start = current.starts[index] ?? 0;
        this.end = at;
        found = true;
        break;
      }
      if (code < 0 || !this.#takes(pc, code)) continue;
      this.#follow(next, { pc: out[pc] ?? 0, start: current.starts[index] ?? 0, asserts });
    }
    this.#current = next;
    this.#next = current;
    return found;
  }

  #takes(pc: number, code: number): boolean {
    if (code < 128) return (((this.#program.ascii[pc * 4 + (code >> 5)] ?? 0) >>> code) & 1) === 1;
    return this.#program.hasHigh[pc] === 1 && this.#program.takesHigh(pc, code);
  }

  /** Marks what is in the list, so that a new thread is added behind it and not twice. */
  #beginList(list: ThreadList): void {
    if (list.size === 0) this.#generation++;
  }

  /** Adds a thread and all that it becomes without taking a character, in order of preference. */
  #follow(list: ThreadList, thread: { pc: number; start: number; asserts: number }): void {
    const { op, out, arg } = this.#program;
    const stack = this.#stack;
    let depth = 0;
    stack[depth++] = thread.pc;
    while (depth > 0) {
      const pc = stack[--depth] ?? 0;
      this.#followed++;
      if (this.#marks[pc] === this.#generation) continue;
      this.#marks[pc] = this.#generation;
      const code = op[pc] ?? OP.fail;
      if (code >= OP.firstRune || code === OP.match) {
        list.pcs[list.size] = pc;
        list.starts[list.size++] = thread.start;
      } else if (code === OP.alternative || code === OP.alternativeMatch) {
        stack[depth++] = arg[pc] ?? 0;
        stack[depth++] = out[pc] ?? 0;
      } else if (code === OP.emptyWidth ? ((arg[pc] ?? 0) & ~thread.asserts) === 0 : code !== OP.fail) {
        stack[depth++] = out[pc] ?? 0;
      }
    }
  }
}

interface ThreadList {
  size: number;
  readonly pcs: Int32Array;
  readonly starts: Int32Array;
}

function newThreadList(size: number): ThreadList {
  return { size: 0, pcs: new Int32Array(size), starts: new Int32Array(size) };
}

function assertsAt(text: string, at: number): number {
  const before = at > 0 ? text.charCodeAt(at - 1) : -1;
  const after = at < text.length ? text.charCodeAt(at) : -1;
  let bits = isWord(before) === isWord(after) ? AT.noBoundary : AT.boundary;
  if (before < 0) bits |= AT.beginText | AT.beginLine;
  if (before === NEWLINE) bits |= AT.beginLine;
  if (after < 0) bits |= AT.endText | AT.endLine;
  if (after === NEWLINE) bits |= AT.endLine;
  return bits;
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  );
}
