import fc from 'fast-check';
import {
  advance,
  applyEvent,
  compileRuleSet,
  type EngineDecision,
  explain,
  newVisitor,
  simulate,
  type VisitorEvent,
  VisitorState,
  type World,
  type WorldEvent,
} from '../../server/domain/engagement/index.ts';
import type { EngagementRule } from '../../shared/protocol/index.ts';
import {
  durationRules,
  ruleList,
  SESSION_SECONDS,
  SESSION_START,
  session,
} from '../support/engagement-arbitraries.ts';
import { NaiveEngine } from '../support/naive-engagement.ts';
import { SEED } from '../support/seed.ts';

const TIMING = { invitationTtlMs: 40_000, dismissalCooldownMs: 50_000 };
const VISITOR = { key: 'v1', startedAt: SESSION_START, visits: 1, language: 'sv-SE' };
const settings = (numRuns: number) => ({ seed: SEED, numRuns });
type Happening = VisitorEvent | WorldEvent;

function compiled(rules: readonly EngagementRule[]) {
  return compileRuleSet({
    rules,
    timeZone: 'Europe/Stockholm',
    businessHours: { alwaysOpen: true, intervals: [] },
    timing: TIMING,
  });
}

const told = ({ at, ruleId, fired, score, trace }: EngineDecision) => ({
  ...{ at, ruleId, fired, score },
  blockers: trace.blockers.map(({ code }) => code),
});

/** The session as a server would run it: timers at their time, the world's changes as they come. */
function live(rules: readonly EngagementRule[], events: readonly Happening[]) {
  const state = new VisitorState(newVisitor(VISITOR));
  let world: World = { ruleSet: compiled(rules), agentsAvailable: 0, queueLength: 0, report: 'all' };
  const decisions = [...advance(state, SESSION_START, world)];
  for (const event of events) {
    while (state.nextAt < event.at) decisions.push(...advance(state, state.nextAt, world));
    if (event.type === 'agents-available') world = { ...world, agentsAvailable: event.count };
    else if (event.type === 'queue-length') world = { ...world, queueLength: event.count };
    if (event.type === 'agents-available' || event.type === 'queue-length') {
      decisions.push(...advance(state, event.at, world));
    } else decisions.push(...applyEvent(state, event, world));
  }
  const end = SESSION_START + SESSION_SECONDS * 1_000 + 1;
  while (state.nextAt <= end) decisions.push(...advance(state, state.nextAt, world));
  return { state, decisions, world, end };
}

function naive(rules: readonly EngagementRule[], events: readonly Happening[]) {
  const engine = new NaiveEngine({ rules, timeZone: 'Europe/Stockholm', ...TIMING }, VISITOR);
  let next = 0;
  engine.look(SESSION_START);
  for (let second = 0; second <= SESSION_SECONDS; second++) {
    const now = SESSION_START + second * 1_000;
    for (const instant of [now, now + 1]) {
      if (instant === now && worldComesFirst(events, { next, now })) {
        // A change of the world at the very instant of a timer is seen by it.
      } else engine.look(instant);
      for (let event = events[next]; event !== undefined && event.at === instant; event = events[++next]) {
        engine.happen(event);
        engine.look(instant);
      }
    }
    engine.look(now + 500);
    engine.look(now + 501);
  }
  return engine;
}

function worldComesFirst(events: readonly Happening[], at: { next: number; now: number }): boolean {
  const event = events[at.next];
  return event?.at === at.now && (event.type === 'agents-available' || event.type === 'queue-length');
}

describe(`engagement engine (seed ${SEED})`, () => {
  it('decides as the naive evaluation of everything at every instant does', () => {
    fc.assert(
      fc.property(ruleList, session, (rules, events) => {
        expect(live(rules, events).decisions.map(told)).toEqual(naive(rules, events).decisions);
      }),
      settings(40),
    );
  });

  it('wakes up for every turn that durations bring about together', () => {
    fc.assert(
      fc.property(durationRules, session, (rules, events) => {
        expect(live(rules, events).decisions.map(told)).toEqual(naive(rules, events).decisions);
      }),
      settings(40),
    );
  });

  it('decides the same when timers come late, when it is asked in between, and when simulated', () => {
    const asks = fc.array(fc.nat(SESSION_SECONDS * 1_000), { maxLength: 5 });
    fc.assert(
      fc.property(ruleList, session, asks, (rules, all, offsets) => {
        const events = all.filter((event): event is VisitorEvent => !isWorldEvent(event));
        const { decisions, end: until } = live(rules, events);
        expect(asked({ rules, events, offsets }).map(told)).toEqual(decisions.map(told));
        const recording = { visitor: newVisitor(VISITOR), events, agentsAvailable: 0, queueLength: 0, until };
        const once = simulate(compiled(rules), recording);
        expect(JSON.stringify(once)).toBe(JSON.stringify(simulate(compiled(rules), recording)));
        expect(once.decisions.slice(0, decisions.length).map(told)).toEqual(decisions.map(told));
      }),
      settings(60),
    );
  });

  it('stands after every event as a fresh evaluation of the facts does', () => {
    fc.assert(
      fc.property(ruleList, session, (rules, events) => {
        const world: World = {
          ruleSet: compiled(rules),
          agentsAvailable: 1,
          queueLength: 0,
          report: 'fired',
        };
        const state = new VisitorState(newVisitor(VISITOR));
        for (const event of events) {
          if (isWorldEvent(event)) continue;
          applyEvent(state, event, world);
          if (!state.isFrozen(world.ruleSet)) expectFresh(state, event.at, world);
        }
      }),
      settings(60),
    );
  });
});

function isWorldEvent(event: Happening): event is WorldEvent {
  return event.type === 'agents-available' || event.type === 'queue-length';
}

/** As a server would run it that never calls at the right time, only with events and now and then. */
function asked(run: {
  rules: readonly EngagementRule[];
  events: readonly VisitorEvent[];
  offsets: readonly number[];
}): EngineDecision[] {
  const state = new VisitorState(newVisitor(VISITOR));
  const world: World = { ruleSet: compiled(run.rules), agentsAvailable: 0, queueLength: 0, report: 'all' };
  const asks = [...run.offsets, SESSION_SECONDS * 1_000 + 1].map((offset) => ({
    at: SESSION_START + offset,
  }));
  const decisions = [...advance(state, SESSION_START, world)];
  for (const call of [...run.events, ...asks].sort((a, b) => a.at - b.at)) {
    decisions.push(...('type' in call ? applyEvent(state, call, world) : advance(state, call.at, world)));
  }
  return decisions;
}

function expectFresh(state: VisitorState, now: number, world: World): void {
  const { ruleSet } = world;
  const fresh = new VisitorState(JSON.parse(JSON.stringify(state.facts.toFacts())));
  advance(fresh, now, world);
  expect(fresh.score).toBe(state.score);
  ruleSet.rules.forEach(({ rule }, number) => {
    const holds = state.holds(ruleSet, number);
    const why = explain(state, { ruleId: rule.id, now }, world);
    expect([fresh.holds(ruleSet, number), why?.trace.when.holds]).toEqual([holds, holds]);
  });
}
