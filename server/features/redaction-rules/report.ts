import type { RedactionReportItem } from '../../../shared/protocol/index.ts';
import type { StaffPrincipal } from '../../domain/index.ts';
import type { RedactionCounts } from './redaction-counts.ts';

/** What was taken out of an account's texts, by rule and day. */
export class RedactionReport {
  readonly #counts: RedactionCounts;

  constructor(counts: RedactionCounts) {
    this.#counts = counts;
  }

  /** Days in order, and the rules of a day by how often they took something out. Bounds are epoch milliseconds. */
  async read(
    { accountId }: StaffPrincipal,
    range: { from?: number | undefined; to?: number | undefined },
  ): Promise<{ items: readonly RedactionReportItem[] }> {
    const { from = 0, to = Number.MAX_SAFE_INTEGER } = range;
    const days = await this.#counts.days(accountId, { from, to });
    const items = days.flatMap(({ day, counts }) =>
      [...counts]
        .sort((a, b) => b.count - a.count)
        .map(({ ruleId, name, count }) => ({ ruleId, ruleName: name, day, count })),
    );
    return { items };
  }
}
