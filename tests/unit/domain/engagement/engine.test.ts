import {
  advance,
  applyEvent,
  changesBetween,
  compareRuleSets,
  type EngineDecision,
  explain,
  invitationOf,
  isHeldOut,
  newVisitor,
  type Recording,
  simulate,
  unitHash,
  VisitorState,
  variantFor,
  type World,
} from '../../../../server/domain/engagement/index.ts';
import {
  type Condition,
  ENGAGEMENT_LIMITS,
  type EngagementRule,
  type FactValue,
} from '../../../../shared/protocol/index.ts';
import { engageRule, page, recording, ruleSet, START, scoreRule } from './support.ts';

const onShop = { fact: 'page.path', op: 'startsWith', value: '/shop' } as const;
const MINUTE = 60_000;

function run(rules: readonly EngagementRule[], recorded: Recording): readonly EngineDecision[] {
  return simulate(ruleSet(rules), recorded).decisions;
}

const firedAt = (decisions: readonly EngineDecision[]) =>
  decisions.filter(({ fired }) => fired).map(({ at, ruleId }) => [ruleId, at - START]);

const blockersOf = (decisions: readonly EngineDecision[], ruleId: string) =>
  decisions.filter((one) => one.ruleId === ruleId && !one.fired).map(({ trace }) => trace.blockers);

it('remembers no depth and no idleness before the first page, as what is kept of a visitor has no place for them', () => {
  const live = new VisitorState(newVisitor({ key: 'v', startedAt: START, visits: 1 }));
  const acts = (state: VisitorState) => {
    const activity = { type: 'activity', scrollDepth: 50, idle: true, at: START } as const;
    applyEvent(state, activity, { ruleSet: ruleSet([]), agentsAvailable: 0, queueLength: 0, report: 'all' });
    return state;
  };
  const kept = new VisitorState(acts(live).facts.toFacts());
  expect(acts(live).facts.toFacts()).toEqual(acts(kept).facts.toFacts());
  expect(live.facts.toFacts()).toMatchObject({ events: { idle: { count: 2 } } });
});

describe('rules on time', () => {
  it('fires at the very millisecond at which an elapsed time comes true, and says why', () => {
    const rule = engageRule('slow', {
      all: [onShop, { fact: 'page.timeOnPageMs', op: 'gt', value: 30_000 }],
    });
    const [decision] = run([rule], recording([page(5, '/shop/a')], { until: START + MINUTE }));
    expect(decision).toEqual({
      at: START + 5 + 30_001,
      ruleId: 'slow',
      fired: true,
      score: 0,
      trace: {
        when: {
          all: [
            { ...onShop, seen: '/shop/a', holds: true },
            { fact: 'page.timeOnPageMs', op: 'gt', value: 30_000, seen: 30_001, holds: true },
          ],
          holds: true,
        },
        score: { total: 0, parts: [] },
        blockers: [],
      },
    });
  });

  it('asks for no wake-up while no time can change anything', () => {
    const rules = [
      engageRule('r', { all: [onShop, { fact: 'page.timeOnPageMs', op: 'gte', value: 30_000 }] }),
    ];
    const world: World = { ruleSet: ruleSet(rules), agentsAvailable: 1, queueLength: 0, report: 'all' };
    const state = new VisitorState(newVisitor({ key: 'v', startedAt: START }));
    applyEvent(state, page(0, '/docs'), world);
    expect(state.nextAt).toBe(Number.POSITIVE_INFINITY);
    applyEvent(state, page(7, '/shop'), world);
    expect(state.nextAt).toBe(START + 7 + 30_000);
  });

  it('sees two durations that only together make a rule true', () => {
    const when = {
      all: [
        { fact: 'page.timeOnPageMs', op: 'gte', value: 10_000 },
        { fact: 'session.durationMs', op: 'between', value: [20_000, 40_000] },
      ],
    } as const;
    expect(
      firedAt(run([engageRule('both', when)], recording([page(0, '/')], { until: START + MINUTE }))),
    ).toEqual([['both', 20_000]]);
  });

  it('fires when a schedule opens, in the zone of the account', () => {
    const schedule = { intervals: [{ weekday: 3, from: '10:01', to: '10:02' }] };
    const rules = [engageRule('late', onShop, { schedule })];
    const decisions = run(rules, recording([page(0, '/shop')], { until: START + 5 * MINUTE }));
    expect(firedAt(decisions)).toEqual([['late', MINUTE]]);
    expect(blockersOf(decisions, 'late')).toEqual([
      [{ code: 'schedule', until: '2026-01-07T09:01:00.000Z' }],
    ]);
  });
});

