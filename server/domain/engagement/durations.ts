import type { Condition, ConditionTree } from '../../../shared/protocol/index.ts';
import { type FactTest, isWithin, type NumberRange, normalise } from './normalise.ts';
import { HOLDS, hasDuration, isDuration, ProgramWriter, type TestTable } from './program.ts';
import { bitAt, type VisitorState } from './state.ts';

/** A test of a duration, and the values (whole milliseconds, ascending) at which its outcome turns as time goes on. */
interface DurationTest {
  readonly since: 'page' | 'session';
  readonly ranges: readonly NumberRange[];
  readonly turnsAt: readonly number[];
}

const NEVER = Number.POSITIVE_INFINITY;
/** Begin of a window that does not ask for this duration. */
const ANY_TIME = Number.NEGATIVE_INFINITY;

/** Places of a window in {@link DurationRules}. */
const WINDOW = { pageFrom: 0, pageTo: 1, sessionFrom: 2, sessionTo: 3, size: 4 } as const;

/**
 * The rules that read durations. Their tests of durations are no part of a visitor's state, for they change with every
 * millisecond; they are worked out when a rule is armed, which is seldom. Most rules ask that durations lie in one range
 * each: they hold in one window of time. The others have a program.
 */
export class DurationRules {
  readonly #code: Int32Array;
  /** By rule: where its program begins; -1 when it needs none. */
  readonly #starts: Int32Array;
  /** By test. */
  readonly #tests: readonly (DurationTest | undefined)[];
  /** By rule with a program. */
  readonly #own: readonly (readonly DurationTest[])[];
  /** By rule: milliseconds on the page and in the session from which and before which it holds. */
  readonly #windows: Float64Array;

