import type { CompiledRuleSet } from './compile.ts';
import type { LiveFacts } from './live-facts.ts';
import type { EngineDecision, World } from './model.ts';
import { runProgram } from './program.ts';
import type { Moment } from './read-fact.ts';
import type { SlotGroup } from './slots.ts';
import { flipBit, type VisitorState } from './state.ts';
import { nextTurnOf } from './time-tests.ts';

/** One visitor at one instant. */
export interface Work {
  readonly state: VisitorState;
  readonly facts: LiveFacts;
  readonly ruleSet: CompiledRuleSet;
  readonly moment: Moment;
  readonly report: World['report'];
  readonly decisions: EngineDecision[];
}

export function workAt(
  state: VisitorState,
  at: { readonly now: number; readonly world: World; readonly decisions: EngineDecision[] },
): Work {
  const { ruleSet, agentsAvailable, queueLength, report } = at.world;
  const moment = { now: at.now, clock: ruleSet.clock, agentsAvailable, queueLength };
  return { state, facts: state.facts, ruleSet, moment, report, decisions: at.decisions };
}

/** Reads facts anew; tests whose outcome changes are flipped, and the rules that ask for them marked. */
export function refresh({ state, facts, ruleSet, moment }: Work, { numbers, texts }: SlotGroup): void {
  for (const slot of numbers) {
    state.moveNumber(ruleSet, slot, slot.index.positionOf(slot.read(facts, moment)));
  }
  for (const slot of texts) {
    state.changeText(ruleSet, slot, slot.index.testsFor(slot.read(facts, moment)));
  }
}

/** Engage rules by number, whose standing changed. */
export interface Settled {
  /** Conditions hold and the score is reached, and before it was not so. */
  readonly ready: readonly number[];
  /** Conditions came true, the score is not reached. */
  readonly short: readonly number[];
}

const NOBODY: Settled = { ready: [], short: [] };

/**
 * Evaluates the marked rules, and the score. Rules that stopped to hold may fire again when they hold the next time.
 * @returns what became ready, the preferred first
 */
export function settle(work: Work): Settled {
  const { state, ruleSet } = work;
  const scoreBefore = state.score;
  const turned = turnRules(work);
  const crossed = state.score === scoreBefore ? [] : rulesBetween(ruleSet, scoreBefore, state.score);
  if (turned.length === 0 && crossed.length === 0) return NOBODY;
  const ready: number[] = [];
  const short: number[] = [];
  for (const rule of turned) {
    if (state.isReady(ruleSet, rule)) ready.push(rule);
    else if (state.holds(ruleSet, rule)) short.push(rule);
    rearm(work, rule);
  }
  for (const rule of crossed) {
    if (turned.includes(rule) || !state.holds(ruleSet, rule)) continue;
    if (state.isReady(ruleSet, rule)) ready.push(rule);
    rearm(work, rule);
  }
  return { ready: ready.sort(ascending), short: short.sort(ascending) };
}

const ascending = (a: number, b: number): number => a - b;

/** Runs the marked rules' programs and keeps the score. Returns the engage rules whose conditions turned. */
function turnRules({ state, ruleSet, moment }: Work): number[] {
  const { scratch, code, starts, points, firstEngage, layout, timeTests } = ruleSet;
  const everyTurn = moment.now >= state.nextTurnAt;
  const turned: number[] = [];
  for (let at = 0; at < scratch.touchedCount; at++) {
    const rule = scratch.touched[at] as number;
    const holds = runProgram(code, starts[rule] as number, state.words);
    if (holds !== state.holds(ruleSet, rule)) {
      flipBit(state.words, layout.holdsAt, rule);
      if (rule >= firstEngage) turned.push(rule);
      else state.score += holds ? (points[rule] as number) : -(points[rule] as number);
    }
    if (!everyTurn && timeTests[rule] !== undefined) expectTurn(state, { ruleSet, rule, now: moment.now });
  }
  if (everyTurn) state.nextTurnAt = Number.POSITIVE_INFINITY;
  if (everyTurn || state.pageMoved) {
    const rules = everyTurn ? ruleSet.rulesWithTime : ruleSet.rulesWithPageTime;
    for (const rule of rules) expectTurn(state, { ruleSet, rule, now: moment.now });
    state.pageMoved = false;
  }
  scratch.touchedCount = 0;
  scratch.generation = (scratch.generation + 1) >>> 0 || 1;
  return turned;
}

/** A turn that is expected too early costs a look and no more. */
function expectTurn(
  state: VisitorState,
  { ruleSet, rule, now }: { ruleSet: CompiledRuleSet; rule: number; now: number },
): void {
  state.nextTurnAt = Math.min(state.nextTurnAt, nextTurnOf(rule, { state, ruleSet, now }));
}

/** Engage rules whose minimum score lies above the lower of two scores and not above the higher. */
function rulesBetween({ byMinScore }: CompiledRuleSet, a: number, b: number): number[] {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  const found: number[] = [];
  for (let at = firstAbove(byMinScore, low); at < byMinScore.length; at++) {
    const { minScore, number } = byMinScore[at] as { minScore: number; number: number };
    if (minScore > high) break;
    found.push(number);
  }
  return found;
}

function firstAbove(byMinScore: CompiledRuleSet['byMinScore'], score: number): number {
  let low = 0;
  let high = byMinScore.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byMinScore[middle]?.minScore ?? 0) <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same for every rule that fired, whatever happened meanwhile. */
export function rearmAll(work: Work): void {
  for (const id of work.facts.firings?.keys() ?? []) {
    const rule = work.ruleSet.numberOf.get(id);
    if (rule !== undefined) rearm(work, rule);
  }
}

/** A rule that fired, and since then has not held, may fire again. */
function rearm({ state, facts, ruleSet }: Work, rule: number): void {
  if (facts.firings === undefined || state.isReady(ruleSet, rule)) return;
  const id = ruleSet.rules[rule]?.rule.id ?? '';
  const record = facts.firings.get(id);
  if (record?.spent === true) facts.firings.set(id, { ...record, spent: false });
}
