import type {
  Decision,
  EngagementRule,
  EngagementRuleDraft,
  RuleSetDiff,
  SimulateAnswer,
} from '../../../shared/protocol/index.ts';
import {
  type CompiledRuleSet,
  changesBetween,
  compareRuleSets,
  compileRuleSet,
  type EngineDecision,
  type InvitationDifference,
  newVisitor,
  type Recording,
  simulate,
  type VisitorEvent,
  type WorldEvent,
} from '../../domain/engagement/index.ts';
import {
  assertListed,
  cleanTracked,
  Refusal,
  recordedDecision,
  type StaffPrincipal,
  type StoredDecision,
  type VisitorRecording,
  visitorClientOf,
} from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { EntityStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { EngagementRules } from './engagement-rules.ts';
import type { RuleRunner } from './rule-runner.ts';
import type { EngagedSession } from './sessions.ts';

/** Recordings that two rule sets are compared on, the newest ones. */
const RECORDINGS_COMPARED = 500;
const PAGE = 100;
/** Id of a rule that is tried before it has one. */
const TRIED_RULE = 'tried';
/** Between two recordings others get their turn. */
const RECORDINGS_AT_ONCE = 10;
const DAY_AND_MORE = 31;

type ScriptedEvent = VisitorEvent | WorldEvent;

/** A simulation as the edge has read it; times are epoch milliseconds. */
export interface SimulationInput {
  readonly events: readonly ScriptedEvent[];
  readonly visitor?:
    | {
        readonly key?: string | undefined;
        readonly visits?: number | undefined;
        readonly language?: string | undefined;
        readonly userAgent?: string | undefined;
        readonly fields?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
  readonly agentsAvailable?: number | undefined;
  readonly queueLength?: number | undefined;
  readonly until?: number | undefined;
  readonly rules?: readonly (EngagementRuleDraft & { readonly id?: string })[] | undefined;
  /** Answer with times as numbers. */
  readonly numbers: boolean;
}

/** Which rules of the account: those of the draft, those that are live, or of a version. */
export type RuleSetName = 'draft' | 'published' | number;

/** A rule that is being written; `ruleId` is that of the live one whose place it takes. */
export interface RuleTrial {
  readonly rule: EngagementRuleDraft;
  readonly ruleId?: string | undefined;
}

export interface RuleTrialsDeps {
  readonly rules: Pick<EngagementRules, 'draft' | 'published' | 'version'>;
  readonly recordings: EntityStore<VisitorRecording>;
  readonly runner: Pick<RuleRunner, 'explain' | 'tryOn'>;
  readonly redactor: Redactor;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
}

/** Rules tried out on what is made up or recorded, and explained on a live visitor; nothing is shown to anybody. */
export class RuleTrials {
  readonly #deps: RuleTrialsDeps;

  constructor(deps: RuleTrialsDeps) {
    this.#deps = deps;
  }

  /**
   * Runs a scripted session through the published rules, or those that are given, on a virtual clock. Texts are redacted
   * first, as those of a live visitor are.
   * @throws Refusal `invalid_value`, `profile.field_not_allowed`
   */
  async simulate({ accountId }: StaffPrincipal, input: SimulationInput): Promise<SimulateAnswer> {
    const rules = input.rules?.map(numbered) ?? (await this.#deps.rules.published(accountId));
    const [ruleSet, redaction, { dpa }] = await Promise.all([
      this.#compile(accountId, rules),
      this.#deps.redactor.rulesOf(accountId),
      this.#deps.settings.get(accountId),
    ]);
    const [refused] = ruleSet.refused;
    if (refused !== undefined) throw refusalOf(refused, rules);
    for (const event of input.events) if (event.type === 'fields') assertListed(dpa, event.fields);
    assertListed(dpa, input.visitor?.fields ?? {});
    const clean = (text: string) =>
      this.#deps.redactor.apply(redaction, text, { from: 'visitor', place: 'url', counted: false }).text;
    const { decisions, truncated } = simulate(ruleSet, recordingOf(input, clean));
    return { decisions: decisions.map((one) => inTimesOf(one, input.numbers)), truncated };
  }

  /** What would change: the rules, and who of the recorded visitors would gain or lose an invitation. */
  async diff(
    { accountId }: StaffPrincipal,
    { from, to }: { from: RuleSetName; to: RuleSetName },
  ): Promise<RuleSetDiff> {
    const [before, after] = await Promise.all([this.#named(accountId, from), this.#named(accountId, to)]);
    const sets = {
      before: await this.#compile(accountId, before),
      after: await this.#compile(accountId, after),
    };
    const recordings = await this.#recordings(accountId);
    const invitations = { before: 0, after: 0 };
    const found = { gained: [] as WireDifference[], lost: [] as WireDifference[], truncated: 0 };
    for (let at = 0; at < recordings.length; at += RECORDINGS_AT_ONCE) {
      const some = recordings.slice(at, at + RECORDINGS_AT_ONCE);
      const part = compareRuleSets(
        sets,
        some.map(({ recording }) => recording),
      );
      invitations.before += part.invitations.before;
      invitations.after += part.invitations.after;
      found.gained.push(...part.gained.map((one) => wireDifference(one, some)));
      found.lost.push(...part.lost.map((one) => wireDifference(one, some)));
      found.truncated += part.truncated;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return { changes: changesBetween(before, after), recordings: recordings.length, invitations, ...found };
  }

  /** How every rule stands with a live visitor now, or the one that is named. */
  whyNot(staff: StaffPrincipal, session: EngagedSession, ruleId?: string): readonly StoredDecision[] {
    const showFields = staff.authorizations.has('profile:read');
    const decisions = this.#deps.runner.explain(session, ruleId);
    if (ruleId !== undefined && decisions.length === 0) throw new Refusal('not_found');
    return decisions.map((decision) => recordedDecision(decision, { showFields }));
  }

  /**
   * How a rule that is being written would stand with a live visitor now: beside the live rules, or in the place of the
   * one whose id is given.
   * @throws Refusal `invalid_value` when the rule cannot run, `not_found` when the visitor has just left
   */
  async tryRule(
    staff: StaffPrincipal,
    session: EngagedSession,
    { rule, ruleId }: RuleTrial,
  ): Promise<StoredDecision> {
    const live = await this.#named(staff.accountId, 'published');
    const tried = { ...numbered({ ...rule, id: ruleId ?? TRIED_RULE }, live.length), enabled: true };
    const ruleSet = await this.#compile(staff.accountId, [
      ...live.filter(({ id }) => id !== tried.id),
      tried,
    ]);
    const refused = ruleSet.refused.find((one) => one.ruleId === tried.id);
    if (refused !== undefined) throw refusalOf(refused, [tried]);
    const decision = this.#deps.runner.tryOn(session, ruleSet, tried.id);
    if (decision === undefined) throw new Refusal('not_found');
    return recordedDecision(decision, { showFields: staff.authorizations.has('profile:read') });
  }

  async #named(accountId: string, name: RuleSetName): Promise<readonly EngagementRule[]> {
    if (name === 'draft') return this.#deps.rules.draft(accountId);
    if (name === 'published') return this.#deps.rules.published(accountId);
    return this.#deps.rules.version(accountId, name);
  }

  async #compile(accountId: string, rules: readonly EngagementRule[]): Promise<CompiledRuleSet> {
    const { timeZone, businessHours } = await this.#deps.settings.get(accountId);
    return compileRuleSet({ rules, timeZone, businessHours });
  }

  async #recordings(accountId: string): Promise<readonly VisitorRecording[]> {
    const found: VisitorRecording[] = [];
    let cursor: string | undefined;
    do {
      const query = {
        where: { accountId },
        newestFirst: true,
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      };
      const page = await this.#deps.recordings.list(query);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined && found.length < RECORDINGS_COMPARED);
    return found.slice(0, RECORDINGS_COMPARED);
  }
}

type WireDifference = RuleSetDiff['gained'][number];

function wireDifference(
  { recording, at, ruleId }: InvitationDifference,
  recordings: readonly VisitorRecording[],
): WireDifference {
  return { recording: recordings[recording]?.id ?? '', at: new Date(at).toISOString(), ruleId };
}

/** A rule that is only tried has no id and no place yet. */
function numbered(rule: EngagementRuleDraft & { readonly id?: string }, index: number): EngagementRule {
  const { id = `rule-${index + 1}`, enabled = true, priority = 0, ...rest } = rule;
  return { ...rest, id, enabled, priority, order: index + 1 };
}

function refusalOf(
  { ruleId, faults }: CompiledRuleSet['refused'][number],
  rules: readonly EngagementRule[],
): Refusal {
  const index = rules.findIndex(({ id }) => id === ruleId);
  const errors = faults.map(({ path, message }) => ({ path: ['rules', index, ...path].join('.'), message }));
  return new Refusal('invalid_value', { errors });
}

/** @throws Refusal `invalid_value` when it would run over too long a time */
function recordingOf(input: SimulationInput, clean: (text: string) => string): Recording {
  const { events, visitor = {}, agentsAvailable = 1, queueLength = 0, until } = input;
  const times = [...events.map(({ at }) => at), ...(until === undefined ? [] : [until])];
  const startedAt = Math.min(...(times.length === 0 ? [0] : times));
  const end = Math.max(...(times.length === 0 ? [0] : times));
  if (end - startedAt > DAY_AND_MORE * 86_400_000) {
    const errors = [{ path: 'until', message: `runs over more than ${DAY_AND_MORE} days` }];
    throw new Refusal('invalid_value', { errors });
  }
  const { key = 'simulated', visits = 1, language, userAgent, fields = {} } = visitor;
  const client = visitorClientOf({ userAgent, acceptLanguage: language });
  const facts = newVisitor({ key, startedAt, visits, ...client, fields: cleanFields(fields, clean) });
  return {
    visitor: facts,
    events: events.map((event) => cleanEvent(event, clean)),
    ...{ agentsAvailable, queueLength },
    ...(until !== undefined && { until }),
  };
}

function cleanEvent(event: ScriptedEvent, clean: (text: string) => string): ScriptedEvent {
  switch (event.type) {
    case 'page': {
      const { url, title, referrer } = event;
      return {
        ...event,
        url: clean(url),
        ...(title !== undefined && { title: clean(title) }),
        ...(referrer !== undefined && { referrer: clean(referrer) }),
      };
    }
    case 'activity': {
      return event.event === undefined ? event : { ...event, event: cleanTracked(event.event, clean) };
    }
    case 'fields':
      return { ...event, fields: cleanFields(event.fields, clean) };
    default:
      return event;
  }
}

function cleanFields(fields: Readonly<Record<string, string>>, clean: (text: string) => string) {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, clean(value)]));
}

function inTimesOf({ at, ...decision }: EngineDecision, numbers: boolean): Decision {
  return { ...decision, at: numbers ? at : new Date(at).toISOString() };
}
