import { isRune, OP, type Program, stepsPerCharacter, takesAscii } from './program.ts';
import { assertedAs, assertsBetween } from './search.ts';

const ASCII = 128;
/** States that are kept; a text that comes when there are more begins anew. Each takes some hundred bytes. */
const STATES_MAX = 2_000;
const UNKNOWN = -1;

/** Where the threads of all patterns stand between two characters, and what the one before was. */
interface State {
  readonly pcs: readonly number[];
  /** See {@link assertedAs}. */
  readonly before: number;
}

/**
 * Which of several patterns are found in a text, in one pass however many they are: their threads run together, and where
 * they stand is one state of an automaton that is made as texts ask for it (R. Cox, "Regular Expression Matching in the
 * Wild"). It says what a `LinearSearch` of each pattern says that has budget enough: see `stepsPerCharacter`. Texts of ASCII
 * alone; others are for those.
 */
export class SetSearch {
  /** Steps that searches of all the patterns can need for a character, and for the end, at the most. */
  readonly stepsPerCharacter: number;
  readonly #programs: readonly Program[];
  /** Where the instructions of each program begin among those of all. */
  readonly #bases: readonly number[];
  readonly #owners: readonly number[];
  /** Characters that no instruction tells apart are of one class; the last class is the end of the text. */
  readonly #classes: Uint8Array;
  readonly #samples: readonly number[];
  readonly #width: number;
  readonly #states: State[] = [];
  readonly #known = new Map<string, number>();
  /** By state and class: the next state twice, and 1 more when patterns are found there. */
  #table = new Int32Array(0);
  readonly #found = new Map<number, readonly number[]>();

  constructor(programs: readonly Program[]) {
    this.#programs = programs;
    let size = 0;
    this.#bases = programs.map((program) => {
      size += program.size;
      return size - program.size;
    });
    this.#owners = programs.flatMap(({ size: own }, owner) => new Array<number>(own).fill(owner));
    const { classes, samples } = characterClasses(programs);
    this.#classes = classes;
    this.#samples = samples;
    this.#width = samples.length + 1;
    this.stepsPerCharacter = programs.reduce((sum, program) => sum + stepsPerCharacter(program), 0);
    this.#begin();
  }

  /** Places of the patterns that are found; undefined when the text is not of ASCII alone. */
  find(text: string): readonly number[] | undefined {
    if (this.#states.length > STATES_MAX) this.#begin();
    const found = new Set<number>();
    let state = 0;
    for (let at = 0; at <= text.length; at++) {
      const code = at < text.length ? text.charCodeAt(at) : -1;
      if (code >= ASCII) return undefined;
      const place = state * this.#width + (code < 0 ? this.#width - 1 : (this.#classes[code] as number));
      const known = this.#table[place] as number;
      const entry = known === UNKNOWN ? this.#step(state, place) : known;
      if ((entry & 1) === 1) for (const owner of this.#found.get(place) ?? []) found.add(owner);
      state = entry >> 1;
    }
    return [...found];
  }

  #begin(): void {
    this.#states.length = 0;
    this.#known.clear();
    this.#found.clear();
    this.#table = new Int32Array(64 * this.#width).fill(UNKNOWN);
    this.#stateOf({ pcs: [], before: -1 });
  }

  /** Works out what comes of a state with a class of characters. */
  #step(from: number, place: number): number {
    const state = this.#states[from] as State;
    const code = this.#samples[place - from * this.#width];
    const { threads, owners } = this.#follow(state, code);
    const next =
      code === undefined ? [] : threads.filter((pc) => this.#takes(pc, code)).map((pc) => this.#out(pc));
    const to = this.#stateOf({
      pcs: [...new Set(next)].sort((a, b) => a - b),
      before: assertedAs(code ?? -1),
    });
    const entry = to * 2 + (owners.length > 0 ? 1 : 0);
    if (owners.length > 0) this.#found.set(place, owners);
    this.#table[place] = entry;
    return entry;
  }

  /** Everything that the threads, and those that begin here, become without taking a character. */
  #follow(state: State, code: number | undefined): { threads: number[]; owners: number[] } {
    const asserts = assertsBetween(state.before, code ?? -1);
    const starts =
      code === undefined ? [] : this.#programs.map(({ start }, owner) => start + this.#base(owner));
    const reached = new Set([...state.pcs, ...starts]);
    const threads: number[] = [];
    const owners = new Set<number>();
    for (const pc of reached) {
      const owner = this.#owners[pc] as number;
      const { op, out, arg } = this.#programs[owner] as Program;
      const own = pc - this.#base(owner);
      const kind = op[own] ?? OP.fail;
      const outward = this.#base(owner) + (out[own] ?? 0);
      if (isRune(kind)) threads.push(pc);
      else if (kind === OP.match) owners.add(owner);
      else if (kind === OP.alternative || kind === OP.alternativeMatch) {
        reached.add(outward).add(this.#base(owner) + (arg[own] ?? 0));
      } else if (kind === OP.emptyWidth) {
        if (((arg[own] ?? 0) & ~asserts) === 0) reached.add(outward);
      } else if (kind !== OP.fail) reached.add(outward);
    }
    return { threads, owners: [...owners] };
  }

  #takes(pc: number, code: number): boolean {
    const owner = this.#owners[pc] as number;
    return takesAscii(this.#programs[owner] as Program, pc - this.#base(owner), code);
  }

  #out(pc: number): number {
    const owner = this.#owners[pc] as number;
    return this.#base(owner) + (this.#programs[owner]?.out[pc - this.#base(owner)] ?? 0);
  }

  #base(owner: number): number {
    return this.#bases[owner] as number;
  }

  #stateOf(state: State): number {
    const key = `${state.before} ${state.pcs.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#states.push(state) - 1;
    this.#known.set(key, made);
    if ((made + 1) * this.#width > this.#table.length) {
      const table = new Int32Array(2 * this.#table.length).fill(UNKNOWN);
      table.set(this.#table);
      this.#table = table;
    }
    return made;
  }
}

function characterClasses(programs: readonly Program[]): { classes: Uint8Array; samples: number[] } {
  const classes = new Uint8Array(ASCII);
  const samples: number[] = [];
  const known = new Map<string, number>();
  for (let code = 0; code < ASCII; code++) {
    const taken = programs.map((program) =>
      Array.from({ length: program.size }, (_, pc) => (takesAscii(program, pc, code) ? 1 : 0)).join(''),
    );
    const key = [assertedAs(code), ...taken].join(' ');
    const number = known.get(key) ?? samples.push(code) - 1;
    known.set(key, number);
    classes[code] = number;
  }
  return { classes, samples };
}
