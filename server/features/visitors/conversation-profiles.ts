import type { WireProfile } from '../../../shared/protocol/index.ts';
import {
  agreedFields,
  type Conversation,
  keptAsGiven,
  type StoredDecision,
  withSeenTexts,
} from '../../domain/index.ts';
import type { RedactionPlace } from '../../domain/redaction/index.ts';
import type { Floors } from '../../pipeline/floors.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { SealContext, Sealer } from '../../pipeline/seal.ts';
import { type Clock, IntegrityError, type ProfileStore } from '../../ports/index.ts';
import type { ProfileIndex } from '../profile-index/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import { KEPT_PAGES, type LiveVisitors } from './live-visitors.ts';

const PART = 'profile';
/** The pre-chat field with the address to answer to. */
const EMAIL = 'email';

export interface ConversationProfilesDeps {
  readonly lanes: Lanes;
  readonly sealer: Sealer;
  readonly store: ProfileStore;
  readonly floors: Pick<Floors, 'note' | 'reachOf'>;
  readonly redactor: Redactor;
  readonly settings: AccountSettingsReader;
  readonly live: LiveVisitors;
  readonly index: Pick<ProfileIndex, 'keep'>;
  readonly clock: Clock;
}

const NOTHING: WireProfile = { fields: {}, prechat: {}, pages: [] };

/** As it is sealed: each writing counts up, so that an older copy shows. */
type KeptProfile = WireProfile & { readonly revision: number };

/** What is added to a kept profile. */
export interface ProfileAddition {
  readonly ratingComment?: string;
  readonly prechat?: Readonly<Record<string, string>>;
  readonly live?: Pick<WireProfile, 'fields' | 'pages' | 'referrer'>;
}

/**
 * The profile that goes with a transcript: what is known of the visitor when the chat starts and while it
 * lasts, sealed under the conversation's data key, and erased with it.
 */
export class ConversationProfiles {
  readonly #deps: ConversationProfilesDeps;
  /** Changes of one profile follow each other: each reads what the one before it kept. */
  readonly #merging = new Map<string, Promise<unknown>>();

  constructor(deps: ConversationProfilesDeps) {
    this.#deps = deps;
  }

  /** Keeps what is known at the start of a conversation; pre-chat answers are redacted first. */
  async begin(
    conversation: Conversation,
    {
      prechat,
      decision,
    }: { prechat: Readonly<Record<string, string>>; decision?: StoredDecision | undefined },
  ): Promise<void> {
    const { accountId, sessionId } = conversation;
    const live = await this.#clean(accountId, this.#deps.live.snapshot(sessionId), { counted: false });
    const { prechat: clean } = await this.#clean(accountId, { ...NOTHING, prechat });
    const profile = { ...live, prechat: clean, ...(decision !== undefined && { decision }) };
    await this.#putIndexed(conversation, profile, NOTHING);
    this.#deps.live.follow(conversation, conversation.id);
  }

  /** From now on what the visitor does is added to this conversation's profile, also after a restart. */
  follow(conversation: Conversation): void {
    this.#deps.live.follow(conversation, conversation.id);
  }

  /** Adds to a kept profile; texts are redacted first. */
  async merge(conversation: Conversation, more: ProfileAddition): Promise<void> {
    await this.#inTurn(conversation.id, () => this.#merge(conversation, more));
  }

  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#merging.get(id) ?? Promise.resolve();
    const merging = before.catch(() => {}).then(work);
    this.#merging.set(id, merging);
    try {
      return await merging;
    } finally {
      if (this.#merging.get(id) === merging) this.#merging.delete(id);
    }
  }