describe('limits', () => {
  const events = [
    page(0, '/shop'),
    page(10_000, '/docs'),
    page(20_000, '/shop'),
    page(30_000, '/docs'),
    page(40_000, '/shop'),
  ];

  it.each<[string, Partial<EngagementRule>, number[]]>([
    ['nothing but a new occasion', {}, [0, 20_000, 40_000]],
    ['once in a session', { limits: { oncePerSession: true } }, [0]],
    ['a cool-down', { limits: { cooldownMs: 25_000 } }, [0, 25_000]],
    ['so many in a day', { limits: { maxPerDay: 2 } }, [0, 20_000]],
  ])('lets a rule fire again after %s', (_name, more, times) => {
    expect(firedAt(run([engageRule('r', onShop, more)], recording(events)))).toEqual(
      times.map((at) => ['r', at]),
    );
  });

  it('fires again at the end of the cool-down while the conditions go on holding', () => {
    const rules = [engageRule('r', onShop, { limits: { cooldownMs: 25_000 } })];
    const decisions = run(rules, recording([page(0, '/shop')], { until: START + MINUTE }));
    expect(firedAt(decisions)).toEqual([
      ['r', 0],
      ['r', 25_000],
      ['r', 50_000],
    ]);
  });

  it('counts earlier sessions of the visitor', () => {
    const rules = [engageRule('r', onShop, { limits: { maxPerDay: 1 } })];
    const world: World = { ruleSet: ruleSet(rules), agentsAvailable: 1, queueLength: 0, report: 'all' };
    const first = new VisitorState(newVisitor({ key: 'v', startedAt: START }));
    expect(applyEvent(first, page(0, '/shop'), world)).toHaveLength(1);
    const history = JSON.parse(JSON.stringify(first.facts.toFacts())) as ReturnType<typeof newVisitor>;
    const second = new VisitorState(newVisitor({ key: 'v', startedAt: START + MINUTE, history }));
    const [decision] = applyEvent(second, page(2 * MINUTE, '/shop'), world);
    expect(decision?.trace.blockers.map(({ code }) => code)).toEqual(['max_per_day']);
  });

  it('keeps quiet after a dismissal, then lets what holds fire', () => {
    const rules = [
      engageRule('a', onShop),
      engageRule('b', { fact: 'session.pageViews', op: 'gte', value: 1 }),
    ];
    const dismissal = { type: 'invitation-answered', accepted: false, at: START + 1_000 } as const;
    const recorded = recording([page(0, '/shop'), dismissal], { until: START + 60 * MINUTE });
    expect(firedAt(run(rules, recorded))).toEqual([
      ['a', 0],
      ['b', 1_000 + 30 * MINUTE],
    ]);
  });
});

describe('one invitation at a time', () => {
  it('prefers priority, then order, then id, and names the winner', () => {
    const rules = [
      engageRule('c', onShop, { priority: 1, order: 2 }),
      engageRule('b', onShop, { priority: 1, order: 1 }),
      engageRule('a', onShop),
    ];
    const decisions = run(rules, recording([page(0, '/shop')]));
    expect(firedAt(decisions)).toEqual([['b', 0]]);
    expect(blockersOf(decisions, 'a')).toEqual([[{ code: 'lower_priority', ruleId: 'b' }]]);
  });

  it('waits for a free agent', () => {
    const rules = [engageRule('r', onShop, { requiresAgent: true })];
    const free = { type: 'agents-available', count: 1, at: START + 9_000 } as const;
    const decisions = run(rules, recording([page(0, '/shop'), free], { agentsAvailable: 0 }));
    expect(blockersOf(decisions, 'r')).toEqual([[{ code: 'no_agent' }]]);
    expect(firedAt(decisions)).toEqual([['r', 9_000]]);
  });

  it('evaluates nothing during a chat unless a rule asks for it', () => {
    const chat = [{ type: 'chat-started', at: START } as const, page(1_000, '/shop')];
    const end = { type: 'chat-ended', at: START + 5_000 } as const;
    expect(firedAt(run([engageRule('r', onShop)], recording([...chat, end])))).toEqual([['r', 5_000]]);
    const during = engageRule('r', onShop, { duringChat: true });
    expect(firedAt(run([during], recording([...chat, end])))).toEqual([['r', 1_000]]);
  });
});

