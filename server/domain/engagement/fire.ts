import { isHeldOut, variantFor } from './assignment.ts';
import type { CompiledRule } from './compile.ts';
import type { Settled, Work } from './evaluate.ts';
import { blockerOf, firedOnceMore, type Hindrance, hindrancesOf, quietUntil } from './limits.ts';
import { bitAt, flipBit } from './state.ts';
import { traceOf } from './trace.ts';

/**
 * Lets the preferred of the rules that may fire do so, at most one at a time. Looked at are those that became ready, and
 * all that are ready when something ended that kept them back.
 */
export function fire(work: Work, settled: Settled): void {
  const { state, moment } = work;
  const agentIsFree = moment.agentsAvailable > 0;
  const everything = state.rescan || moment.now >= state.wakeAt || (agentIsFree && !state.agentWasFree);
  state.agentWasFree = agentIsFree;
  state.rescan = false;
  if (everything) state.wakeAt = Number.POSITIVE_INFINITY;
  if (work.world.report === 'all') reportShort(work, settled.short);
  const candidates = everything ? allReady(work) : settled.ready;
  let winner: string | undefined;
  for (const rule of candidates) {
    const isNews = work.world.report === 'all' && settled.ready.includes(rule) && !isReported(work, rule);
    const quietEnd = quietUntil(work);
    // Whatever else is against it: this is looked at no sooner than that it may be shown anything at all.
    if (!isNews && moment.now < quietEnd) state.wakeAt = Math.min(state.wakeAt, quietEnd);
    else if (winner !== undefined) passOver(work, rule, { winner, isNews });
    else winner = tryRule(work, rule, isNews);
  }
}

/** Ready rules, the preferred first. */
function allReady({ state, ruleSet }: Work): number[] {
  const found: number[] = [];
  let rule = state.nextHolding(ruleSet, ruleSet.firstEngage);
  for (; rule >= 0; rule = state.nextHolding(ruleSet, rule + 1)) {
    if (state.isReady(ruleSet, rule)) found.push(rule);
  }
  return found;
}

/** Fires the rule if nothing is against it. Returns its id when the visitor gets its invitation. */
function tryRule(work: Work, number: number, isNews: boolean): string | undefined {
  const compiled = work.ruleSet.rules[number] as CompiledRule;
  const hindrances = hindrancesOf(compiled, work);
  if (hindrances.length > 0) {
    wakeAfter(work, hindrances);
    if (isNews) report(work, number, hindrances);
    return undefined;
  }
  const { state, facts, moment } = work;
  const { rule } = compiled;
  const heldOut = isHeldOut(rule, facts.key);
  const variant = variantFor(rule, facts.key);
  work.decisions.push({
    at: moment.now,
    ruleId: rule.id,
    fired: !heldOut,
    score: state.score,
    ...(variant !== undefined && { variant: variant.key }),
    trace: traceOf(rule, { ...work, blockers: heldOut ? [{ code: 'holdout' }] : [] }),
  });
  facts.firings ??= new Map();
  facts.firings.set(rule.id, firedOnceMore(facts.firings.get(rule.id), moment));
  if (!heldOut) facts.invitation = { ruleId: rule.id, at: moment.now };
  // A rule with a cool-down fires again when that is over.
  wakeWhenFree(work, compiled);
  return heldOut ? undefined : rule.id;
}

/** Another rule was preferred at this very moment; its invitation is open now. */
function passOver(work: Work, number: number, at: { winner: string; isNews: boolean }): void {
  const compiled = work.ruleSet.rules[number] as CompiledRule;
  wakeWhenFree(work, compiled);
  if (!at.isNews) return;
  const others = hindrancesOf(compiled, work).filter(({ code }) => code !== 'already_inviting');
  const preferred: Hindrance = { code: 'lower_priority', until: Number.POSITIVE_INFINITY, ruleId: at.winner };
  report(work, number, [preferred, ...others]);
}

function wakeWhenFree(work: Work, compiled: CompiledRule): void {
  wakeAfter(work, hindrancesOf(compiled, work));
}

/** A rule may fire when the last of what is against it has ended; before that no look is worth it. */
function wakeAfter({ state }: Work, hindrances: readonly Hindrance[]): void {
  const last = hindrances.reduce((latest, { until }) => Math.max(latest, until), Number.NEGATIVE_INFINITY);
  if (hindrances.length > 0) state.wakeAt = Math.min(state.wakeAt, last);
}

/** Near misses for want of score: conditions that just came true. */
function reportShort(work: Work, rules: readonly number[]): void {
  const below: Hindrance = { code: 'below_min_score', until: Number.POSITIVE_INFINITY };
  for (const number of rules) {
    if (isReported(work, number)) continue;
    const compiled = work.ruleSet.rules[number] as CompiledRule;
    report(work, number, [below, ...hindrancesOf(compiled, work)]);
  }
}

function isReported({ state, ruleSet }: Work, number: number): boolean {
  return bitAt(state.words, ruleSet.layout.reportedAt, number);
}

/** Tells of a near miss, once for each rule. */
function report(work: Work, number: number, hindrances: readonly Hindrance[]): void {
  const { state, ruleSet, moment } = work;
  const { rule } = ruleSet.rules[number] as CompiledRule;
  flipBit(state.words, ruleSet.layout.reportedAt, number);
  work.decisions.push({
    at: moment.now,
    ruleId: rule.id,
    fired: false,
    score: state.score,
    trace: traceOf(rule, { ...work, blockers: hindrances.map(blockerOf) }),
  });
}
