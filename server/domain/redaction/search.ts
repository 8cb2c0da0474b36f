import { closuresOf } from './closures.ts';
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
  /** By instruction: what it becomes without taking a character, where that depends on no assertion. */
  readonly #closures: readonly (Int32Array | undefined)[];
  readonly #asserts: boolean;
  /** By kind of instruction: the last code point beyond ASCII that was asked for, and whether it is taken. */
  readonly #highCodes: Int32Array;
  readonly #highTaken: Uint8Array;
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
    this.#closures = closuresOf(program);
    this.#asserts = program.op.includes(OP.emptyWidth);
    this.#highCodes = new Int32Array(program.kinds);
    this.#highTaken = new Uint8Array(program.kinds);
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
        const asserts = this.#asserts ? assertsAt(text, at) : 0;
        this.#follow(this.#current, { pc: this.#program.start, start: at, asserts });
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
    const { op, out, ascii, hasHigh } = this.#program;
    const { pcs, starts, size } = this.#current;
    const next = this.#next;
    next.size = 0;
    this.#generation++;
    let found = false;
    const asserts = code < 0 || !this.#asserts ? 0 : assertsAt(text, at + (code > 0xffff ? 2 : 1));
    for (let index = 0; index < size; index++) {
      const pc = pcs[index] ?? 0;
      const start = starts[index] ?? 0;
      if (op[pc] === OP.match) {
        this.start = start;
        this.end = at;
        found = true;
        break;
      }
      const takes =
        code < 128
          ? code >= 0 && (((ascii[pc * 4 + (code >> 5)] ?? 0) >>> code) & 1) === 1
          : hasHigh[pc] === 1 && this.#takesHigh(pc, code);
      if (takes) this.#follow(next, { pc: out[pc] ?? 0, start, asserts });
    }
    this.#next = this.#current;
    this.#current = next;
    return found;
  }

  /** Looked up once for all threads that wait for the same characters. */
  #takesHigh(pc: number, code: number): boolean {
    const kind = this.#program.kind[pc] ?? 0;
    if (this.#highCodes[kind] !== code) {
      this.#highCodes[kind] = code;
      this.#highTaken[kind] = this.#program.takesHigh(pc, code) ? 1 : 0;
    }
    return this.#highTaken[kind] === 1;
  }

  /** Marks what is in the list, so that a new thread is added behind it and not twice. */
  #beginList(list: ThreadList): void {
    if (list.size === 0) this.#generation++;
  }

  /** Adds a thread and all that it becomes without taking a character, in order of preference. */
  #follow(list: ThreadList, thread: { pc: number; start: number; asserts: number }): void {
    const closure = this.#closures[thread.pc];
    if (closure === undefined) this.#walk(list, thread);
    else this.#addAll(list, closure, thread.start);
  }

  #addAll(list: ThreadList, closure: Int32Array, start: number): void {
    const marks = this.#marks;
    const generation = this.#generation;
    const { pcs, starts } = list;
    let size = list.size;
    for (let index = 0; index < closure.length; index++) {
      const pc = closure[index] ?? 0;
      if (marks[pc] === generation) continue;
      marks[pc] = generation;
      pcs[size] = pc;
      starts[size++] = start;
    }
    list.size = size;
    this.#followed += closure.length;
  }

  #walk(list: ThreadList, thread: { pc: number; start: number; asserts: number }): void {
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
  return assertsBetween(before, after);
}

/** The assertions that hold between two characters; -1 for the beginning and for the end of the text. */
export function assertsBetween(before: number, after: number): number {
  let bits = isWord(before) === isWord(after) ? AT.noBoundary : AT.boundary;
  if (before < 0) bits |= AT.beginText | AT.beginLine;
  if (before === NEWLINE) bits |= AT.beginLine;
  if (after < 0) bits |= AT.endText | AT.endLine;
  if (after === NEWLINE) bits |= AT.endLine;
  return bits;
}

/** A character for all those between which assertions see no difference. */
export function assertedAs(code: number): number {
  if (code < 0 || code === NEWLINE) return code;
  return isWord(code) ? 'a'.charCodeAt(0) : ' '.charCodeAt(0);
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  );
}