describe('a rule set published while the visitor is in a chat', () => {
  it('counts from the end of the chat, whatever the one before looked like', () => {
    const old = [engageRule('old', { fact: 'page.title', op: 'contains', value: 'x' })];
    const rules = [
      engageRule('r', onShop),
      scoreRule('s', { fact: 'session.pageViews', op: 'gte', value: 1 }, 4),
    ];
    const world = (set: EngagementRule[]): World => ({
      ...{ ruleSet: ruleSet(set), agentsAvailable: 1, queueLength: 0, report: 'all' },
    });
    const state = new VisitorState(newVisitor({ key: 'v', startedAt: START }));
    applyEvent(state, page(0, '/shop'), world(old));
    applyEvent(state, { type: 'chat-started', at: START + 1 }, world(old));
    const after = world(rules);
    expect(advance(state, START + 2, after)).toEqual([]);
    const decisions = applyEvent(state, { type: 'chat-ended', at: START + 3 }, after);
    expect(firedAt(decisions)).toEqual([['r', 3]]);
    expect(state.score).toBe(4);
  });
});

describe('a rule of as many conditions as there may be', () => {
  const { conditionsPerRule: most } = ENGAGEMENT_LIMITS;
  // Each is two tests, of a number and of a text, and only the number's ever holds.
  const conditions = Array.from(
    { length: most },
    (_, n): Condition => ({ fact: `event.e${n % 40}.last`, op: 'nin', value: [Math.floor(n / 40), 'x'] }),
  );

  it('holds when all of them do, and no sooner', () => {
    const set = ruleSet([
      engageRule('all', { all: conditions }),
      engageRule('any', { not: { all: conditions } }),
    ]);
    const world: World = { ruleSet: set, agentsAvailable: 1, queueLength: 0, report: 'fired' };
    const state = new VisitorState(newVisitor({ key: 'v', startedAt: START }));
    const holding = () =>
      set.rules.filter((_rule, number) => state.holds(set, number)).map(({ rule }) => rule.id);
    const tell = (name: string, value: FactValue) =>
      applyEvent(state, { type: 'activity', at: START, event: { name, value } }, world);
    advance(state, START, world);
    expect(holding()).toEqual(['all']);
    for (let n = 0; n < 40; n++) {
      tell(`e${n}`, n % 2 === 0 ? 0 : 'x');
      expect(holding()).toEqual(['any']);
    }
    for (let n = 0; n < 40; n++) {
      expect(holding()).toEqual(['any']);
      tell(`e${n}`, 9);
    }
    expect(holding()).toEqual(['all']);
  });
});

describe('score', () => {
  const rules = [
    scoreRule('pages', { fact: 'session.pageViews', op: 'gte', value: 2 }, 30),
    scoreRule('bored', { fact: 'page.isIdle', op: 'eq', value: true }, -10),
    engageRule('hot', { all: [] }, { minScore: 25 }),
  ];

  it('is the sum of what holds, and lets a rule fire as soon as it is high enough', () => {
    const idle = { type: 'activity', at: START + 10, idle: true } as const;
    const decisions = run(rules, recording([page(0, '/'), idle, page(20, '/')]));
    expect(decisions.map(({ fired, score, at }) => [fired, score, at - START])).toEqual([
      [false, 0, 0],
      [true, 30, 20],
    ]);
    expect(decisions[0]?.trace.blockers).toEqual([{ code: 'below_min_score' }]);
    expect(decisions[1]?.trace.score).toEqual({
      total: 30,
      needed: 25,
      parts: [{ ruleId: 'pages', name: 'pages', points: 30 }],
    });
  });
});

describe('hold-out and variants', () => {
  const variants = [
    { key: 'a', message: 'A', weight: 3 },
    { key: 'b', message: 'B' },
  ];
  const keys = Array.from({ length: 4_000 }, (_, n) => `visitor-${n}`);

  it('assigns the same visitor the same way, and the shares as asked', () => {
    const rule = engageRule('r', onShop, { holdoutPercent: 20, variants });
    const heldOut = keys.filter((key) => isHeldOut(rule, key));
    expect(Math.abs(heldOut.length / keys.length - 0.2)).toBeLessThan(0.03);
    expect(heldOut.every((key) => isHeldOut({ ...rule, holdoutPercent: 40 }, key))).toBe(true);
    const share = keys.filter((key) => variantFor(rule, key)?.key === 'a').length / keys.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(0.03);
  });

  it('holds a value for good: who is held out and gets which message never shifts between releases', () => {
    // The reference algorithm, run elsewhere on the same units.
    expect(['', 'visitor', 'åäö'].map((text) => unitHash(text) * 2 ** 32)).toEqual([
      0, 0x4d6e1cf1, 0xb1ec9e83,
    ]);
    const rule = engageRule('rule-1', onShop, { holdoutPercent: 30, variants });
    const first = keys.slice(0, 24);
    expect(first.map((key) => (isHeldOut(rule, key) ? 'x' : '-')).join('')).toBe('xx-x-------------------x');
    expect(first.map((key) => variantFor(rule, key)?.key).join('')).toBe('aaaaaaabbbbabaaaaaaaaaba');
  });

  it('tells of a visitor who is held out, uses up the limits, and lets the next rule fire', () => {
    const rules = [
      engageRule('tried', onShop, { priority: 1, holdoutPercent: 100, limits: { oncePerSession: true } }),
      engageRule('other', onShop),
    ];
    const decisions = run(rules, recording([page(0, '/shop'), page(1, '/'), page(2, '/shop')]));
    expect(blockersOf(decisions, 'tried').slice(0, 1)).toEqual([[{ code: 'holdout' }]]);
    expect(firedAt(decisions)).toEqual([
      ['other', 0],
      ['other', 2],
    ]);
  });

  it('speaks the language of the page where the message is there in it', () => {
    const rule = engageRule('r', onShop, {
      action: { type: 'invite', message: 'Help?', translations: { sv: 'Hjälp?', 'en-GB': 'Help, please?' } },
    });
    const said = (language?: string) => invitationOf(rule, { key: 'v', language })?.message;
    expect([said('sv-SE'), said('EN-gb'), said('en-US'), said()]).toEqual([
      'Hjälp?',
      'Help, please?',
      'Help?',
      'Help?',
    ]);
  });
});

