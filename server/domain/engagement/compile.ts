import type { EngagementRule } from '../../../shared/protocol/index.ts';
import { checkRule } from './check-rule.ts';
import { type Circuit, CircuitWriter } from './circuit.ts';
import { DurationRules } from './durations.ts';
import type { InvitationTiming, RefusedRule, RuleSetSource } from './model.ts';
import { TestTable } from './program.ts';
import { Schedule } from './schedule.ts';
import { Scratch } from './scratch.ts';
import { type FactSlots, slotsFor } from './slots.ts';
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
  readonly circuit: Circuit;
  readonly durations: DurationRules;
  /** By rule: what it adds to the score, what score it asks for. */
  readonly points: Float64Array;
  readonly minScores: Float64Array;
  readonly layout: StateLayout;
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
  /** Which rules are for durations to decide. */
  readonly armedAt: number;
  readonly positionsAt: number;
  readonly size: number;
}

/** Compiles an account's rules. Never throws for a rule: what cannot run is left out and listed in `refused`. */
export function compileRuleSet(source: RuleSetSource): CompiledRuleSet {
  const { readable, refused } = sortOut(source.rules);
  const clock = new ZoneClock(source.timeZone);
  const account = { clock, businessHours: source.businessHours };
  const ordered = inOrder(readable);
  const firstEngage = ordered.filter(({ kind }) => kind === 'score').length;
  const { tests, circuit, durations } = writeConditions(ordered);
  const slots = slotsFor(tests);
  return {
    rules: ordered.map((rule) => ({
      rule,
      schedule: rule.schedule === undefined ? undefined : new Schedule(rule.schedule, account),
    })),
    ...{ firstEngage, refused, clock, slots },
    timing: { ...DEFAULT_TIMING, ...source.timing },
    byId: new Map(readable.map((rule) => [rule.id, rule])),
    numberOf: new Map(ordered.map(({ id }, number) => [id, number])),
    ...{ circuit, durations },
    points: Float64Array.from(ordered, ({ points = 0 }) => points),
    minScores: Float64Array.from(ordered, ({ minScore = Number.NEGATIVE_INFINITY }) => minScore),
    layout: layoutFor({ tests: tests.length, rules: ordered.length, numbers: slots.numbers.length }),
    hasChatRules: ordered.some(({ duringChat }) => duringChat === true),
    scratch: new Scratch(ordered.length),
  };
}

function writeConditions(rules: readonly EngagementRule[]) {
  const table = new TestTable();
  const writer = new CircuitWriter(table);
  for (const { when } of rules) writer.add(when);
  const durations = new DurationRules(rules, table);
  return { tests: table.tests, circuit: writer.finish(), durations };
}

function layoutFor(counts: { tests: number; rules: number; numbers: number }): StateLayout {
  const ofRules = Math.ceil(counts.rules / 32);
  const holdsAt = Math.ceil(counts.tests / 32);
  const [reportedAt, armedAt] = [holdsAt + ofRules, holdsAt + 2 * ofRules];
  const positionsAt = holdsAt + 3 * ofRules;
  return { holdsAt, reportedAt, armedAt, positionsAt, size: positionsAt + counts.numbers };
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
