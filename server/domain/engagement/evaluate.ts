import type { CompiledRuleSet } from './compile.ts';
import type { LiveFacts } from './live-facts.ts';
import type { EngineDecision, World } from './model.ts';
import type { Moment } from './read-fact.ts';
import type { NumberSlot, SlotGroup, TextSlot } from './slots.ts';
import { flipBit, type VisitorState } from './state.ts';
import type { HoldingTests } from './text-index.ts';

/** One visitor at one instant. */
export interface Work {
  readonly state: VisitorState;
  readonly facts: LiveFacts;
  readonly ruleSet: CompiledRuleSet;
  readonly moment: Moment;
  readonly world: World;
  readonly decisions: EngineDecision[];
}

export function workAt(
  state: VisitorState,
  at: { readonly now: number; readonly world: World; readonly decisions: EngineDecision[] },
): Work {
  const { world } = at;
  const { ruleSet, agentsAvailable, queueLength } = world;
  const moment = { now: at.now, clock: ruleSet.clock, agentsAvailable, queueLength };
  return { state, facts: state.facts, ruleSet, moment, world, decisions: at.decisions };
}

/** Reads facts anew; tests whose outcome changes are turned. */
export function refresh({ state, facts, ruleSet, moment }: Work, group: SlotGroup | undefined): void {
  if (group === undefined) return;
  for (const slot of group.numbers) {
    state.moveNumber(ruleSet, slot, slot.index.positionOf(slot.read(facts, moment)));
  }
  for (const slot of group.texts) {
    state.changeText(ruleSet, slot, slot.index.testsFor(slot.read(facts, moment)));
  }
}

export function refreshAddress({ state, facts, ruleSet, moment }: Work): void {
  const { address } = ruleSet.slots;
  if (facts.url === undefined) return;
  const { positions, holding } = address.reading(facts, moment);
  for (let at = 0; at < positions.length; at++) {
    state.moveNumber(ruleSet, address.numbers[at] as NumberSlot, positions[at] as number);
  }
  for (let at = 0; at < holding.length; at++) {
    state.changeText(ruleSet, address.texts[at] as TextSlot, holding[at] as HoldingTests);
  }
}

/** What surrounds the visitor, and the time of day: read with everything that happens, when they are others. */
export function refreshSurroundings(work: Work): void {
  const { state, ruleSet, moment, world } = work;
  if (state.world !== world) {
    state.world = world;
    refresh(work, ruleSet.slots.world);
  }
  if (moment.now < state.nextHourAt) return;
  refresh(work, ruleSet.slots.clock);
  state.nextHourAt = ruleSet.slots.readsClock
    ? ruleSet.clock.nextHourAt(moment.now)
    : Number.POSITIVE_INFINITY;
}

export function refreshAll(work: Work): void {
  refreshAddress(work);
  refresh(work, work.ruleSet.slots.others);
  work.state.world = undefined;
  work.state.nextHourAt = Number.NEGATIVE_INFINITY;
  refreshSurroundings(work);
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
  if (turned.length === 0 && state.score === scoreBefore) return NOBODY;
  const ready: number[] = [];
  const short: number[] = [];
  for (const rule of turned) {
    if (state.isReady(ruleSet, rule)) ready.push(rule);
    else if (state.holds(ruleSet, rule)) short.push(rule);
    rearm(work, rule);
  }
  if (state.score !== scoreBefore) {
    for (const rule of crossedRules(work, scoreBefore)) {
      if (turned.includes(rule)) continue;
      if (state.isReady(ruleSet, rule)) ready.push(rule);
      rearm(work, rule);
    }
  }
  return { ready: ready.sort(ascending), short: short.sort(ascending) };
}

const ascending = (a: number, b: number): number => a - b;

/**
 * Keeps the score, and says which engage rules' conditions turned among those that were touched; when a duration may have
 * turned, among all that are armed.
 */
function turnRules({ state, ruleSet, moment }: Work): number[] {
  const { scratch, circuit, points, firstEngage, layout } = ruleSet;
  if (moment.now >= state.nextTurnAt) {
    state.nextTurnAt = Number.POSITIVE_INFINITY;
    let armed = state.nextArmed(ruleSet, 0);
    for (; armed >= 0; armed = state.nextArmed(ruleSet, armed + 1)) scratch.touch(armed);
  }
  const turned: number[] = [];
  for (let at = 0; at < scratch.count; at++) {
    const rule = scratch.touched[at] as number;
    const holds = state.isArmed(ruleSet, rule)
      ? holdsByDuration(rule, { state, ruleSet, now: moment.now })
      : state.isOn(ruleSet, circuit.roots[rule] as number);
    if (holds === state.holds(ruleSet, rule)) continue;
    flipBit(state.words, layout.holdsAt, rule);
    if (rule >= firstEngage) turned.push(rule);
    else state.score += holds ? (points[rule] as number) : -(points[rule] as number);
  }
  scratch.clear();
  return turned;
}

/** Of a rule that is armed. When time turns it next is noted; too early a time costs a look and no more. */
function holdsByDuration(
  rule: number,
  { state, ruleSet, now }: { state: VisitorState; ruleSet: CompiledRuleSet; now: number },
): boolean {
  const next = ruleSet.durations.nextTurn(rule, state, now);
  if (next < state.nextTurnAt) state.nextTurnAt = next;
  return ruleSet.durations.holds(rule, state, now);
}

/** Engage rules that hold and ask for a score between the one before and the one now. */
function crossedRules({ state, ruleSet }: Work, scoreBefore: number): number[] {
  const { minScores, firstEngage } = ruleSet;
  const found: number[] = [];
  let rule = state.nextHolding(ruleSet, firstEngage);
  for (; rule >= 0; rule = state.nextHolding(ruleSet, rule + 1)) {
    const minScore = minScores[rule] as number;
    if (scoreBefore >= minScore !== state.score >= minScore) found.push(rule);
  }
  return found;
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
