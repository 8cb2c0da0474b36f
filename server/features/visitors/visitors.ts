import { keptAsGiven, Refusal, type VisitorPrincipal } from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { Clock, ConversationStore, Logger } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { ConversationProfiles } from './conversation-profiles.ts';
import type { ChangedProfile, LiveVisitors } from './live-visitors.ts';

/** Profiles of visitors in a chat are written when they changed, this often. */
const KEEP_MS = 2_000;

export interface VisitorsDeps {
  readonly live: LiveVisitors;
  readonly profiles: ConversationProfiles;
  readonly conversations: ConversationStore;
  readonly redactor: Redactor;
  readonly settings: AccountSettingsReader;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What visitors do on the site and tell of themselves. */
export class Visitors {
  readonly #deps: VisitorsDeps;
  readonly #stop: () => void;

  constructor(deps: VisitorsDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(KEEP_MS, () => {
      this.keepChanged().catch((error) => deps.logger.error('profiles could not be kept', error));
    });
  }

  /** A page was opened. Addresses and titles are redacted before anything sees them. */
  async pageView(
    visitor: VisitorPrincipal,
    page: { url: string; title?: string | undefined; referrer?: string | undefined },
  ): Promise<void> {
    const rules = await this.#deps.redactor.rulesOf(visitor.accountId);
    const clean = (text: string) =>
      this.#deps.redactor.apply(rules, text, { from: 'visitor', place: 'url' }).text;
    this.#deps.live.sawPage(visitor.sessionId, {
      url: clean(page.url),
      ...(page.title !== undefined && { title: clean(page.title) }),
      ...(page.referrer !== undefined && { referrer: clean(page.referrer) }),
    });
  }

  pageActivity(visitor: VisitorPrincipal, activity: { scrollDepth?: number | undefined }): void {
    if (activity.scrollDepth !== undefined) this.#deps.live.scrolled(visitor.sessionId, activity.scrollDepth);
  }

  /**
   * Keeps fields that the account's data-processing agreement lists; one that it does not list refuses the
   * whole update.
   * @throws Refusal `profile.field_not_allowed`
   */
  async updateProfile(visitor: VisitorPrincipal, fields: Readonly<Record<string, string>>): Promise<void> {
    const { dpa } = await this.#deps.settings.get(visitor.accountId);
    const allowed = new Set(dpa.customFields.map(({ key }) => key));
    const index = Object.keys(fields).findIndex((key) => !allowed.has(key));
    if (index !== -1) {
      const errors = [{ path: `fields.${index}`, message: 'is not in the data-processing agreement' }];
      throw new Refusal('profile.field_not_allowed', { errors });
    }
    const clean = await this.#deps.redactor.fields(visitor.accountId, fields, {
      from: 'visitor',
      place: 'profile',
    });
    const given = keptAsGiven(fields, dpa.customFields);
    this.#deps.live.setFields(visitor.sessionId, { ...clean, ...given });
  }

  /** Writes the profiles of visitors in a chat that changed since the last time. */
  async keepChanged(): Promise<void> {
    for (const changed of this.#deps.live.takeChanged()) {
      try {
        await this.#keep(changed);
      } catch (error) {
        // Erased meanwhile: then there is nothing to keep it with. It must not cost the others theirs.
        if (error instanceof Refusal) continue;
        this.#deps.live.keepAgain(changed.sessionId);
        this.#deps.logger.error('a profile could not be kept', error);
      }
    }
  }

  async #keep({ conversation, profile }: ChangedProfile): Promise<void> {
    const current = await this.#deps.conversations.get(conversation.accountId, conversation.id);
    if (current === undefined || current.status === 'closed') return;
    await this.#deps.profiles.merge(current, { live: profile });
  }

  close(): void {
    this.#stop();
  }
}
