import type { EngagementRule } from '../../../shared/protocol/index.ts';
import { checkRule } from './check-rule.ts';
import type { InvitationTiming, RefusedRule, RuleSetSource } from './model.ts';
import type { FactTest } from './normalise.ts';
import { ProgramWriter, TestTable, testsOf } from './program.ts';
import { Schedule } from './schedule.ts';
import { type FactSlots, slotsFor } from './slots.ts';
import { type TimeTest, timeTestsOf } from './time-tests.ts';
import { ZoneClock } from './zone-clock.ts';

const DEFAULT_TIMING: InvitationTiming = { invitationTtlMs: 120_000, dismissalCooldownMs: 1_800_000 };

/** A rule that runs. Its place in `rules` is its number: score rules first, then engage rules, the preferred first. */
export interface CompiledRule {
  readonly rule: EngagementRule;
  readonly schedule: Schedule | undefined;
}

/** Rules of one account, compiled. It keeps working memory, so one visitor is worked on at a time. */
export interface CompiledRuleSet {
  /** Enabled rules. */
  readonly rules: readonly CompiledRule[];
  /** Number of the first engage rule. */
  readonly firstEngage: number;
  /** All rules that could be read, disabled ones too. */
  readonly byId: ReadonlyMap<string, EngagementRule>;
  readonly numberOf: ReadonlyMap<string, number>;
  readonly refused: readonly RefusedRule[];
  readonly timing: InvitationTiming;
  readonly clock: ZoneClock;
  readonly slots: FactSlots;
  readonly code: Int32Array;
  /** By rule: where its conditions begin in `code`, what it adds to the score, what score it asks for. */
  readonly starts: Int32Array;
  readonly points: Float64Array;
  readonly minScores: Float64Array;
  readonly layout: StateLayout;
  /** Rules by test: those of test n stand in `testRules` from `testRuleStarts[n]`. */
  readonly testRuleStarts: Int32Array;
  readonly testRules: Int32Array;
  /** By rule: its tests of durations, if it has any. */
  readonly timeTests: readonly (readonly TimeTest[] | undefined)[];
  readonly rulesWithTime: readonly number[];
  readonly rulesWithPageTime: readonly number[];
  /** By test: 1 for a duration. */
  readonly isTimeTest: Uint8Array;
  /** Engage rules by their minimum score, ascending. */
  readonly byMinScore: readonly { readonly minScore: number; readonly number: number }[];
  /** Whether any rule goes on during a chat. */
  readonly hasChatRules: boolean;
  readonly scratch: Scratch;
}

/** What a visitor keeps in one array of 32-bit words: bits of the tests, bits of the rules, positions of the numbers. */
export interface StateLayout {
  /** Which rules' conditions hold. */
  readonly holdsAt: number;
  /** Which rules were told of as near misses. */
  readonly reportedAt: number;
  readonly positionsAt: number;
  readonly size: number;
}

/** Working memory: which rules one event touches. */
export interface Scratch {
  readonly marks: Uint32Array;
  generation: number;
  readonly touched: Int32Array;
  touchedCount: number;
}

/** Compiles an account's rules. Never throws for a rule: what cannot run is left out and listed in `refused`. */
export function compileRuleSet(source: RuleSetSource): CompiledRuleSet {
  const { readable, refused } = sortOut(source.rules);
  const clock = new ZoneClock(source.timeZone);
  const account = { clock, businessHours: source.businessHours };
  const ordered = inOrder(readable);
  const firstEngage = ordered.filter(({ kind }) => kind === 'score').length;
  const program = writePrograms(ordered);
  const slots = slotsFor(program.tests);
  return {
    rules: ordered.map((rule) => ({
      rule,
      schedule: rule.schedule === undefined ? undefined : new Schedule(rule.schedule, account),
    })),
    ...{ firstEngage, refused, clock, slots },
    timing: { ...DEFAULT_TIMING, ...source.timing },
    byId: new Map(readable.map((rule) => [rule.id, rule])),
    numberOf: new Map(ordered.map(({ id }, number) => [id, number])),
    code: program.code,
    starts: program.starts,
    points: Float64Array.from(ordered, ({ points = 0 }) => points),
    minScores: Float64Array.from(ordered, ({ minScore = Number.NEGATIVE_INFINITY }) => minScore),
    layout: layoutFor({ tests: program.tests.length, rules: ordered.length, numbers: slots.numbers.length }),
    ...rulesByTest(program),
    ...timeTestsByRule(program),
    byMinScore: ordered
      .map(({ minScore = Number.NEGATIVE_INFINITY }, number) => ({ minScore, number }))
      .filter(({ minScore, number }) => number >= firstEngage && Number.isFinite(minScore))
      .sort((a, b) => a.minScore - b.minScore),
    hasChatRules: ordered.some(({ duringChat }) => duringChat === true),
    scratch: scratchFor(ordered.length),
  };
}

