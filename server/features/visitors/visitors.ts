import {
  assertListed,
  cleanTracked,
  type EventValue,
  keptAsGiven,
  Refusal,
  type VisitorPrincipal,
  type VisitorSession,
} from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { Clock, ConversationStore, EntityStore, Logger } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { ConversationProfiles } from './conversation-profiles.ts';
import { type ChangedProfile, type LiveVisitor, type LiveVisitors, restore } from './live-visitors.ts';
import type { VisitorKeeper } from './visitor-keeper.ts';

/** Profiles of visitors in a chat are written when they changed, this often. */
const KEEP_MS = 2_000;

/** Something a visitor did, redacted; `name` and `payload` as on `/visitor`. */
export type VisitorAct =
  | {
      readonly name: 'page:view';
      readonly payload: { readonly url: string; readonly title?: string; readonly referrer?: string };
    }
  | {
      readonly name: 'page:activity';
      readonly payload: {
        readonly scrollDepth?: number;
        readonly idle?: boolean;
        readonly event?: { readonly name: string; readonly value?: EventValue };
      };
    }
  | {
      readonly name: 'profile:update';
      readonly payload: { readonly fields: Readonly<Record<string, string>> };
    };

/** Who wants to know what visitors do. Called in order, session by session, and must be quick. */
export interface VisitorObserver {
  /** Resolves when visitors of the account can be taken in. */
  prepare(accountId: string): Promise<void>;
  /** The session's state is here: `parts` is what was kept of it. */
  arrived(
    visitor: LiveVisitor,
    kept: Readonly<Record<string, unknown>>,
    session: VisitorSession | undefined,
  ): void;
  acted(visitor: LiveVisitor, act: VisitorAct): void;
}

export interface VisitorsDeps {
  readonly live: LiveVisitors;
  readonly keeper: VisitorKeeper;
  readonly profiles: ConversationProfiles;
  readonly conversations: ConversationStore;
  readonly sessions: EntityStore<VisitorSession>;
  readonly redactor: Redactor;
  readonly settings: AccountSettingsReader;
  readonly observer: VisitorObserver;
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

  /** Brings what was kept of the session into memory, once; whoever works on the session waits for it. */
  arrive(principal: VisitorPrincipal): Promise<LiveVisitor> {
    const visitor = this.#deps.live.of(principal);
    visitor.arrival ??= this.#load(visitor).catch((error) => {
      delete visitor.arrival;
      throw error;
    });
    return visitor.arrival.then(() => visitor);
  }

  /** A page was opened. Addresses and titles are redacted before anything sees them. */
  async pageView(
    principal: VisitorPrincipal,
    page: { url: string; title?: string | undefined; referrer?: string | undefined },
  ): Promise<void> {
    const rules = await this.#deps.redactor.rulesOf(principal.accountId);
    const visitor = await this.arrive(principal);
    const clean = (text: string) =>
      this.#deps.redactor.apply(rules, text, { from: 'visitor', place: 'url' }).text;
    const payload = {
      url: clean(page.url),
      ...(page.title !== undefined && { title: clean(page.title) }),
      ...(page.referrer !== undefined && { referrer: clean(page.referrer) }),
    };
    this.#deps.live.sawPage(principal, payload);
    this.#deps.observer.acted(visitor, { name: 'page:view', payload });
  }

  /** How far they read, whether anybody is there, what the page's script tells; texts of it are redacted. */
  async pageActivity(
    principal: VisitorPrincipal,
    activity: {
      scrollDepth?: number | undefined;
      idle?: boolean | undefined;
      event?: { name: string; value?: EventValue | undefined } | undefined;
    },
  ): Promise<void> {
    const rules = await this.#deps.redactor.rulesOf(principal.accountId);
    const visitor = await this.arrive(principal);
    const { live, observer } = this.#deps;
    const { scrollDepth, idle } = activity;
    if (scrollDepth !== undefined) live.scrolled(principal, scrollDepth);
    if (idle !== undefined) live.becameIdle(principal, idle);
    const clean = (text: string) =>
      this.#deps.redactor.apply(rules, text, { from: 'visitor', place: 'url' }).text;
    const event = activity.event && cleanTracked(activity.event, clean);
    const counted = event !== undefined && live.tracked(principal, event);
    observer.acted(visitor, {
      name: 'page:activity',
      payload: {
        ...(scrollDepth !== undefined && { scrollDepth }),
        ...(idle !== undefined && { idle }),
        ...(counted && { event }),
      },
    });
  }

  /**
   * Keeps fields that the account's data-processing agreement lists; one that it does not list refuses the
   * whole update.
   * @throws Refusal `profile.field_not_allowed`
   */
  async updateProfile(
    principal: VisitorPrincipal,
    fields: Readonly<Record<string, string>>,
    options: { verified?: boolean } = {},
  ): Promise<LiveVisitor> {
    const { dpa } = await this.#deps.settings.get(principal.accountId);
    assertListed(dpa, fields);
    const visitor = await this.arrive(principal);
    const clean = await this.#deps.redactor.fields(principal.accountId, fields, {
      from: 'visitor',
      place: 'profile',
    });
    const given = keptAsGiven(fields, dpa.customFields);
    const taken = this.#deps.live.setFields(principal, { ...clean, ...given }, options);
    this.#deps.observer.acted(visitor, { name: 'profile:update', payload: { fields: taken } });
    return visitor;
  }

  /** Everything that is known of the session is gone when this returns; answers whether anything was kept of it. */
  async forget(sessionId: string): Promise<boolean> {
    this.#deps.live.unfollow(sessionId, true);
    return this.#deps.keeper.erase(sessionId);
  }

  async #load(visitor: LiveVisitor): Promise<void> {
    const { sessions, keeper, conversations, observer } = this.#deps;
    const [session, kept, open] = await Promise.all([
      sessions.get(visitor.sessionId),
      keeper.read(visitor),
      conversations.findOpenBySession(visitor.sessionId),
      observer.prepare(visitor.accountId),
    ]);
    if (session !== undefined) {
      visitor.startedAt = session.createdAt;
      visitor.visits = session.visits;
      visitor.client = session.client ?? visitor.client;
    }
    if (kept !== undefined) restore(visitor, kept.visitor);
    if (open !== undefined) this.#deps.live.follow(visitor, open.id);
    observer.arrived(visitor, kept?.parts ?? {}, session);
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
