import { isRune, OP, type Program, successors } from './program.ts';

/** Entries of all closures of a program together; beyond it the search walks, so that a pattern takes little memory. */
const MAX_ENTRIES = 20_000;

/**
 * By instruction at which a search can go on: the instructions that then wait for a character or complete a match, in
 * order of preference. Undefined where an assertion decides, and where they would take too much memory.
 */
export function closuresOf(program: Program): readonly (Int32Array | undefined)[] {
  const closures = new Array<Int32Array | undefined>(program.size);
  const entries = [program.start];
  for (let pc = 0; pc < program.size; pc++) {
    if (isRune(program.op[pc] ?? OP.fail)) entries.push(program.out[pc] ?? 0);
  }
  const seen = new Int32Array(program.size);
  let room = MAX_ENTRIES;
  for (const [index, pc] of entries.entries()) {
    if (closures[pc] !== undefined || room <= 0) continue;
    closures[pc] = closureOf(program, pc, { seen, mark: index + 1 });
    room -= closures[pc]?.length ?? 0;
  }
  return closures;
}

function closureOf(
  program: Program,
  from: number,
  { seen, mark }: { readonly seen: Int32Array; readonly mark: number },
): Int32Array | undefined {
  const waiting: number[] = [];
  const pending = [from];
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    if (seen[pc] === mark) continue;
    seen[pc] = mark;
    const op = program.op[pc] ?? OP.fail;
    if (op === OP.emptyWidth) return undefined;
    if (isRune(op) || op === OP.match) waiting.push(pc);
    else pending.push(...successors(program, pc).reverse());
  }
  return Int32Array.from(waiting);
}
