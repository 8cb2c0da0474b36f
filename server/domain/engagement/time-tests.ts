import type { CompiledRuleSet } from './compile.ts';
import type { FactTest, NumberRange } from './normalise.ts';
import { asksFor, isDuration, runProgram } from './program.ts';
import { flipBit, type VisitorState } from './state.ts';

/** A test of a duration, and the values (whole milliseconds, ascending) at which its outcome turns as time goes on. */
export interface TimeTest {
  readonly test: number;
  readonly since: 'page' | 'session';
  readonly turnsAt: readonly number[];
}

const NEVER = Number.POSITIVE_INFINITY;

/** The time tests among all; by number. */
export function timeTestsOf(tests: readonly FactTest[]): ReadonlyMap<number, TimeTest> {
  const found = new Map<number, TimeTest>();
  tests.forEach((one, test) => {
    if (one.view !== 'number') return;
    if (!isDuration(one.fact)) return;
    const since = one.fact === 'page.timeOnPageMs' ? 'page' : 'session';
    found.set(test, { test, since, turnsAt: one.ranges.flatMap(turnsOf).sort((a, b) => a - b) });
  });
  return found;
}

function turnsOf({ from, to, openFrom, openTo }: NumberRange): number[] {
  const begin = openFrom === true ? Math.floor(from) + 1 : Math.ceil(from);
  const end = openTo === true ? Math.ceil(to) : Math.floor(to) + 1;
  return [begin, end].filter(Number.isFinite);
}

/**
 * When time alone turns the outcome of a rule next: its time tests are turned one after another, as time will, until the
 * rule as a whole comes out differently. Durations that change nothing wake nobody.
 */
export function nextTurnOf(
  rule: number,
  { state, ruleSet, now }: { state: VisitorState; ruleSet: CompiledRuleSet; now: number },
): number {
  const tests = ruleSet.timeTests[rule];
  if (tests === undefined) return NEVER;
  const { code, starts, isTimeTest } = ruleSet;
  const program = { code, start: starts[rule] as number, bits: state.words };
  if (!asksFor(isTimeTest, program)) return NEVER;
  const holds = state.holds(ruleSet, rule);
  const turned: number[] = [];
  let at = now;
  let outcome = holds;
  while (outcome === holds && at !== NEVER) {
    at = turnNext(tests, { state, after: at, turned });
    outcome = runProgram(code, program.start, state.words);
  }
  for (const test of turned) flipBit(state.words, 0, test);
  return at;
}

/** Turns every test that turns at the next instant at which any does, and returns that instant. */
function turnNext(
  tests: readonly TimeTest[],
  { state, after, turned }: { state: VisitorState; after: number; turned: number[] },
): number {
  let next = NEVER;
  for (const { since, turnsAt } of tests) {
    const base = baseOf(state, since);
    for (const value of turnsAt) if (base + value > after) next = Math.min(next, base + value);
  }
  if (next === NEVER) return NEVER;
  for (const { test, since, turnsAt } of tests) {
    const base = baseOf(state, since);
    for (const value of turnsAt) {
      if (base + value !== next) continue;
      flipBit(state.words, 0, test);
      turned.push(test);
    }
  }
  return next;
}

/** Before the first page there is no time on it: nothing turns. */
function baseOf({ facts }: VisitorState, since: TimeTest['since']): number {
  if (since === 'session') return facts.startedAt;
  return facts.url === undefined ? NEVER : facts.pageSince;
}
