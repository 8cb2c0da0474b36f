import fc from 'fast-check';
import {
  advance,
  applyEvent,
  compileRuleSet,
  type EngineDecision,
  newVisitor,
  type VisitorEvent,
  VisitorState,
  type World,
  type WorldEvent,
} from '../../server/domain/engagement/index.ts';
import type { EngagementRule } from '../../shared/protocol/index.ts';
import { ruleList, SESSION_SECONDS, SESSION_START, session } from '../support/engagement-arbitraries.ts';
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
});
