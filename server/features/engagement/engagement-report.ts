import type {
  FunnelCounts,
  EngagementReport as Report,
  WireRuleFunnel,
} from '../../../shared/protocol/index.ts';
import { shareOf, upliftOf } from '../../domain/engagement/index.ts';
import { FUNNEL_STEPS, type FunnelCount, type StaffPrincipal } from '../../domain/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Funnel } from './funnel.ts';

const NOTHING: FunnelCounts = { shown: 0, accepted: 0, dismissed: 0, chats: 0, rated: 0, goals: 0 };

/** What each rule brought, against those who were held out. */
export class EngagementReports {
  readonly #funnel: Pick<Funnel, 'total'>;
  readonly #clock: Clock;

  constructor(funnel: Pick<Funnel, 'total'>, clock: Clock) {
    this.#funnel = funnel;
    this.#clock = clock;
  }

  /** Rules that chose anybody between the two instants (epoch milliseconds), the most shown first. */
  async read(
    { accountId }: StaffPrincipal,
    query: { from?: number | undefined; to?: number | undefined },
  ): Promise<Report> {
    const range = { from: query.from ?? 0, to: query.to ?? this.#clock.now() };
    const counts = await this.#funnel.total(accountId, range);
    const byRule = new Map<string, FunnelCount[]>();
    for (const count of counts) byRule.set(count.ruleId, [...(byRule.get(count.ruleId) ?? []), count]);
    const items = [...byRule.values()].map(ruleFunnel).sort((a, b) => b.shown - a.shown);
    return { items };
  }
}

function ruleFunnel(counts: readonly FunnelCount[]): WireRuleFunnel {
  const [{ ruleId, ruleName }] = counts as [FunnelCount];
  const shown = counts.filter(({ arm }) => arm === 'shown');
  const treatedCounts = sumOf(shown);
  const holdout = sumOf(counts.filter(({ arm }) => arm === 'holdout'));
  const measuredBy = treatedCounts.goals + holdout.goals > 0 ? 'goals' : 'chats';
  const proportion = (of: FunnelCounts) => ({
    // What is counted on a later day than the invitation may outnumber it in a short range.
    successes: Math.min(of[measuredBy], of.shown),
    of: of.shown,
  });
  const uplift = upliftOf(proportion(treatedCounts), proportion(holdout));
  return {
    ...{ ruleId, ruleName, ...treatedCounts, holdout, measuredBy },
    variants: shown.map((count) => ({
      ...(count.variant !== '' && { variant: count.variant }),
      ...stepsOf(count),
      conversion: shareOf(proportion(count)),
    })),
    treated: shareOf(proportion(treatedCounts)),
    control: shareOf(proportion(holdout)),
    ...(uplift !== undefined && { uplift }),
  };
}

function stepsOf(count: FunnelCounts): FunnelCounts {
  const steps = FUNNEL_STEPS.map((step) => [step, count[step]] as const);
  return Object.fromEntries(steps) as unknown as FunnelCounts;
}

function sumOf(counts: readonly FunnelCounts[]): FunnelCounts {
  return counts.reduce<FunnelCounts>((sum, count) => {
    const steps = FUNNEL_STEPS.map((step) => [step, sum[step] + count[step]] as const);
    return Object.fromEntries(steps) as unknown as FunnelCounts;
  }, NOTHING);
}