describe('explanation', () => {
  it('says of any rule how it stands, and changes nothing', () => {
    const rules = [
      engageRule('r', { not: { fact: 'profile.plan', op: 'exists' } }, { minScore: 5, holdoutPercent: 100 }),
      engageRule('off', onShop, { enabled: false }),
    ];
    const world: World = { ruleSet: ruleSet(rules), agentsAvailable: 1, queueLength: 0, report: 'all' };
    const state = new VisitorState(newVisitor({ key: 'v', startedAt: START, fields: { plan: 'gold' } }));
    advance(state, START, world);
    const before = JSON.stringify(state.facts.toFacts());
    const why = explain(state, { ruleId: 'r', now: START + 5 }, world);
    expect(why?.trace.blockers.map(({ code }) => code)).toEqual(['conditions', 'below_min_score', 'holdout']);
    expect(why?.trace.when).toEqual({
      not: { fact: 'profile.plan', op: 'exists', seen: 'gold', holds: true },
      holds: false,
    });
    expect(explain(state, { ruleId: 'off', now: START }, world)?.trace.blockers[0]).toEqual({
      code: 'disabled',
    });
    expect(explain(state, { ruleId: 'none', now: START }, world)).toBeUndefined();
    expect(JSON.stringify(state.facts.toFacts())).toBe(before);
  });
});

describe('broken rules', () => {
  it('are left out of the set with path and reason, and the others run', () => {
    const broken = engageRule('broken', { all: [{ fact: 'page.path', op: 'matches', value: '(a)\\1' }] });
    const set = ruleSet([broken, engageRule('r', onShop), engageRule('r', onShop)]);
    expect(set.refused.map(({ ruleId, faults }) => [ruleId, faults[0]?.path])).toEqual([
      ['broken', ['when', 'all', 0, 'value']],
      ['r', ['id']],
    ]);
    expect(firedAt(simulate(set, recording([page(0, '/shop')])).decisions)).toEqual([['r', 0]]);
  });
});

describe('rule sets compared', () => {
  const before = [engageRule('a', onShop), engageRule('b', { fact: 'page.path', op: 'eq', value: '/docs' })];
  const after = [
    engageRule('a', { fact: 'page.path', op: 'eq', value: '/kassa' }, { priority: 2 }),
    engageRule('c', onShop, { order: 1 }),
  ];

  it('names what was added, removed and changed', () => {
    expect(changesBetween(before, after)).toEqual({
      added: [{ ruleId: 'c', name: 'c' }],
      removed: [{ ruleId: 'b', name: 'b' }],
      changed: [{ ruleId: 'a', name: 'a', fields: ['priority', 'when'] }],
    });
  });

  it('tells who gains and who loses an invitation', () => {
    const recordings = [
      recording([page(0, '/shop')]),
      recording([page(0, '/docs')]),
      recording([page(0, '/kassa')]),
    ];
    expect(compareRuleSets({ before: ruleSet(before), after: ruleSet(after) }, recordings)).toEqual({
      invitations: { before: 2, after: 2 },
      gained: [
        { recording: 0, at: START, ruleId: 'c' },
        { recording: 2, at: START, ruleId: 'a' },
      ],
      lost: [
        { recording: 0, at: START, ruleId: 'a' },
        { recording: 1, at: START, ruleId: 'b' },
      ],
      truncated: 0,
    });
  });
});
