import type { Blocker } from '../../../shared/protocol/index.ts';
import { isHeldOut } from './assignment.ts';
import {
  rearmAll,
  refresh,
  refreshAddress,
  refreshAll,
  refreshSurroundings,
  type Settled,
  settle,
  type Work,
  workAt,
} from './evaluate.ts';
import { fire } from './fire.ts';
import { blockerOf, hindrancesOf } from './limits.ts';
import type { EngineDecision, VisitorEvent, World } from './model.ts';
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
  const { invitation, referrer, utm } = state.facts;
  state.facts.apply(event, now);
  state.now = now;
  if (state.isFrozen(work.ruleSet)) {
    freeze(state);
    return decisions;
  }
  if (state.ruleSet !== work.ruleSet) {
    beginAnew(work);
    return decisions;
  }
  const invitationEnded = invitation !== undefined && state.facts.invitation === undefined;
  if (wasFrozen || event.type === 'chat-ended' || invitationEnded) state.rescan = true;
  // Times on a page are counted from another instant.
  if (wasFrozen || event.type === 'page') state.nextTurnAt = Number.NEGATIVE_INFINITY;
  if (wasFrozen) refreshAll(work);
  else refreshChanged(work, { event, arrived: referrer !== state.facts.referrer || utm !== state.facts.utm });
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
  if (state.ruleSet !== world.ruleSet) beginAnew(workAt(state, { now, world, decisions }));
  while (state.nextAt <= now) step(workAt(state, { now: state.nextAt, world, decisions }));
  return decisions;
}

function beginAnew(work: Work): void {
  fire(work, evaluateAnew(work));
  finish(work);
}

function evaluateAnew(work: Work): Settled {
  work.state.reset(work.ruleSet);
  refreshAll(work);
  const settled = settle(work);
  rearmAll(work);
  return settled;
}

function step(work: Work): void {
  refreshSurroundings(work);
  decide(work);
}

/** Evaluates what was touched, lets a rule fire, and works out when to look again. */
function decide(work: Work): void {
  fire(work, settle(work));
  finish(work);
}

function finish({ state, moment }: Work): void {
  state.now = moment.now;
  state.nextAt = Math.min(state.wakeAt, state.nextTurnAt, state.nextHourAt);
}

/** During a chat only facts are taken in; what they mean is worked out when it ends. */
function freeze(state: VisitorState): void {
  state.nextAt = Number.POSITIVE_INFINITY;
  state.wakeAt = Number.POSITIVE_INFINITY;
}

/** Reads what an event may have changed. A new page begins its scroll depth and its idleness anew. */
function refreshChanged(
  work: Work,
  { event, arrived }: { readonly event: VisitorEvent; readonly arrived: boolean },
): void {
  const { slots } = work.ruleSet;
  refreshSurroundings(work);
  switch (event.type) {
    case 'page':
      refreshAddress(work);
      refresh(work, slots.page);
      refresh(work, slots.activity);
      if (arrived) refresh(work, slots.arrival);
      break;
    case 'activity':
      if (event.scrollDepth !== undefined || event.idle !== undefined) refresh(work, slots.activity);
      if (event.idle === true) refresh(work, slots.events.get('idle'));
      if (event.event !== undefined) refresh(work, slots.events.get(event.event.name));
      break;
    case 'fields':
      for (const key of Object.keys(event.fields)) refresh(work, slots.fields.get(key));
      break;
    case 'device':
      refresh(work, slots.device);
      break;
    case 'chat-started':
    case 'chat-ended':
      refresh(work, slots.chat);
      break;
    default:
  }
}