  constructor(rules: readonly { readonly when: ConditionTree }[], table: TestTable) {
    const writer = new ProgramWriter(table);
    this.#windows = new Float64Array(rules.length * WINDOW.size);
    this.#starts = Int32Array.from(rules, ({ when }, rule) => {
      const window = windowOf(when);
      if (window !== undefined) this.#windows.set(window, rule * WINDOW.size);
      return window === undefined && hasDuration(when) ? writer.write(when) : -1;
    });
    this.#code = writer.finish();
    this.#tests = table.tests.map(durationTestOf);
    this.#own = [...this.#starts].map((start) => this.#testsFrom(start));
  }

  /** Whether an armed rule holds at an instant. */
  holds(rule: number, state: VisitorState, now: number): boolean {
    let at = this.#starts[rule] as number;
    if (at < 0) return now >= this.#opensAt(rule, state) && now < this.#closesAt(rule, state);
    while (at >= 0) {
      const test = this.#code[at] as number;
      const duration = this.#tests[test];
      const holds =
        duration === undefined ? bitAt(state.words, 0, test) : durationHolds(duration, state, now);
      at = this.#code[at + (holds ? 1 : 2)] as number;
    }
    return at === HOLDS;
  }

  /** When time alone turns an armed rule next. Durations that change nothing wake nobody. */
  nextTurn(rule: number, state: VisitorState, now: number): number {
    if ((this.#starts[rule] as number) < 0) {
      const [opens, closes] = [this.#opensAt(rule, state), this.#closesAt(rule, state)];
      if (now >= closes || opens >= closes) return NEVER;
      return now < opens ? opens : closes;
    }
    const holds = this.holds(rule, state, now);
    let at = now;
    do at = this.#nextChange(rule, state, at);
    while (at !== NEVER && this.holds(rule, state, at) === holds);
    return at;
  }

  /** Never when the rule asks for time on a page and there is none yet. */
  #opensAt(rule: number, { facts }: VisitorState): number {
    const window = rule * WINDOW.size;
    const inSession = facts.startedAt + (this.#windows[window + WINDOW.sessionFrom] as number);
    const onPage = this.#windows[window + WINDOW.pageFrom] as number;
    if (onPage === ANY_TIME) return inSession;
    return facts.url === undefined ? NEVER : Math.max(inSession, facts.pageSince + onPage);
  }

  #closesAt(rule: number, { facts }: VisitorState): number {
    const window = rule * WINDOW.size;
    const inSession = facts.startedAt + (this.#windows[window + WINDOW.sessionTo] as number);
    return Math.min(inSession, facts.pageSince + (this.#windows[window + WINDOW.pageTo] as number));
  }

  /** The next instant at which any of the rule's durations turns. */
  #nextChange(rule: number, state: VisitorState, after: number): number {
    let next = NEVER;
    for (const { since, turnsAt } of this.#own[rule] as readonly DurationTest[]) {
      const base = baseOf(state, since);
      for (const value of turnsAt) if (base + value > after && base + value < next) next = base + value;
    }
    return next;
  }

  #testsFrom(start: number): DurationTest[] {
    const found = new Set<DurationTest>();
    const steps = new Set([start]);
    for (const at of steps) {
      if (at < 0) continue;
      const test = this.#tests[this.#code[at] as number];
      if (test !== undefined) found.add(test);
      steps.add(this.#code[at + 1] as number).add(this.#code[at + 2] as number);
    }
    return [...found];
  }
}

/** The window of time in which a rule holds when all else does; nothing when it is not as simple as that. */
function windowOf(when: ConditionTree): readonly [number, number, number, number] | undefined {
  const members = 'all' in when ? when.all : [when];
  const own = members.filter(hasDuration);
  const tests = own.map((member) => ('fact' in member ? singleRange(member) : undefined));
  if (own.length === 0 || tests.includes(undefined)) return undefined;
  const within = (since: DurationTest['since']) => {
    const turns = tests.filter((test) => test?.since === since).map((test) => test as SingleRange);
    const begins = turns.map(({ from }) => Math.max(0, from));
    return [Math.max(ANY_TIME, ...begins), Math.min(NEVER, ...turns.map(({ to }) => to))] as const;
  };
  const [[pageFrom, pageTo], [sessionFrom, sessionTo]] = [within('page'), within('session')];
  return [pageFrom, pageTo, Math.max(0, sessionFrom), sessionTo];
}

/** Whole milliseconds from which and before which a duration is as the condition asks. */
interface SingleRange {
  readonly since: DurationTest['since'];
  readonly from: number;
  readonly to: number;
}

function singleRange(condition: Condition): SingleRange | undefined {
  const { tests, negated } = normalise(condition);
  const duration = tests.length === 1 && !negated ? durationTestOf(tests[0] as FactTest) : undefined;
  const [range] = duration?.ranges ?? [];
  if (duration === undefined || range === undefined || duration.ranges.length > 1) return undefined;
  const [from, to] = turnsOf(range);
  return { since: duration.since, from: from as number, to: to as number };
}

function durationTestOf(test: FactTest): DurationTest | undefined {
  if (test.view !== 'number' || !isDuration(test.fact)) return undefined;
  const { fact, ranges } = test;
  return {
    since: fact === 'page.timeOnPageMs' ? 'page' : 'session',
    ranges,
    turnsAt: ranges
      .flatMap(turnsOf)
      .filter(Number.isFinite)
      .sort((a, b) => a - b),
  };
}

/** The first whole number in the range, and the first one behind it. */
function turnsOf({ from, to, openFrom, openTo }: NumberRange): [number, number] {
  const begin = openFrom === true ? Math.floor(from) + 1 : Math.ceil(from);
  const end = openTo === true ? Math.ceil(to) : Math.floor(to) + 1;
  return [begin, end];
}

/** There is no time on a page before the first one. */
function durationHolds({ since, ranges }: DurationTest, state: VisitorState, now: number): boolean {
  const base = baseOf(state, since);
  return base !== NEVER && ranges.some((range) => isWithin(now - base, range));
}

/** Before the first page nothing of it turns. */
function baseOf({ facts }: VisitorState, since: DurationTest['since']): number {
  if (since === 'session') return facts.startedAt;
  return facts.url === undefined ? NEVER : facts.pageSince;
}
