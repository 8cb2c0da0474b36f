import { type Conversation, readableBy } from '../../domain/index.ts';
import type { ConversationFilter, ConversationStore, StorePage } from '../../ports/index.ts';
import type { ProfileIndex } from '../profile-index/index.ts';

/** Index entries looked at for one page of few finds, so that a rare filter beside a common value ends. */
const LOOKED_AT_MAX = 2_000;
const STEP = 100;

/** Finds kept conversations, by what stands in them and by what the profile index knows. */
export class ConversationSearch {
  readonly #deps: { readonly conversations: ConversationStore; readonly index: ProfileIndex };

  constructor(deps: { conversations: ConversationStore; index: ProfileIndex }) {
    this.#deps = deps;
  }

  /**
   * Newest first. With values of fields, the first leads and the others are checked; a page may then be shorter
   * than asked for and still have a next one.
   */
  async find(
    filter: ConversationFilter,
    fields: Readonly<Record<string, string>>,
  ): Promise<StorePage<Conversation>> {
    const [first, ...others] = Object.entries(fields);
    if (first === undefined) return this.#deps.conversations.list(filter);
    const [field, value] = first;
    const items: Conversation[] = [];
    let { cursor } = filter;
    for (let seen = 0; seen < LOOKED_AT_MAX; seen += STEP) {
      const limit = Math.min(STEP, filter.limit - items.length);
      const page = await this.#deps.index.page({ ...filter, field, value, limit, cursor });
      for (const { conversationId } of page.items) {
        const found = await this.#deps.conversations.get(filter.accountId, conversationId);
        const fits = found !== undefined && matches(found, filter);
        if (fits && (await this.#deps.index.has(found, others))) items.push(found);
      }
      cursor = page.nextCursor;
      if (cursor === undefined) return { items };
      if (items.length === filter.limit) break;
    }
    return { items, ...(cursor !== undefined && { nextCursor: cursor }) };
  }
}

/** As the store would judge it. */
function matches(conversation: Conversation, filter: ConversationFilter): boolean {
  const { agentId, sessionId, status, caseId, tag, departmentId, departments, reader, from, to } = filter;
  const agent = conversation.status === 'queued' ? undefined : conversation.agentId;
  const equal: readonly (readonly [unknown, unknown])[] = [
    [agentId, agent],
    [sessionId, conversation.sessionId],
    [status, conversation.status],
    [caseId, conversation.caseId],
    [departmentId, conversation.departmentId],
  ];
  return (
    equal.every(([wanted, actual]) => wanted === undefined || wanted === actual) &&
    (tag === undefined || conversation.tags.includes(tag)) &&
    (departments === undefined || departments.includes(conversation.departmentId ?? '')) &&
    (reader === undefined || readableBy(conversation, reader)) &&
    (from === undefined || conversation.startedAt >= from) &&
    (to === undefined || conversation.startedAt <= to)
  );
}
