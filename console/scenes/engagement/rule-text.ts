import type { EngagementRuleDraft } from '../../../shared/protocol/index.ts';
import { describeTree } from './condition-text.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MS_PER_MINUTE = 60_000;

/** A rule in plain sentences, one for each thing that is decided. */
export function describeRule(rule: EngagementRuleDraft): readonly string[] {
  const { when, points = 0, minScore, requiresAgent, holdoutPercent = 0 } = rule;
  const condition = describeTree(when);
  if (rule.kind === 'score') {
    return [`While ${condition}, the visitor has ${points} ${Math.abs(points) === 1 ? 'point' : 'points'}.`];
  }
  const does = rule.action?.type === 'offer' ? 'the message is shown' : 'the visitor is invited to a chat';
  return [
    `When ${condition}${minScore === undefined ? '' : ` and the score is at least ${minScore}`}, ${does}`.concat(
      requiresAgent === true ? ', provided an agent is free.' : '.',
    ),
    ...describeLimits(rule),
    ...describeSchedule(rule),
    ...((rule.variants?.length ?? 0) > 1 ? [`One of ${rule.variants?.length} messages is used.`] : []),
    ...(holdoutPercent > 0 ? [`${holdoutPercent} % of the visitors get nothing, as a control group.`] : []),
  ];
}

function describeLimits({ limits }: EngagementRuleDraft): string[] {
  const parts = [
    limits?.oncePerSession === true && 'once in a visit',
    limits?.maxPerDay !== undefined && `${limits.maxPerDay} times a day`,
    limits?.cooldownMs !== undefined && `every ${limits.cooldownMs / MS_PER_MINUTE} minutes`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? [] : [`At most ${parts.join(' and ')}.`];
}

function describeSchedule({ schedule }: EngagementRuleDraft): string[] {
  if (schedule === undefined) return [];
  const times = (schedule.intervals ?? []).map(
    ({ weekday, from, to }) => `${DAYS[weekday - 1]} ${from} to ${to}`,
  );
  return [
    ...(schedule.businessHours === true ? ['Only in business hours.'] : []),
    ...(times.length > 0 ? [`Only ${times.join(', ')}.`] : []),
    ...(schedule.startsAt === undefined ? [] : [`From ${shown(schedule.startsAt)} on.`]),
    ...(schedule.endsAt === undefined ? [] : [`Until ${shown(schedule.endsAt)}.`]),
  ];
}

function shown(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
