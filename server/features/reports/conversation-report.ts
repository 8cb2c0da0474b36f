import type { ConversationFigures, ConversationReport as Report } from '../../../shared/protocol/index.ts';
import {
  type ConversationCount,
  type ConversationNumbers,
  NO_CONVERSATIONS,
  plusNumbers,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { ConversationCounts } from './conversation-counts.ts';

export interface ConversationReportDeps {
  readonly counts: Pick<ConversationCounts, 'days'>;
  readonly names: { of(userId: string): Promise<string> };
  readonly departments: Pick<DepartmentDirectory, 'find'>;
  readonly clock: Clock;
}

/** Volumes, waiting, handling and ratings. */
export class ConversationReport {
  readonly #deps: ConversationReportDeps;

  constructor(deps: ConversationReportDeps) {
    this.#deps = deps;
  }

  /** Days (UTC) between the two instants (epoch milliseconds); agents and departments by how many chats they had. */
  async read(
    { accountId }: StaffPrincipal,
    query: { from?: number | undefined; to?: number | undefined },
  ): Promise<Report> {
    const { counts, names, departments, clock } = this.#deps;
    const days = await counts.days(accountId, { from: query.from ?? 0, to: query.to ?? clock.now() });
    const all = days.flatMap((day) => day.counts);
    const agents = mostFirst(groupedBy(all, ({ agentId }) => agentId));
    const teams = mostFirst(groupedBy(all, ({ departmentId }) => departmentId));
    return {
      total: figuresOf(sumOf(all)),
      days: days.map((day) => ({ day: day.day, ...figuresOf(sumOf(day.counts)) })),
      agents: await Promise.all(
        agents.map(async ([agentId, sum]) => {
          const name = await names.of(agentId);
          return { agentId, ...(name !== '' && { name }), ...figuresOf(sum) };
        }),
      ),
      departments: await Promise.all(
        teams.map(async ([departmentId, sum]) => {
          const name = (await departments.find(accountId, departmentId))?.name;
          return { departmentId, ...(name !== undefined && { name }), ...figuresOf(sum) };
        }),
      ),
    };
  }
}

function sumOf(counts: readonly ConversationNumbers[]): ConversationNumbers {
  return counts.reduce<ConversationNumbers>((sum, count) => plusNumbers(sum, count), NO_CONVERSATIONS);
}

/** Leaves out what is nobody's. */
function groupedBy(
  counts: readonly ConversationCount[],
  idOf: (count: ConversationCount) => string,
): ReadonlyMap<string, ConversationNumbers> {
  const sums = new Map<string, ConversationNumbers>();
  for (const count of counts) {
    const id = idOf(count);
    if (id !== '') sums.set(id, plusNumbers(sums.get(id) ?? NO_CONVERSATIONS, count));
  }
  return sums;
}

function mostFirst(sums: ReadonlyMap<string, ConversationNumbers>) {
  return [...sums].sort(([, one], [, other]) => other.closed - one.closed || other.taken - one.taken);
}

/** Averages are absent where there is nothing to average. */
function figuresOf(numbers: ConversationNumbers): ConversationFigures {
  const { started, taken, closed, abandoned, handled, rated } = numbers;
  return {
    ...{ started, taken, closed, abandoned, handled, rated },
    ...(taken > 0 && {
      averageWaitMs: Math.round(numbers.waitMs / taken),
      longestWaitMs: numbers.longestWaitMs,
    }),
    ...(handled > 0 && { averageHandlingMs: Math.round(numbers.handlingMs / handled) }),
    ...(rated > 0 && { averageRating: Math.round((numbers.ratings / rated) * 100) / 100 }),
  };
}
