import type { CustomField } from '../../../shared/protocol/index.ts';
import { type Conversation, type Private, Refusal, type VisitorSession } from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { ConversationStore, EntityStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';
import { sameValue } from './subject-values.ts';

/** Conversations whose profiles are opened in one step of a search without an index. */
const STEP = 25;
const PAGE = 200;

/** Whom a request is about: the visitor of a session, or whoever has this value in this field of the profile. */
export type Subject =
  | { readonly kind: 'visitor'; readonly sessionId: string }
  | { readonly kind: 'subject'; readonly field: string; readonly value: Private<string> };

/** Exact look-ups of searchable fields. */
export interface SubjectIndex {
  findBySubject(
    accountId: string,
    field: string,
    value: string,
  ): Promise<{ readonly conversationIds: readonly string[]; readonly sessionIds: readonly string[] }>;
}

export interface SubjectFinderDeps {
  readonly conversations: ConversationStore;
  readonly sessions: EntityStore<VisitorSession>;
  readonly lanes: Lanes;
  readonly profiles: ConversationProfiles;
  readonly settings: AccountSettingsReader;
  readonly index: SubjectIndex;
}

/** What one step of a search found; without `nextCursor` it is at its end. */
export interface FoundStep {
  readonly conversations: readonly Conversation[];
  readonly sessionIds: readonly string[];
  /** Conversations looked into. */
  readonly scanned: number;
  readonly nextCursor?: string;
}

/** Finds the conversations and sessions of one visitor or one person, step by step. */
export class SubjectFinder {
  readonly #deps: SubjectFinderDeps;

  constructor(deps: SubjectFinderDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `invalid_value` when the agreement lists no such field, `not_found` when there is no such visitor */
  async requireKnown(accountId: string, subject: Subject): Promise<void> {
    if (subject.kind === 'subject') {
      if ((await this.#field(accountId, subject.field)) !== undefined) return;
      const errors = [{ path: 'field', message: 'is not in the data-processing agreement' }];
      throw new Refusal('invalid_value', { errors });
    }
    const session = await this.#deps.sessions.get(subject.sessionId);
    if (session?.accountId === accountId) return;
    const { sessionId } = subject;
    const { items } = await this.#deps.conversations.list({ accountId, sessionId, limit: 1 });
    if (items.length === 0) throw new Refusal('not_found');
  }

  /** Whether a search for it is one look-up, not a walk through all profiles. */
  async isQuick(accountId: string, subject: Subject): Promise<boolean> {
    if (subject.kind === 'visitor') return true;
    const field = await this.#field(accountId, subject.field);
    return field?.searchable === true;
  }

  async step(accountId: string, subject: Subject, cursor?: string): Promise<FoundStep> {
    if (subject.kind === 'visitor') return this.#ofVisitor(accountId, subject.sessionId);
    if (await this.isQuick(accountId, subject)) return this.#ofIndex(accountId, subject);
    return this.#scan(accountId, subject, cursor);
  }

  /** All sessions with the same visitor token, this one always. */
  async sessionsOf(accountId: string, sessionId: string): Promise<readonly string[]> {
    const session = await this.#deps.sessions.get(sessionId);
    if (session?.accountId !== accountId) return [sessionId];
    const where = { accountId, visitorHash: session.visitorHash };
    const { items } = await this.#deps.sessions.list({ where, limit: PAGE });
    return [...new Set([sessionId, ...items.map(({ id }) => id)])];
  }

  async #ofVisitor(accountId: string, sessionId: string): Promise<FoundStep> {
    const sessionIds = await this.sessionsOf(accountId, sessionId);
    const conversations: Conversation[] = [];
    for (const id of sessionIds) conversations.push(...(await this.#ofSession(accountId, id)));
    return { conversations, sessionIds, scanned: conversations.length };
  }

  async #ofSession(accountId: string, sessionId: string): Promise<readonly Conversation[]> {
    const found: Conversation[] = [];
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.conversations.list({ accountId, sessionId, limit: PAGE, ...place });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  }

  async #ofIndex(accountId: string, subject: Subject & { kind: 'subject' }): Promise<FoundStep> {
    const found = await this.#deps.index.findBySubject(accountId, subject.field, subject.value.reveal());
    const ids = found.conversationIds;
    const read = await Promise.all(ids.map((id) => this.#deps.conversations.get(accountId, id)));
    const conversations = read.filter((one) => one !== undefined);
    return { conversations, sessionIds: found.sessionIds, scanned: ids.length };
  }

  async #scan(
    accountId: string,
    subject: Subject & { kind: 'subject' },
    cursor: string | undefined,
  ): Promise<FoundStep> {
    const page = await this.#deps.conversations.list({
      accountId,
      limit: STEP,
      ...(cursor !== undefined && { cursor }),
    });
    const field = await this.#field(accountId, subject.field);
    const conversations: Conversation[] = [];
    for (const conversation of page.items) {
      // A field that was taken out of the agreement has no values any more.
      if (field !== undefined && (await this.#has(conversation, subject, field))) {
        conversations.push(conversation);
      }
    }
    const sessionIds = [...new Set(conversations.map(({ sessionId }) => sessionId))];
    const { nextCursor } = page;
    return {
      conversations,
      sessionIds,
      scanned: page.items.length,
      ...(nextCursor !== undefined && { nextCursor }),
    };
  }

  async #has(
    { accountId, id }: Conversation,
    subject: Subject & { kind: 'subject' },
    field: CustomField,
  ): Promise<boolean> {
    const { lanes, profiles } = this.#deps;
    try {
      const lane = await lanes.open(accountId, id);
      const openedAt = lane.lastUsedAt;
      const { fields, prechat } = await profiles.read(lane.context);
      lanes.release(lane, openedAt);
      const kept = [fields[subject.field], prechat[subject.field]];
      return kept.some((value) => sameValue(field, value, subject.value.reveal()));
    } catch (error) {
      // Erased meanwhile.
      if (error instanceof Refusal && error.code === 'not_found') return false;
      throw error;
    }
  }

  async #field(accountId: string, key: string): Promise<CustomField | undefined> {
    const { dpa } = await this.#deps.settings.get(accountId);
    return dpa.customFields.find((field) => field.key === key);
  }
}
