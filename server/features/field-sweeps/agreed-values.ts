import type { CustomField } from '../../../shared/protocol/index.ts';
import {
  type Account,
  agreedFields,
  type Conversation,
  DAY_MS,
  type VisitorRecord,
} from '../../domain/index.ts';
import type { Clock, ConversationStore, EntityStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';
import type { LiveVisitors } from '../visitors/live-visitors.ts';
import type { VisitorKeeper } from '../visitors/visitor-keeper.ts';

const PAGE = 200;

export interface AgreedValuesDeps {
  readonly profiles: Pick<ConversationProfiles, 'agreeAgain'>;
  readonly conversations: Pick<ConversationStore, 'list'>;
  readonly records: EntityStore<VisitorRecord>;
  readonly accounts: EntityStore<Account>;
  readonly live: LiveVisitors;
  readonly keeper: Pick<VisitorKeeper, 'rewriteFields'>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly clock: Clock;
}

/** Takes out what the data-processing agreement does not let stand: of one place where values are, each. */
export class AgreedValues {
  readonly #deps: AgreedValuesDeps;
  /** Up to which start of conversations the own lives of an account's fields have been ended, by field. */
  readonly #endedUpTo = new Map<string, number>();
  readonly #visitorCursors = new Map<string, string>();

  constructor(deps: AgreedValuesDeps) {
    this.#deps = deps;
  }

  /** Answers whether something was taken out. */
  agreeConversation(conversation: Conversation): Promise<boolean> {
    return this.#deps.profiles.agreeAgain(conversation);
  }

  async agreeVisitor(record: VisitorRecord): Promise<boolean> {
    const { dpa } = await this.#deps.settings.get(record.accountId);
    const ageMs = this.#deps.clock.now() - record.retainFrom;
    return this.#deps.keeper.rewriteFields(record, (fields) => agreedFields(fields, dpa.customFields, ageMs));
  }

  /** In this node's memory. */
  async forgetLive(accountId: string, agreement: readonly CustomField[]): Promise<void> {
    for (const visitor of this.#deps.live.all()) {
      if (visitor.accountId !== accountId) continue;
      this.#deps.live.keepFields(visitor, agreedFields(visitor.fields, agreement, 0));
    }
  }

  /**
   * Ends values whose field has a shorter life than the transcript. After the first round only the conversations
   * that came of age since the last one are looked at. Answers how many profiles were changed.
   */
  async endFields(): Promise<number> {
    let changed = 0;
    let cursor: string | undefined;
    do {
      const page = await this.#deps.accounts.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
      for (const { id, settings } of page.items) {
        for (const field of settings.dpa.customFields) changed += await this.#endField(id, field);
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return changed;
  }

  async #endField(accountId: string, { key, retentionDays }: CustomField): Promise<number> {
    if (retentionDays === undefined) return 0;
    const name = `${accountId}\n${key}`;
    const to = this.#deps.clock.now() - retentionDays * DAY_MS;
    const from = this.#endedUpTo.get(name) ?? 0;
    if (to <= from) return 0;
    let changed = 0;
    let cursor: string | undefined;
    do {
      const query = { accountId, from, to, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await this.#deps.conversations.list(query);
      for (const one of page.items) if (await this.agreeConversation(one).catch(() => false)) changed += 1;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    changed += await this.#endVisitors(accountId, { from, to });
    this.#endedUpTo.set(name, to);
    return changed;
  }

  /** Oldest first; the page in which the last round ended is where this one begins. */
  async #endVisitors(accountId: string, { from, to }: { from: number; to: number }): Promise<number> {
    let changed = 0;
    for (;;) {
      const cursor = this.#visitorCursors.get(accountId);
      const query = { where: { accountId }, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const { items, nextCursor } = await this.#deps.records.list(query);
      const due = items.filter(({ createdAt }) => createdAt > from && createdAt <= to);
      for (const record of due) if (await this.agreeVisitor(record).catch(() => false)) changed += 1;
      if (nextCursor === undefined || items.some(({ createdAt }) => createdAt > to)) return changed;
      this.#visitorCursors.set(accountId, nextCursor);
    }
  }
}
