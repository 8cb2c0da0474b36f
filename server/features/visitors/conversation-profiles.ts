import type { WireProfile } from '../../../shared/protocol/index.ts';
import type { Conversation } from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { CompiledRules, Redactor } from '../../pipeline/redact.ts';
import type { SealContext, Sealer } from '../../pipeline/seal.ts';
import type { ProfileStore } from '../../ports/index.ts';
import { KEPT_PAGES, type LiveVisitors } from './live-visitors.ts';

const PART = 'profile';

export interface ConversationProfilesDeps {
  readonly lanes: Lanes;
  readonly sealer: Sealer;
  readonly store: ProfileStore;
  readonly redactor: Redactor;
  readonly live: LiveVisitors;
}

/** What is added to a kept profile. */
export interface ProfileAddition {
  readonly ratingComment?: string;
  readonly live?: Pick<WireProfile, 'fields' | 'pages' | 'referrer'>;
}

/**
 * The profile that goes with a transcript: what is known of the visitor when the chat starts and while it
 * lasts, sealed under the conversation's data key, and erased with it.
 */
export class ConversationProfiles {
  readonly #deps: ConversationProfilesDeps;
  /** Changes of one profile follow each other: each reads what the one before it kept. */
  readonly #merging = new Map<string, Promise<void>>();

  constructor(deps: ConversationProfilesDeps) {
    this.#deps = deps;
  }

  /** Keeps what is known at the start of a conversation; pre-chat answers are redacted first. */
  async begin(conversation: Conversation, prechat: Readonly<Record<string, string>>): Promise<void> {
    const { accountId, sessionId } = conversation;
    const clean = await this.#deps.redactor.fields(accountId, prechat, { from: 'visitor', place: 'profile' });
    await this.#put(conversation, { ...this.#deps.live.snapshot(sessionId), prechat: clean });
    this.#deps.live.follow(sessionId, conversation.id, accountId);
  }

  /** From now on what the visitor does is added to this conversation's profile, also after a restart. */
  follow({ id, sessionId, accountId }: Conversation): void {
    this.#deps.live.follow(sessionId, id, accountId);
  }

  /** Adds to a kept profile; texts are redacted first. */
  async merge(conversation: Conversation, more: ProfileAddition): Promise<void> {
    const before = this.#merging.get(conversation.id) ?? Promise.resolve();
    const merging = before.catch(() => {}).then(() => this.#merge(conversation, more));
    this.#merging.set(conversation.id, merging);
    try {
      await merging;
    } finally {
      if (this.#merging.get(conversation.id) === merging) this.#merging.delete(conversation.id);
    }
  }

  async #merge(conversation: Conversation, more: ProfileAddition): Promise<void> {
    const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
    const before = await this.read(context);
    const comment = await this.#cleanComment(conversation.accountId, more.ratingComment);
    await this.#put(conversation, { ...before, ...(more.live && withLive(before, more.live)), ...comment });
  }

  /** Applies rules to a kept profile; answers whether something was redacted anew. */
  async redactAgain(conversation: Conversation, rules: CompiledRules): Promise<boolean> {
    const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
    const before = await this.read(context);
    const clean = (text: string, place: 'profile' | 'url' | 'message') =>
      this.#deps.redactor.apply(rules, text, { from: 'visitor', place }).text;
    const after: WireProfile = {
      fields: mapValues(before.fields, (value) => clean(value, 'profile')),
      prechat: mapValues(before.prechat, (value) => clean(value, 'profile')),
      pages: before.pages.map((page) => ({
        ...page,
        url: clean(page.url, 'url'),
        ...(page.title !== undefined && { title: clean(page.title, 'url') }),
      })),
      ...(before.referrer !== undefined && { referrer: clean(before.referrer, 'url') }),
      ...(before.ratingComment !== undefined && { ratingComment: clean(before.ratingComment, 'message') }),
    };
    if (JSON.stringify(after) === JSON.stringify(before)) return false;
    await this.#put(conversation, after);
    return true;
  }

  /** @throws IntegrityError when the record is not what was kept */
  async read(context: SealContext): Promise<WireProfile> {
    const record = await this.#deps.store.get(context.conversationId);
    if (record === undefined) return { fields: {}, prechat: {}, pages: [] };
    return this.#deps.sealer.openPart(context, PART, record.sealed) as WireProfile;
  }

  async #cleanComment(
    accountId: string,
    comment: string | undefined,
  ): Promise<Pick<WireProfile, 'ratingComment'>> {
    if (comment === undefined) return {};
    const { text } = await this.#deps.redactor.text(accountId, comment, {
      from: 'visitor',
      place: 'message',
    });
    return { ratingComment: text };
  }

  async #put(conversation: Conversation, profile: WireProfile): Promise<void> {
    const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
    await this.#deps.store.put({
      conversationId: conversation.id,
      accountId: conversation.accountId,
      sessionId: conversation.sessionId,
      sealed: this.#deps.sealer.sealPart(context, PART, profile),
      retainFrom: context.retainFrom,
      expiresAt: context.expiresAt,
    });
  }
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** What a node knows may begin after its own start, so it is added to what was kept before. */
function withLive(
  kept: WireProfile,
  live: NonNullable<ProfileAddition['live']>,
): NonNullable<ProfileAddition['live']> {
  const firstAt = live.pages[0]?.at;
  const earlier = kept.pages.filter(({ at }) => firstAt === undefined || at < firstAt);
  const referrer = kept.referrer ?? live.referrer;
  return {
    fields: { ...kept.fields, ...live.fields },
    pages: [...earlier, ...live.pages].slice(-KEPT_PAGES),
    ...(referrer !== undefined && { referrer }),
  };
}
