import { DAY_MS } from '../../domain/index.ts';
import type { RetentionStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** Moves the end of what a visitor did in one session. */
export class SessionEnd {
  readonly #retention: Pick<RetentionStore, 'setSessionEnd'>;
  readonly #settings: Pick<AccountSettingsReader, 'get'>;

  constructor(deps: {
    retention: Pick<RetentionStore, 'setSessionEnd'>;
    settings: Pick<AccountSettingsReader, 'get'>;
  }) {
    this.#retention = deps.retention;
    this.#settings = deps.settings;
  }

  /** Neither purge nor the database's own expiry reaches it. */
  lift(accountId: string, sessionId: string): Promise<void> {
    return this.#retention.setSessionEnd({ accountId, sessionId, end: 'held' });
  }

  /** It ends when the account's retention says, as if it had never been lifted. */
  async giveBack(accountId: string, sessionId: string): Promise<void> {
    const { transcriptRetentionDays } = await this.#settings.get(accountId);
    const end = { retentionMs: transcriptRetentionDays * DAY_MS };
    await this.#retention.setSessionEnd({ accountId, sessionId, end });
  }
}
