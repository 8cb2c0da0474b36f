import type { CompiledRuleSet } from './compile.ts';
import { advance, applyEvent, explain } from './engine.ts';
import type { EngineDecision, VisitorEvent, VisitorFacts, World } from './model.ts';
import { VisitorState } from './state.ts';

/** What happened around the visitor. */
export type WorldEvent = { readonly at: number } & (
  | { readonly type: 'agents-available'; readonly count: number }
  | { readonly type: 'queue-length'; readonly count: number }
);

/** One visitor session from its beginning, as it was recorded or made up. Times are whole epoch milliseconds. */
export interface Recording {
  readonly visitor: VisitorFacts;
  readonly events: readonly (VisitorEvent | WorldEvent)[];
  readonly agentsAvailable: number;
  readonly queueLength: number;
  /** How far the time runs; to the last event when left out. */
  readonly until?: number;
}

export interface Simulation {
  readonly decisions: readonly EngineDecision[];
  /** There were more decisions than anyone can read; those behind the limit are not there. */
  readonly truncated: boolean;
}

/** Bounds the answer to rules that fire again and again over a month. */
export const SIMULATED_DECISIONS_MAX = 10_000;

/**
 * Runs a session through a rule set on a virtual clock. The same session and rules give the same decisions, bit by bit,
 * and the same that were made live. Events are taken in the order of their times; those of one time as they stand.
 * Near misses are among the decisions; a rule of which nothing was told is explained at the end.
 */
export function simulate(ruleSet: CompiledRuleSet, recording: Recording): Simulation {
  const decisions: EngineDecision[] = [];
  const { visitor, until = Number.NEGATIVE_INFINITY } = recording;
  const state = new VisitorState(visitor);
  let world: World = { ...pick(recording), ruleSet, report: 'all' };
  let end = Math.max(visitor.startedAt, until);
  decisions.push(...advance(state, visitor.startedAt, world));
  for (const event of inTime(recording.events)) {
    if (decisions.length >= SIMULATED_DECISIONS_MAX) break;
    end = Math.max(end, event.at);
    if (isWorldEvent(event)) {
      // What came due before was decided in the world as it was.
      decisions.push(...advance(state, event.at - 1, world));
      world = changed(world, event);
      decisions.push(...advance(state, event.at, world));
    } else decisions.push(...applyEvent(state, event, world));
  }
  while (state.nextAt <= end && decisions.length < SIMULATED_DECISIONS_MAX) {
    decisions.push(...advance(state, state.nextAt, world));
  }
  const truncated = decisions.length >= SIMULATED_DECISIONS_MAX;
  const untold = truncated ? [] : explainUntold(state, { now: end, world, decisions });
  return { decisions: [...decisions.slice(0, SIMULATED_DECISIONS_MAX), ...untold], truncated };
}

function pick({ agentsAvailable, queueLength }: Recording): Pick<World, 'agentsAvailable' | 'queueLength'> {
  return { agentsAvailable, queueLength };
}

function inTime<Event extends { readonly at: number }>(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => a.at - b.at);
}

function isWorldEvent(event: VisitorEvent | WorldEvent): event is WorldEvent {
  return event.type === 'agents-available' || event.type === 'queue-length';
}

function changed(world: World, event: WorldEvent): World {
  return event.type === 'agents-available'
    ? { ...world, agentsAvailable: event.count }
    : { ...world, queueLength: event.count };
}

/** Why every other engage rule never fired. */
function explainUntold(
  state: VisitorState,
  at: { now: number; world: World; decisions: readonly EngineDecision[] },
): EngineDecision[] {
  const told = new Set(at.decisions.map(({ ruleId }) => ruleId));
  return [...at.world.ruleSet.byId.values()]
    .filter(({ kind, id }) => kind === 'engage' && !told.has(id))
    .flatMap(({ id: ruleId }) => explain(state, { ruleId, now: at.now }, at.world) ?? []);
}
