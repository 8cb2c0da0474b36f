import type { Blocker, EngagementRule } from '../../../shared/protocol/index.ts';
import type { CompiledRule, CompiledRuleSet } from './compile.ts';
import type { LiveFacts } from './live-facts.ts';
import type { FiringRecord } from './model.ts';
import type { Moment } from './read-fact.ts';

/** Least time between two invitations of one rule that goes on holding, whatever its cool-down says. */
const LEAST_REPEAT_MS = 1_000;

const NEVER = Number.POSITIVE_INFINITY;

/** A reason not to fire, and when it ends by itself: never, as far as time alone goes. */
export interface Hindrance {
  readonly code: Blocker['code'];
  readonly until: number;
  readonly ruleId?: string;
}

interface Look {
  readonly ruleSet: CompiledRuleSet;
  readonly facts: LiveFacts;
  readonly moment: Moment;
}

/** Everything that keeps a rule from firing whose conditions hold and whose score is reached, but for the hold-out. */
export function hindrancesOf({ rule, schedule }: CompiledRule, look: Look): readonly Hindrance[] {
  const { facts, moment } = look;
  const found: Hindrance[] = [];
  const add = (code: Hindrance['code'], until: number, ruleId?: string) =>
    found.push({ code, until, ...(ruleId !== undefined && { ruleId }) });
  if (facts.inChat && rule.duringChat !== true) add('in_chat', NEVER);
  const invitationEnd = invitationEndsAt(look);
  if (moment.now < invitationEnd) add('already_inviting', invitationEnd, facts.invitation?.ruleId);
  const dismissalEnd = dismissalEndsAt(look);
  if (moment.now < dismissalEnd) add('dismissed', dismissalEnd);
  const record = facts.firings?.get(rule.id);
  if (record !== undefined) found.push(...limitHindrances(rule, { record, moment }));
  const opening = schedule?.at(moment.now);
  if (opening !== undefined && !opening.open) add('schedule', opening.until);
  if (rule.requiresAgent === true && moment.agentsAvailable <= 0) add('no_agent', NEVER);
  return found;
}

function limitHindrances(
  { limits = {} }: EngagementRule,
  past: { record: FiringRecord; moment: Moment },
): Hindrance[] {
  const { record, moment } = past;
  const { now, clock } = moment;
  const cooldownEnd = record.at + repeatMs(limits.cooldownMs ?? 0);
  const today = clock.localAt(now).day;
  const found: Hindrance[] = [];
  if (limits.oncePerSession === true && record.inSession > 0) {
    found.push({ code: 'once_per_session', until: NEVER });
  }
  if (now < cooldownEnd) found.push({ code: 'cooldown', until: cooldownEnd });
  else if (record.spent && !repeats(limits.cooldownMs)) found.push({ code: 'already_fired', until: NEVER });
  if (limits.maxPerDay !== undefined && record.day === today && record.onDay >= limits.maxPerDay) {
    found.push({ code: 'max_per_day', until: clock.nextDayAt(now) });
  }
  return found;
}

function repeats(cooldownMs = 0): boolean {
  return cooldownMs > 0;
}

function repeatMs(cooldownMs: number): number {
  return repeats(cooldownMs) ? Math.max(cooldownMs, LEAST_REPEAT_MS) : 0;
}

/** When the open invitation is over, if one is: after its time, or when its own rule may repeat it. */
export function invitationEndsAt({ ruleSet, facts }: Pick<Look, 'ruleSet' | 'facts'>): number {
  const { invitation } = facts;
  if (invitation === undefined) return Number.NEGATIVE_INFINITY;
  const { invitationTtlMs } = ruleSet.timing;
  const { cooldownMs } = ruleSet.byId.get(invitation.ruleId ?? '')?.limits ?? {};
  return (
    invitation.at +
    (repeats(cooldownMs) ? Math.min(invitationTtlMs, repeatMs(cooldownMs ?? 0)) : invitationTtlMs)
  );
}

/** Until when no rule at all may show the visitor anything: they have an open invitation, or put one away. */
export function quietUntil(look: Pick<Look, 'ruleSet' | 'facts'>): number {
  return Math.max(invitationEndsAt(look), dismissalEndsAt(look));
}

function dismissalEndsAt({ ruleSet, facts }: Pick<Look, 'ruleSet' | 'facts'>): number {
  return (facts.dismissedAt ?? Number.NEGATIVE_INFINITY) + ruleSet.timing.dismissalCooldownMs;
}

/** The record after one more time. */
export function firedOnceMore(record: FiringRecord | undefined, { now, clock }: Moment): FiringRecord {
  const { day } = clock.localAt(now);
  return {
    inSession: (record?.inSession ?? 0) + 1,
    at: now,
    day,
    onDay: (record?.day === day ? record.onDay : 0) + 1,
    spent: true,
  };
}

/** For a trace. */
export function blockerOf({ code, until, ruleId }: Hindrance): Blocker {
  return {
    code,
    ...(Number.isFinite(until) && { until: new Date(until).toISOString() }),
    ...(ruleId !== undefined && { ruleId }),
  };
}
