import {
  type Conversation,
  type ConversationCount,
  type ConversationDay,
  type ConversationNumbers,
  NO_CONVERSATIONS,
  plusNumbers,
} from '../../domain/index.ts';
import type { Clock, ConversationEvent, ConversationEvents, EntityStore, Logger } from '../../ports/index.ts';
import { DayCounts } from '../day-counts/index.ts';

export interface ConversationCountsDeps {
  readonly store: EntityStore<ConversationDay>;
  readonly events: Pick<ConversationEvents, 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How conversations go, by account and day: heard from what happens to them, and kept longer than they are. */
export class ConversationCounts {
  readonly #days: DayCounts<ConversationCount>;
  readonly #stop: () => void;

  constructor({ store, events, clock, logger }: ConversationCountsDeps) {
    this.#days = new DayCounts({ store, keyOf, plus: plusNumbers, of: 'conversations', clock, logger });
    this.#stop = events.subscribe((event) => this.#count(event));
  }

  /** Adds what waits to the store; what cannot be written waits on. */
  flush(): Promise<void> {
    return this.#days.flush();
  }

  /** The days from `from` to `to` (epoch milliseconds) of an account, oldest first. */
  days(accountId: string, range: { from: number; to: number }): Promise<readonly ConversationDay[]> {
    return this.#days.days(accountId, range);
  }

  close(): void {
    this.#stop();
    this.#days.close();
  }

  #count(event: ConversationEvent): void {
    if (!('conversation' in event)) return;
    const numbers = numbersOf(event);
    if (numbers === undefined) return;
    const { conversation } = event;
    const count = {
      ...NO_CONVERSATIONS,
      ...numbers,
      agentId: agentOf(conversation) ?? '',
      departmentId: conversation.departmentId ?? '',
    };
    this.#days.add(conversation.accountId, count);
  }
}

function numbersOf(
  event: Extract<ConversationEvent, { conversation: Conversation }>,
): Partial<ConversationNumbers> | undefined {
  const { conversation } = event;
  switch (event.name) {
    case 'conversation.started':
      return { started: 1 };
    case 'conversation.assigned':
      return waitOf(conversation);
    case 'conversation.closed':
      return { closed: 1, ...handlingOf(conversation) };
    case 'conversation.rated': {
      const { formerRating } = event;
      const rating = conversation.rating ?? 0;
      return { rated: formerRating === undefined ? 1 : 0, ratings: rating - (formerRating ?? 0) };
    }
    case 'message.created':
      return undefined;
  }
}

/** Of the first agent alone: who gets it from another has not let anybody wait. */
function waitOf(conversation: Conversation): Partial<ConversationNumbers> | undefined {
  if (conversation.status !== 'active' || (conversation.participants?.length ?? 0) > 1) return undefined;
  const waitMs = Math.max(0, conversation.assignedAt - conversation.startedAt);
  return { taken: 1, waitMs, longestWaitMs: waitMs };
}

function handlingOf(conversation: Conversation): Partial<ConversationNumbers> {
  if (conversation.status !== 'closed') return {};
  if ((conversation.participants?.length ?? 0) === 0) return { abandoned: 1 };
  if (conversation.assignedAt === undefined) return {};
  return { handled: 1, handlingMs: Math.max(0, conversation.closedAt - conversation.assignedAt) };
}

function agentOf(conversation: Conversation): string | undefined {
  return conversation.status === 'queued' ? undefined : conversation.agentId;
}

function keyOf({ agentId, departmentId }: ConversationCount): string {
  return `${agentId}\n${departmentId}`;
}
