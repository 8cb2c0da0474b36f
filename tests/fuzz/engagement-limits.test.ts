import fc from 'fast-check';
import {
  advance,
  applyEvent,
  compileRuleSet,
  type EngineDecision,
  isHeldOut,
  newVisitor,
  type VisitorEvent,
  VisitorState,
  variantFor,
  type World,
} from '../../server/domain/engagement/index.ts';
import type { EngagementRule } from '../../shared/protocol/index.ts';
import { SESSION_START } from '../support/engagement-arbitraries.ts';
import { SEED } from '../support/seed.ts';

const ZONE = 'America/St_Johns';
const TIMING = { invitationTtlMs: 40_000, dismissalCooldownMs: 50_000 };
const MINUTE = 60_000;
const DAY = 86_400_000;

/** What a visitor does: in a tab or another, after the connection broke, after a restart, in a later session. */
type Step =
  | { readonly do: 'page'; readonly path: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'dismiss' | 'chat' | 'end-chat' | 'reconnect' | 'new-session' | 'second-tab' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('/', '/shop', '/cart').map((path) => ({ do: 'page' as const, path })),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(1, 999, 5_000, 20_000, 45_000, 5 * MINUTE, 3 * 3_600_000, DAY)
      .map((ms) => ({ do: 'wait' as const, ms })),
  },
  fc
    .constantFrom('dismiss', 'chat', 'end-chat', 'reconnect', 'new-session', 'second-tab')
    .map((what) => ({ do: what }) as Step),
);

const rule: fc.Arbitrary<Partial<EngagementRule>> = fc.record(
  {
    priority: fc.nat(2),
    when: fc.constantFrom<EngagementRule['when']>(
      { all: [] },
      { fact: 'page.path', op: 'in', value: ['/shop', '/cart'] },
      { all: [{ fact: 'page.timeOnPageMs', op: 'gte', value: 3_000 }] },
      {
        any: [
          { fact: 'session.pageViews', op: 'gte', value: 3 },
          { fact: 'page.path', op: 'eq', value: '/' },
        ],
      },
    ),
    limits: fc.record(
      {
        oncePerSession: fc.boolean(),
        cooldownMs: fc.constantFrom(0, 90_000, 10 * MINUTE, 2 * DAY),
        maxPerDay: fc.integer({ min: 1, max: 2 }),
      },
      { requiredKeys: [] },
    ),
    schedule: fc.constantFrom<EngagementRule['schedule'] & object>(
      { intervals: [{ weekday: 5, from: '18:00', to: '19:00' }] },
      { intervals: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '06:00', to: '20:00' })) },
    ),
    holdoutPercent: fc.constantFrom(0, 50, 100),
    duringChat: fc.boolean(),
  },
  { requiredKeys: ['priority', 'when', 'limits'] },
);

interface Told {
  readonly decision: EngineDecision;
  readonly session: number;
  readonly inChat: boolean;
}

interface Run {
  readonly rules: readonly EngagementRule[];
  readonly key: string;
  readonly told: readonly Told[];
  /** With the number of decisions before. */
  readonly dismissals: readonly { readonly at: number; readonly told: number }[];
  /** Instants at which an open invitation ended for another reason than its time. */
  readonly endedAt: readonly number[];
}

function run(parts: readonly Partial<EngagementRule>[], key: string, steps: readonly Step[]): Run {
  const rules = parts.map(
    (part, order): EngagementRule => ({
      ...{ id: `r${order}`, name: `r${order}`, kind: 'engage', enabled: true, priority: 0, order },
      when: { all: [] },
      action: { type: 'invite', message: 'Hello' },
      variants: [
        { key: 'a', message: 'A' },
        { key: 'b', message: 'B', weight: 2 },
      ],
      ...part,
    }),
  );
  const ruleSet = compileRuleSet({
    ...{ rules, timeZone: ZONE, timing: TIMING },
    businessHours: { alwaysOpen: true, intervals: [] },
  });
  const world: World = { ruleSet, agentsAvailable: 1, queueLength: 0, report: 'fired' };
  const told: Told[] = [];
  const dismissals: { at: number; told: number }[] = [];
  const endedAt: number[] = [];
  let [now, session] = [SESSION_START, 0];
  let state = new VisitorState(newVisitor({ key, startedAt: now }));
  const tell = (decisions: readonly EngineDecision[]) => {
    for (const decision of decisions) told.push({ decision, session, inChat: state.facts.inChat });
  };
  const happen = (event: VisitorEvent) => tell(applyEvent(state, event, world));
  tell(advance(state, now, world));
  for (const what of steps) {
    switch (what.do) {
      case 'wait': {
        const until = now + what.ms;
        while (state.nextAt <= until) tell(advance(state, state.nextAt, world));
        now = until;
        break;
      }
      case 'page':
        endedAt.push(now);
        happen({ type: 'page', at: now, url: `https://shop.example${what.path}` });
        break;
      case 'dismiss':
        dismissals.push({ at: now, told: told.length });
        endedAt.push(now);
        happen({ type: 'invitation-answered', at: now, accepted: false });
        break;
      case 'chat':
        if (state.facts.inChat) break;
        endedAt.push(now);
        happen({ type: 'chat-started', at: now });
        break;
      case 'end-chat':
        if (state.facts.inChat) happen({ type: 'chat-ended', at: now });
        break;
      case 'second-tab':
        tell(advance(state, now, world));
        break;
      case 'reconnect':
        // As another process would have it, from what was stored.
        state = new VisitorState(JSON.parse(JSON.stringify(state.facts.toFacts())));
        tell(advance(state, now, world));
        break;
      case 'new-session': {
        session += 1;
        endedAt.push(now);
        const history = JSON.parse(JSON.stringify(state.facts.toFacts()));
        state = new VisitorState(newVisitor({ key, startedAt: now, visits: session + 1, history }));
        tell(advance(state, now, world));
      }
    }
  }
  return { rules, key, told, dismissals, endedAt };
}

const dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE });
const wallFormat = new Intl.DateTimeFormat('en-GB', {
  ...{ timeZone: ZONE, hourCycle: 'h23', weekday: 'long', hour: '2-digit', minute: '2-digit' },
});
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Read off the clock of the runtime, not off the engine's. */
function isOpen({ schedule }: EngagementRule, at: number): boolean {
  if (schedule?.intervals === undefined) return true;
  const parts = Object.fromEntries(wallFormat.formatToParts(at).map(({ type, value }) => [type, value]));
  const time = `${parts.hour}:${parts.minute}`;
  return schedule.intervals.some(
    ({ weekday, from, to }) => WEEKDAYS[weekday - 1] === parts.weekday && time >= from && time < to,
  );
}

/** What was decided against a limit, in words; a check for each decision would take its time. */
function breaches({ rules, key, told, dismissals, endedAt }: Run): string[] {
  const found: string[] = [];
  const check = (fine: boolean, what: string, { decision }: Told) => {
    if (!fine) found.push(`${decision.ruleId} at ${new Date(decision.at).toISOString()}: ${what}`);
  };
  for (const one of rules) {
    const { oncePerSession, cooldownMs = 0, maxPerDay = Number.POSITIVE_INFINITY } = one.limits ?? {};
    const own = told.filter(({ decision }) => decision.ruleId === one.id);
    const sessions = new Map<number, number>();
    const days = new Map<string, number>();
    let last = Number.NEGATIVE_INFINITY;
    for (const each of own) {
      const { decision, session, inChat } = each;
      const day = dayFormat.format(decision.at);
      sessions.set(session, (sessions.get(session) ?? 0) + 1);
      days.set(day, (days.get(day) ?? 0) + 1);
      check(decision.fired === !isHeldOut(one, key), 'hold-out moved', each);
      check(decision.variant === variantFor(one, key)?.key, 'variant moved', each);
      check(isOpen(one, decision.at), 'schedule', each);
      check(!inChat || one.duringChat === true, 'in a chat', each);
      check(oncePerSession !== true || sessions.get(session) === 1, 'once in a session', each);
      check(decision.at - last >= cooldownMs, 'cool-down', each);
      check((days.get(day) as number) <= maxPerDay, 'times in a day', each);
      last = decision.at;
    }
  }
  for (const dismissal of dismissals) {
    const quietUntil = dismissal.at + TIMING.dismissalCooldownMs;
    for (const each of told.slice(dismissal.told)) {
      check(!each.decision.fired || each.decision.at >= quietUntil, 'after a dismissal', each);
    }
  }
  let before: EngineDecision | undefined;
  for (const each of told.filter(({ decision }) => decision.fired)) {
    if (before !== undefined)
      check(hasEnded(before, each.decision.at, { rules, endedAt }), 'two at once', each);
    before = each.decision;
  }
  return found;
}

/** Whether an invitation is over by then. */
function hasEnded(
  { at, ruleId }: EngineDecision,
  by: number,
  { rules, endedAt }: Pick<Run, 'rules' | 'endedAt'>,
): boolean {
  const own = rules.find(({ id }) => id === ruleId)?.limits?.cooldownMs ?? 0;
  const lifeMs = own > 0 ? Math.min(TIMING.invitationTtlMs, own) : TIMING.invitationTtlMs;
  return by - at >= lifeMs || endedAt.some((then) => at <= then && then <= by);
}

describe(`limits, hold-out and schedules (seed ${SEED})`, () => {
  const rules = fc.array(rule, { minLength: 1, maxLength: 4 });
  const key = fc.nat(30).map((number) => `visitor-${number}`);
  const steps = fc.array(step, { maxLength: 40 });

  it('hold over tabs, reconnects, restarts and sessions of one visitor', () => {
    let [fired, heldOut] = [0, 0];
    fc.assert(
      fc.property(rules, key, steps, (parts, visitor, doings) => {
        const ran = run(parts, visitor, doings);
        for (const { decision } of ran.told) decision.fired ? fired++ : heldOut++;
        expect(breaches(ran)).toEqual([]);
      }),
      { seed: SEED, numRuns: 400 },
    );
    // It is no proof when nothing happens.
    expect(Math.min(fired, heldOut)).toBeGreaterThan(100);
  });
});
