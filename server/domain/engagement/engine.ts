import type { Blocker } from '../../../shared/protocol/index.ts';
import { isHeldOut } from './assignment.ts';
import type { CompiledRuleSet } from './compile.ts';
import { rearmAll, refresh, type Settled, settle, type Work, workAt } from './evaluate.ts';
import { fire } from './fire.ts';
import { blockerOf, hindrancesOf } from './limits.ts';
import type { EngineDecision, VisitorEvent, World } from './model.ts';
import type { FactSource } from './read-fact.ts';
import { slotsTouchedBy } from './slots.ts';
import { VisitorState } from './state.ts';
import { traceOf, traceTree } from './trace.ts';

/**
 * Takes in what happened and decides. Whatever came due by itself before it is decided first, at its own time, so that
 * the outcome does not depend on how punctually {@link advance} was called.
 * @returns decisions in the order of their times; which, says `world.report`
 */
export function applyEvent(
  state: VisitorState,
  event: VisitorEvent,
  world: World,
): readonly EngineDecision[] {
  const now = Math.max(Math.trunc(event.at), state.now);
  const decisions = catchUp(state, now, world);
  const work = workAt(state, { now, world, decisions });
  const wasFrozen = state.isFrozen(work.ruleSet);
  const hadInvitation = state.facts.invitation !== undefined;
  state.facts.apply(event, now);
  state.now = now;
  if (state.isFrozen(work.ruleSet)) {
    freeze(state);
    return decisions;
  }
  if (wasFrozen || event.type === 'chat-ended' || (hadInvitation && state.facts.invitation === undefined)) {
    state.rescan = true;
  }
  if (event.type === 'page') state.pageMoved = true;
  if (wasFrozen) state.nextTurnAt = Number.NEGATIVE_INFINITY;
  if (wasFrozen) refreshAll(work);
  else for (const source of sourcesOf(event)) refresh(work, slotsTouchedBy(work.ruleSet.slots, source));
  decide(work);
  return decisions;
}

/**
 * Lets time pass, and takes in a changed world. To be called at `state.nextAt`, when a rule set is published, and when
 * {@link worldMatters} says so.
 * @returns as {@link applyEvent}
 */
export function advance(state: VisitorState, now: number, world: World): readonly EngineDecision[] {
  const at = Math.max(Math.trunc(now), state.now);
  const decisions = catchUp(state, at, world);
  if (!state.isFrozen(world.ruleSet)) step(workAt(state, { now: at, world, decisions }));
  return decisions;
}

/** Whether visitors must be advanced because the world changed: a threshold was crossed, or an agent is free again. */
export function worldMatters(before: World, after: World): boolean {
  if (before.ruleSet !== after.ruleSet) return true;
  if (before.agentsAvailable <= 0 && after.agentsAvailable > 0) return true;
  const value = (fact: string, world: World) =>
    fact === 'agents.available' ? world.agentsAvailable : world.queueLength;
  return after.ruleSet.slots.world.numbers.some(
    ({ fact, index }) => index.positionOf(value(fact, before)) !== index.positionOf(value(fact, after)),
  );
}

/**
 * How a rule stands with a visitor at this moment, fired or not: every condition, the score and its parts, all that blocks
 * it. Everything is worked out from the facts alone, and nothing is changed.
 * @returns nothing when there is no such rule
 */
export function explain(
  state: VisitorState,
  at: { readonly ruleId: string; readonly now: number },
  world: World,
): EngineDecision | undefined {
  const rule = world.ruleSet.byId.get(at.ruleId);
  if (rule === undefined) return undefined;
  const fresh = new VisitorState(state.facts.toFacts());
  const now = Math.max(Math.trunc(at.now), state.now);
  const work = workAt(fresh, { now, world, decisions: [] });
  evaluateAnew(work);
  const trace = traceOf(rule, { ...work, blockers: blockersOf(rule.id, work) });
  return { at: now, ruleId: rule.id, fired: false, score: fresh.score, trace };
}

function blockersOf(ruleId: string, work: Work): Blocker[] {
  const { facts, ruleSet, state } = work;
  const number = ruleSet.numberOf.get(ruleId);
  const compiled = number === undefined ? undefined : ruleSet.rules[number];
  if (compiled === undefined) return [{ code: 'disabled' }];
  const { rule } = compiled;
  const holds = traceTree(rule.when, work).holds;
  const hindrances = rule.kind === 'engage' ? hindrancesOf(compiled, work) : [];
  return [
    ...(holds ? [] : [{ code: 'conditions' } as const]),
    ...(state.score < (rule.minScore ?? Number.NEGATIVE_INFINITY)
      ? [{ code: 'below_min_score' } as const]
      : []),
    ...hindrances.map(blockerOf),
    ...(isHeldOut(rule, facts.key) ? [{ code: 'holdout' } as const] : []),
  ];
}

/** Goes through every instant up to `now` at which something came true by itself; begins anew under another rule set. */
function catchUp(state: VisitorState, now: number, world: World): EngineDecision[] {
  const decisions: EngineDecision[] = [];
  if (state.isFrozen(world.ruleSet)) return decisions;
  if (state.ruleSet !== world.ruleSet) {
    const work = workAt(state, { now, world, decisions });
    fire(work, evaluateAnew(work));
    finish(work);
  }
  while (state.nextAt <= now) step(workAt(state, { now: state.nextAt, world, decisions }));
  return decisions;
}

function evaluateAnew(work: Work): Settled {
  work.state.reset(work.ruleSet);
  refreshAll(work);
  const settled = settle(work);
  rearmAll(work);
  return settled;
}

function refreshAll(work: Work): void {
  refresh(work, work.ruleSet.slots);
}

function step(work: Work): void {
  refresh(work, work.ruleSet.slots.time);
  refresh(work, work.ruleSet.slots.world);
  decide(work);
}

/** Evaluates what was touched, lets a rule fire, and works out when to look again. */
function decide(work: Work): void {
  fire(work, settle(work));
  finish(work);
}

function finish({ state, ruleSet, moment }: Work): void {
  state.now = moment.now;
  state.nextAt = Math.min(state.wakeAt, state.nextTurnAt, nextHourAt(ruleSet, moment.now));
}

/** During a chat only facts are taken in; what they mean is worked out when it ends. */
function freeze(state: VisitorState): void {
  state.nextAt = Number.POSITIVE_INFINITY;
  state.wakeAt = Number.POSITIVE_INFINITY;
}

/** The hour and the day change for everyone at once. */
function nextHourAt({ slots, clock }: CompiledRuleSet, now: number): number {
  return slots.readsClock ? clock.nextHourAt(now) : Number.POSITIVE_INFINITY;
}

/** What an event may have changed; time and world are looked at with every event. */
function sourcesOf(event: VisitorEvent): readonly FactSource[] {
  switch (event.type) {
    case 'page':
      return ['page', 'world'];
    case 'activity':
      return [...activitySources(event), 'time', 'world'];
    case 'fields':
      return [...Object.keys(event.fields).map((key) => `field ${key}` as const), 'time', 'world'];
    case 'device':
      return ['device', 'time', 'world'];
    case 'chat-started':
    case 'chat-ended':
      return ['chat', 'time', 'world'];
    default:
      return ['time', 'world'];
  }
}

function activitySources({ scrollDepth, idle, event }: VisitorEvent & { type: 'activity' }): FactSource[] {
  return [
    ...(scrollDepth === undefined && idle === undefined ? [] : ['activity' as const]),
    ...(idle === true ? ['event idle' as const] : []),
    ...(event === undefined ? [] : [`event ${event.name}` as const]),
  ];
}