  /** What the visitor did before may have been redacted by other rules than today's: it is looked at again. */
  async #merge(conversation: Conversation, more: ProfileAddition): Promise<void> {
    const { accountId } = conversation;
    const { context } = await this.#deps.lanes.open(accountId, conversation.id);
    const before = await this.read(context);
    const { live, prechat = {}, ratingComment } = more;
    const cleanLive = live && (await this.#clean(accountId, { ...NOTHING, ...live }, { counted: false }));
    const typed = await this.#clean(accountId, {
      ...NOTHING,
      prechat,
      ...(ratingComment !== undefined && { ratingComment }),
    });
    const after = {
      ...before,
      ...(cleanLive && withLive(before, cleanLive)),
      ...(typed.ratingComment !== undefined && { ratingComment: typed.ratingComment }),
      prechat: { ...before.prechat, ...typed.prechat },
    };
    await this.#putIndexed(conversation, after, before);
  }

  /** Applies today's rules to a kept profile; answers whether something was redacted anew. */
  redactAgain(conversation: Conversation): Promise<boolean> {
    return this.#inTurn(conversation.id, async () => {
      const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
      const before = await this.read(context);
      const after = await this.#clean(conversation.accountId, before);
      if (JSON.stringify(after) === JSON.stringify(before)) return false;
      await this.#putIndexed(conversation, after, before);
      return true;
    });
  }

  /**
   * Brings a kept profile and its index in line with today's data-processing agreement; answers whether the
   * profile had values that must not stand any more.
   */
  agreeAgain(conversation: Conversation): Promise<boolean> {
    return this.#inTurn(conversation.id, async () => {
      const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
      const before = await this.read(context);
      const after = await this.#agreed(conversation, before);
      const changed = Object.keys(after.fields).length < Object.keys(before.fields).length;
      if (changed) await this.#put(conversation, after);
      await this.#deps.index.keep(conversation, after);
      return changed;
    });
  }

  /**
   * A profile as today's rules leave it. An address to answer to stays as it is where the account's
   * data-processing agreement lists it.
   */
  async #clean(
    accountId: string,
    profile: WireProfile,
    options: { counted: boolean } = { counted: true },
  ): Promise<WireProfile> {
    const { redactor, settings } = this.#deps;
    const rules = await redactor.rulesOf(accountId);
    const { dpa } = await settings.get(accountId);
    const clean = (text: string, place: RedactionPlace) =>
      redactor.apply(rules, text, { from: 'visitor', place, ...options }).text;
    const form = { from: 'visitor', place: 'profile', ...options } as const;
    const { fields, prechat, pages, referrer, ratingComment, decision } = profile;
    const email = dpa.customFields.some(({ key }) => key === EMAIL) ? prechat[EMAIL] : undefined;
    const given = keptAsGiven(fields, dpa.customFields);
    return {
      ...profile,
      fields: { ...redactor.applyToFields(rules, fields, form), ...given },
      prechat: { ...redactor.applyToFields(rules, prechat, form), ...(email !== undefined && { email }) },
      pages: pages.map((page) => ({
        ...page,
        url: clean(page.url, 'url'),
        ...(page.title !== undefined && { title: clean(page.title, 'url') }),
      })),
      ...(referrer !== undefined && { referrer: clean(referrer, 'url') }),
      ...(decision !== undefined && { decision: withSeenTexts(decision, (seen) => clean(seen, 'url')) }),
      ...(ratingComment !== undefined && { ratingComment: clean(ratingComment, 'message') }),
    };
  }

  /** @throws IntegrityError when the record is not what was kept, or not the last that was */
  async read(context: SealContext): Promise<WireProfile> {
    const reach = await this.#deps.floors.reachOf(context.conversationId);
    const { revision, ...profile } = await this.#kept(context);
    if (revision < reach.profile) throw new IntegrityError();
    return profile;
  }

  async #kept(context: SealContext): Promise<KeptProfile> {
    const record = await this.#deps.store.get(context.conversationId);
    if (record === undefined) return { ...NOTHING, revision: 0 };
    return this.#deps.sealer.openPart(context, PART, record.sealed) as KeptProfile;
  }

  /** Values that were taken out of the agreement, or are past their own life, are not kept, whoever brings them. */
  async #agreed(conversation: Conversation, profile: WireProfile): Promise<WireProfile> {
    const { dpa } = await this.#deps.settings.get(conversation.accountId);
    const ageMs = this.#deps.clock.now() - conversation.startedAt;
    return { ...profile, fields: agreedFields(profile.fields, dpa.customFields, ageMs) };
  }

  /** The index is written when a value in it may have changed, not with every page that the visitor opens. */
  async #putIndexed(conversation: Conversation, profile: WireProfile, before: WireProfile): Promise<void> {
    const after = await this.#agreed(conversation, profile);
    await this.#put(conversation, after);
    if (valuesOf(after) !== valuesOf(before)) await this.#deps.index.keep(conversation, after);
  }

  async #put(conversation: Conversation, profile: WireProfile): Promise<void> {
    const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
    const { revision: before } = await this.#kept(context);
    const revision = before + 1;
    const kept: KeptProfile = { ...profile, revision };
    await this.#deps.store.put({
      conversationId: conversation.id,
      accountId: conversation.accountId,
      sessionId: conversation.sessionId,
      sealed: this.#deps.sealer.sealPart(context, PART, kept),
      retainFrom: context.retainFrom,
      expiresAt: context.expiresAt,
    });
    this.#deps.floors.note(conversation.id, { profile: revision });
  }
}

function valuesOf({ fields, prechat }: WireProfile): string {
  return JSON.stringify([fields, prechat]);
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
