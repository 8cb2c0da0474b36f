import type { EngagementRule, RuleSetChanges } from '../../../shared/protocol/index.ts';
import type { CompiledRuleSet } from './compile.ts';
import type { EngineDecision } from './model.ts';
import { type Recording, simulate } from './simulate.ts';

/** What two rule sets differ in: rules by id, and the parts that are not the same. */
export function changesBetween(
  before: readonly EngagementRule[],
  after: readonly EngagementRule[],
): RuleSetChanges {
  const named = ({ id, name }: EngagementRule) => ({ ruleId: id, name });
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const kept = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !old.has(id)).map(named),
    removed: before.filter(({ id }) => !kept.has(id)).map(named),
    changed: after.flatMap((rule) => {
      const fields = differingFields(old.get(rule.id) ?? rule, rule);
      return fields.length === 0 ? [] : [{ ...named(rule), fields }];
    }),
  };
}

function differingFields(before: EngagementRule, after: EngagementRule): string[] {
  const fields = Object.keys({ ...before, ...after }) as (keyof EngagementRule)[];
  return fields.filter((field) => canonical(before[field]) !== canonical(after[field])).sort();
}

/** JSON with the keys of objects in order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ''
  );
}

/** An invitation that was shown under one rule set and not under the other. */
export interface InvitationDifference {
  /** Place in the list of recordings. */
  readonly recording: number;
  readonly at: number;
  readonly ruleId: string;
}

export interface Comparison {
  readonly invitations: { readonly before: number; readonly after: number };
  readonly gained: readonly InvitationDifference[];
  readonly lost: readonly InvitationDifference[];
  /** Recordings that were not followed to their end under one of the two. */
  readonly truncated: number;
}

/**
 * Runs the same recordings through two rule sets. The same rule firing at another time counts as the same invitation, the
 * first with the first, the second with the second.
 */
export function compareRuleSets(
  sets: { readonly before: CompiledRuleSet; readonly after: CompiledRuleSet },
  recordings: readonly Recording[],
): Comparison {
  const gained: InvitationDifference[] = [];
  const lost: InvitationDifference[] = [];
  const invitations = { before: 0, after: 0 };
  let truncated = 0;
  recordings.forEach((recorded, recording) => {
    const runs = { before: simulate(sets.before, recorded), after: simulate(sets.after, recorded) };
    if (runs.before.truncated || runs.after.truncated) truncated++;
    const before = invitationsIn(runs.before.decisions);
    const after = invitationsIn(runs.after.decisions);
    invitations.before += before.length;
    invitations.after += after.length;
    gained.push(...unmatched(after, before).map((one) => ({ recording, ...one })));
    lost.push(...unmatched(before, after).map((one) => ({ recording, ...one })));
  });
  return { invitations, gained, lost, truncated };
}

type Shown = Omit<InvitationDifference, 'recording'>;

function invitationsIn(decisions: readonly EngineDecision[]): Shown[] {
  return decisions.filter(({ fired }) => fired).map(({ at, ruleId }) => ({ at, ruleId }));
}

/** Those of the first list that have no partner in the second. */
function unmatched(list: readonly Shown[], others: readonly Shown[]): Shown[] {
  const left = new Map<string, number>();
  for (const { ruleId } of others) left.set(ruleId, (left.get(ruleId) ?? 0) + 1);
  return list.filter(({ ruleId }) => {
    const partners = left.get(ruleId) ?? 0;
    left.set(ruleId, partners - 1);
    return partners <= 0;
  });
}
