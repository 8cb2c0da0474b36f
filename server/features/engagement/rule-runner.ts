import {
  advance,
  applyEvent,
  type CompiledRuleSet,
  type EngineDecision,
  explain,
  scoreParts,
  TimerWheel,
  type VisitorEvent,
  type World,
  worldMatters,
} from '../../domain/engagement/index.ts';
import type { ScoreView } from '../../domain/index.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import type { RuleSets } from './rule-sets.ts';
import type { EngagedSession, EngagedSessions } from './sessions.ts';
import type { Surroundings } from './surroundings.ts';

/** Visitors that are looked at in one turn of the event loop: when much comes due, when rules or surroundings change. */
const VISITORS_AT_ONCE = 200;

/** What to do with what was decided. */
export type OnDecision = (session: EngagedSession, decision: EngineDecision, world: World) => void;

export interface RuleRunnerDeps {
  readonly sessions: EngagedSessions;
  readonly ruleSets: RuleSets;
  readonly surroundings: Surroundings;
  readonly onDecision: OnDecision;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs the rules on live visitors: with what they do, with what changes around them, and with time. One wheel has the
 * timers of all of them, and one timer of the clock drives it. A visitor without an open tab is not decided on: nobody
 * would see the invitation.
 */
export class RuleRunner {
  readonly #deps: RuleRunnerDeps;
  readonly #worlds = new Map<string, World>();
  readonly #wheel: TimerWheel<EngagedSession>;
  #armedAt = Number.POSITIVE_INFINITY;
  #disarm: () => void = () => {};
  #closed = false;

  constructor(deps: RuleRunnerDeps) {
    this.#deps = deps;
    this.#wheel = new TimerWheel(deps.clock.now());
    deps.sessions.onForgotten((session, last) => {
      this.#wheel.cancel(session.timer);
      if (!last) return;
      const { accountId } = session.visitor;
      this.#worlds.delete(accountId);
      deps.surroundings.unwatch(accountId);
    });
    deps.ruleSets.onChange((accountId) => this.#background(this.#rulesChanged(accountId)));
    deps.surroundings.onChange((accountId, now) => {
      const before = this.#worlds.get(accountId);
      if (before !== undefined) this.#worldChanged(accountId, before, { ...before, ...now });
    });
  }

  /** The rules and the surroundings of the account are known when it resolves. */
  async prepare(accountId: string): Promise<void> {
    if (this.#worlds.has(accountId)) return;
    const [ruleSet, surrounding] = await Promise.all([
      this.#deps.ruleSets.get(accountId),
      this.#deps.surroundings.watch(accountId),
    ]);
    if (!this.#worlds.has(accountId)) {
      this.#worlds.set(accountId, { ruleSet, ...surrounding, report: 'all' });
    }
  }

  worldOf(accountId: string): World | undefined {
    return this.#worlds.get(accountId);
  }

  /** Something happened with the visitor. */
  apply(session: EngagedSession, event: VisitorEvent): void {
    this.#decide(session, (world) => applyEvent(session.state, event, world));
  }

  /** Looks whether time or the surroundings changed something; when a tab opens, too. */
  look(session: EngagedSession): void {
    this.#decide(session, (world) => advance(session.state, this.#deps.clock.now(), world));
  }

  /** How every rule stands with the visitor now, or the one that is named. */
  explain(session: EngagedSession, ruleId?: string): readonly EngineDecision[] {
    const world = this.#worlds.get(session.visitor.accountId);
    if (world === undefined) return [];
    const ids = ruleId === undefined ? [...world.ruleSet.byId.keys()] : [ruleId];
    const now = this.#deps.clock.now();
    return ids
      .map((id) => explain(session.state, { ruleId: id, now }, world))
      .filter((decision) => decision !== undefined);
  }

  /** How a rule of another set would stand with the visitor now. Nothing is changed and nothing is shown. */
  tryOn(session: EngagedSession, ruleSet: CompiledRuleSet, ruleId: string): EngineDecision | undefined {
    const world = this.#worlds.get(session.visitor.accountId);
    if (world === undefined) return undefined;
    return explain(session.state, { ruleId, now: this.#deps.clock.now() }, { ...world, ruleSet });
  }

  scoreOf({ state }: EngagedSession): ScoreView {
    const { ruleSet } = state;
    if (ruleSet === undefined) return { total: 0, parts: [] };
    return { total: state.score, parts: scoreParts(state, ruleSet) };
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#worlds.clear();
  }

  /** A rule that goes wrong costs its own decision and nothing else. */
  #decide(session: EngagedSession, decide: (world: World) => readonly EngineDecision[]): void {
    const { accountId } = session.visitor;
    const world = this.#worlds.get(accountId);
    if (world === undefined) {
      // The account's last visitor left while this one came.
      this.#background(this.prepare(accountId).then(() => this.look(session)));
      return;
    }
    try {
      for (const decision of decide(world)) this.#deps.onDecision(session, decision, world);
    } catch (error) {
      this.#deps.logger.error('a visitor could not be decided on', error);
    }
    this.#schedule(session);
  }

  #schedule(session: EngagedSession): void {
    const { nextAt } = session.state;
    this.#wheel.schedule(session.timer, session.visitor.sockets > 0 ? nextAt : Number.POSITIVE_INFINITY);
    if (nextAt < this.#armedAt) this.#arm();
  }

  #arm(): void {
    this.#disarm();
    this.#armedAt = Number.POSITIVE_INFINITY;
    const next = this.#wheel.nextDueAt();
    if (this.#closed || next === Number.POSITIVE_INFINITY) return;
    this.#armedAt = next;
    const waitMs = Math.min(Math.max(0, next - this.#deps.clock.now()), LONGEST_WAIT_MS);
    this.#disarm = this.#deps.clock.after(waitMs, () => this.#turn());
  }

  #turn(): void {
    this.#armedAt = Number.POSITIVE_INFINITY;
    // At the full hour everybody comes due at once: those who are left come in the next turn of the loop.
    this.#wheel.advance(
      this.#deps.clock.now(),
      (session) => {
        if (session.visitor.sockets > 0) this.look(session);
      },
      VISITORS_AT_ONCE,
    );
    this.#arm();
  }

  async #rulesChanged(accountId: string): Promise<void> {
    if (!this.#worlds.has(accountId)) return;
    const ruleSet = await this.#deps.ruleSets.get(accountId);
    const before = this.#worlds.get(accountId);
    if (before !== undefined) this.#worldChanged(accountId, before, { ...before, ruleSet });
  }

  #worldChanged(accountId: string, before: World, after: World): void {
    this.#worlds.set(accountId, after);
    if (worldMatters(before, after)) this.#background(this.#lookAtAll(accountId));
  }

  /** In parts, so that nobody waits for long. */
  async #lookAtAll(accountId: string): Promise<void> {
    const waiting = [...this.#deps.sessions.all()].filter(
      ({ visitor }) => visitor.accountId === accountId && visitor.sockets > 0,
    );
    for (let at = 0; at < waiting.length; at += VISITORS_AT_ONCE) {
      for (const session of waiting.slice(at, at + VISITORS_AT_ONCE)) this.look(session);
      await new Promise<void>((resolve) => this.#deps.clock.after(0, resolve));
      if (this.#closed) return;
    }
  }

  #background(work: Promise<unknown>): void {
    work.catch((error) => this.#deps.logger.error('rules could not be brought to visitors', error));
  }
}

/** A timer of the platform holds no more than 2^31 - 1 ms. */
const LONGEST_WAIT_MS = 2_000_000_000;
