import { type Conversation, DAY_MS, HELD_UNTIL } from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { RetentionStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** Moves the end of a transcript and of everything that lives with it. */
export class TranscriptEnd {
  readonly #deps: {
    readonly retention: Pick<RetentionStore, 'setTranscriptEnd'>;
    readonly lanes: Lanes;
    readonly settings: AccountSettingsReader;
  };

  constructor(deps: {
    retention: Pick<RetentionStore, 'setTranscriptEnd'>;
    lanes: Lanes;
    settings: AccountSettingsReader;
  }) {
    this.#deps = deps;
  }

  /** Neither purge nor the database's own expiry reaches it. */
  lift(conversation: Conversation): Promise<void> {
    return this.#set(conversation, HELD_UNTIL);
  }

  /** It ends when the account's retention says, as if it had never been lifted. */
  async giveBack(conversation: Conversation): Promise<void> {
    const { transcriptRetentionDays } = await this.#deps.settings.get(conversation.accountId);
    await this.#set(conversation, conversation.startedAt + transcriptRetentionDays * DAY_MS);
  }

  /** Twice: messages that the lane had in flight carry the end that it was loaded with. */
  async #set({ accountId, id: conversationId }: Conversation, expiresAt: number): Promise<void> {
    const { retention, lanes } = this.#deps;
    await retention.setTranscriptEnd({ accountId, conversationId, expiresAt });
    const lane = lanes.peek(conversationId);
    if (lane === undefined) lanes.drop(conversationId);
    else await lane.exclusive(async () => lanes.drop(conversationId));
    await retention.setTranscriptEnd({ accountId, conversationId, expiresAt });
  }
}