interface WrittenPrograms {
  readonly code: Int32Array;
  readonly starts: Int32Array;
  readonly tests: readonly FactTest[];
}

function writePrograms(rules: readonly EngagementRule[]): WrittenPrograms {
  const table = new TestTable();
  const writer = new ProgramWriter(table);
  const starts = Int32Array.from(rules, ({ when }) => writer.write(when));
  return { starts, code: writer.finish(), tests: table.tests };
}

function layoutFor(counts: { tests: number; rules: number; numbers: number }): StateLayout {
  const holdsAt = Math.ceil(counts.tests / 32);
  const reportedAt = holdsAt + Math.ceil(counts.rules / 32);
  const positionsAt = reportedAt + Math.ceil(counts.rules / 32);
  return { holdsAt, reportedAt, positionsAt, size: positionsAt + counts.numbers };
}

function scratchFor(rules: number): Scratch {
  return { marks: new Uint32Array(rules), generation: 1, touched: new Int32Array(rules), touchedCount: 0 };
}

function sortOut(rules: readonly EngagementRule[]): { readable: EngagementRule[]; refused: RefusedRule[] } {
  const readable: EngagementRule[] = [];
  const refused: RefusedRule[] = [];
  const ids = new Set<string>();
  for (const rule of rules) {
    const faults = ids.has(rule.id)
      ? [{ path: ['id'], message: 'is the id of another rule' }]
      : checkRule(rule);
    ids.add(rule.id);
    if (faults.length === 0) readable.push(rule);
    else refused.push({ ruleId: rule.id, faults });
  }
  return { readable, refused };
}

function inOrder(rules: readonly EngagementRule[]): EngagementRule[] {
  return rules.filter(({ enabled }) => enabled).sort(compareRules);
}

/** Score rules first; then the order of preference: priority, order, id. */
function compareRules(a: EngagementRule, b: EngagementRule): number {
  if (a.kind !== b.kind) return a.kind === 'score' ? -1 : 1;
  return b.priority - a.priority || a.order - b.order || (a.id < b.id ? -1 : 1);
}

function rulesByTest({ code, starts, tests }: WrittenPrograms): {
  testRuleStarts: Int32Array;
  testRules: Int32Array;
} {
  const byTest: number[][] = tests.map(() => []);
  starts.forEach((start, number) => {
    for (const test of testsOf(code, start)) byTest[test]?.push(number);
  });
  const testRuleStarts = new Int32Array(tests.length + 1);
  byTest.forEach((rules, test) => {
    testRuleStarts[test + 1] = (testRuleStarts[test] as number) + rules.length;
  });
  return { testRuleStarts, testRules: Int32Array.from(byTest.flat()) };
}

function timeTestsByRule({ code, starts, tests }: WrittenPrograms): {
  timeTests: (readonly TimeTest[] | undefined)[];
  rulesWithTime: number[];
  rulesWithPageTime: number[];
  isTimeTest: Uint8Array;
} {
  const all = timeTestsOf(tests);
  const timeTests = Array.from(starts, (start) => {
    const own = [...testsOf(code, start)].flatMap((test) => all.get(test) ?? []);
    return own.length === 0 ? undefined : own;
  });
  const rulesWith = (wanted: (test: TimeTest) => boolean): number[] =>
    [...timeTests.keys()].filter((rule) => timeTests[rule]?.some(wanted));
  return {
    timeTests,
    rulesWithTime: rulesWith(() => true),
    rulesWithPageTime: rulesWith(({ since }) => since === 'page'),
    isTimeTest: Uint8Array.from(tests, (_test, number) => (all.has(number) ? 1 : 0)),
  };
}
