import { type CodeEdges, codeEdgesOf } from './code-edges.ts';
import { DigitStream } from './digit-stream.ts';
import type { TextView } from './normalise.ts';
import { type DigitRuns, digitRunsOf, type Emit, type NumberKind, numberFinder } from './numbers.ts';
import { characterSet, type Needs, type TextFacts } from './prefilter.ts';
import type { StepBudget } from './search.ts';

/** What a search works in; a rule set has one, so that a message asks for little memory of its own. */
export class SearchMemory {
  readonly stream = new DigitStream();
}

/** One view of a text while it is searched; what several rules need of it is made once. */
export class SearchedText {
  readonly view: TextView;
  readonly facts: TextFacts;
  /** What the patterns of a whole rule set may still spend. */
  readonly budget: StepBudget;
  readonly #memory: SearchMemory;
  #runs: DigitRuns | undefined;
  #edges: CodeEdges | undefined;

  constructor(view: TextView, facts: TextFacts, { memory, budget }: SearchMeans) {
    this.view = view;
    this.facts = facts;
    this.budget = budget;
    this.#memory = memory;
  }

  get text(): string {
    return this.view.text;
  }

  /** Filled when `runs` are first asked for. */
  get stream(): DigitStream {
    return this.#memory.stream;
  }

  get runs(): DigitRuns {
    if (this.#runs === undefined) {
      this.#memory.stream.fill(this.view.text);
      this.#runs = digitRunsOf(this.#memory.stream);
    }
    return this.#runs;
  }

  get edges(): CodeEdges {
    this.#edges ??= codeEdgesOf(this.view.text);
    return this.#edges;
  }
}

/** What a search of one text is given. */
export interface SearchMeans {
  readonly memory: SearchMemory;
  readonly budget: StepBudget;
}

/** Finds one kind of data in a view; it runs only where its needs are met. */
export interface Detector {
  readonly needs: Needs;
  readonly find: (source: SearchedText, emit: Emit) => void;
}

const NOTHING = characterSet('');

/** Needs from a short description; `any` lists strings of which one must have all its characters present. */
export function needs(of: {
  minLength: number;
  minDigits?: number;
  all?: string;
  any?: readonly string[];
}): Needs {
  return {
    minLength: of.minLength,
    minDigits: of.minDigits ?? 0,
    all: of.all === undefined ? NOTHING : characterSet(of.all),
    any: (of.any ?? []).map(characterSet),
  };
}

/** A detector of numbers. Look-alike letters may stand for digits, but not for most of them. */
export function numberDetector(kind: NumberKind): Detector {
  const shortest = Math.min(...kind.lengths);
  const minDigits = kind.checksum ? Math.ceil(shortest / 2) : shortest;
  return { needs: needs({ minLength: shortest, minDigits }), find: numberFinder(kind) };
}

export interface RegexKind {
  readonly needs: Needs;
  /** A further cheap look at the text, without which the expression cannot match. */
  readonly mayHold?: (source: SearchedText) => boolean;
  /** Global; its worst case on any text is linear times a small constant (see the tests of the library). */
  readonly regex: RegExp;
  /** The accepted part of a match, as offsets into it; undefined refuses the match. */
  readonly accept: (
    match: RegExpExecArray,
    text: string,
  ) => readonly [start: number, end: number] | undefined;
}

/** A detector by a regular expression of this library's own, on the platform's engine. */
export function regexDetector(kind: RegexKind): Detector {
  return {
    needs: kind.needs,
    find: (source, emit) => {
      const { regex, mayHold } = kind;
      if (mayHold !== undefined && !mayHold(source)) return;
      const { text } = source;
      regex.lastIndex = 0;
      for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
        const part = kind.accept(match, text);
        if (part === undefined) {
          regex.lastIndex = nextTry(text, match.index, match[0].length);
          continue;
        }
        emit(match.index + part[0], match.index + part[1]);
        regex.lastIndex = match.index + part[1];
      }
    },
  };
}

const WORD = /[\p{L}\p{N}]/u;

/** After a refused match: the next place inside it where a word begins, else its end. */
export function nextTry(text: string, start: number, length: number): number {
  for (let at = start + 1; at < start + length; at++) {
    if (WORD.test(text[at] ?? '') && !WORD.test(text[at - 1] ?? '')) return at;
  }
  return start + length;
}
