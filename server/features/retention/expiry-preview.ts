import type { Page, WireConversation, WireExpiryPreview } from '../../../shared/protocol/index.ts';
import {
  DAY_MS,
  type HeldConversation,
  isHeld,
  type StaffPrincipal,
  sessionOfKey,
} from '../../domain/index.ts';
import type { Clock, ConversationStore, EntityStore } from '../../ports/index.ts';
import { presentConversation } from '../../presenters/conversation-presenter.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

const PAGE = 200;

export interface ExpiryPreviewDeps {
  readonly conversations: Pick<ConversationStore, 'countFree' | 'list'>;
  readonly held: EntityStore<HeldConversation>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly clock: Clock;
}

/** What the retention will take, day by day (UTC), as settings and legal holds stand. */
export class ExpiryPreview {
  readonly #deps: ExpiryPreviewDeps;

  constructor(deps: ExpiryPreviewDeps) {
    this.#deps = deps;
  }

  async of({ accountId }: StaffPrincipal, days: number): Promise<WireExpiryPreview> {
    const { transcriptRetentionDays: retentionDays } = await this.#deps.settings.get(accountId);
    const now = this.#deps.clock.now();
    const end = now + days * DAY_MS;
    const spans = spansOf(now, end);
    const counts = await Promise.all(
      spans.map(({ from, to }) => {
        const before = retentionDays * DAY_MS;
        // What is overdue and not purged yet goes on the first day.
        const start = from === now ? 0 : from - before;
        return this.#deps.conversations.countFree({ accountId, from: start, to: to - before });
      }),
    );
    return {
      from: new Date(now).toISOString(),
      to: new Date(end).toISOString(),
      retentionDays,
      days: spans.map(({ from }, index) => ({ date: dateOf(from), conversations: counts[index] ?? 0 })),
      held: await this.#held(accountId),
    };
  }

  /** The conversations themselves, the latest to go first; those under legal hold are left out. */
  async list(
    { accountId }: StaffPrincipal,
    { days, limit, cursor }: { days: number; limit: number; cursor?: string | undefined },
  ): Promise<Page<WireConversation>> {
    const { transcriptRetentionDays } = await this.#deps.settings.get(accountId);
    const to = this.#deps.clock.now() + (days - transcriptRetentionDays) * DAY_MS;
    const page = await this.#deps.conversations.list({
      accountId,
      to,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    const free = page.items.filter((conversation) => !isHeld(conversation));
    return { ...page, items: free.map((conversation) => presentConversation(conversation)) };
  }

  async #held(accountId: string): Promise<number> {
    const ids = new Set<string>();
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.held.list({ where: { accountId }, limit: PAGE, ...place });
      for (const { conversationId } of page.items) {
        if (sessionOfKey(conversationId) === undefined) ids.add(conversationId);
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return ids.size;
  }
}

/** The days that the time touches, each from its start or `from`, to its end or `to`. */
function spansOf(from: number, to: number): readonly { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (let start = from; start < to; ) {
    const next = Math.min(to, start - (start % DAY_MS) + DAY_MS);
    spans.push({ from: start, to: next });
    start = next;
  }
  return spans;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
