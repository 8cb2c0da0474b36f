import type { Conversation, Reach } from '../domain/index.ts';
import {
  type ConversationFilter,
  type ConversationMark,
  type ConversationStore,
  IntegrityError,
  type PlacedAnchor,
  type QueueFilter,
  type StorePage,
} from '../ports/index.ts';
import type { Floors } from './floors.ts';
import type { RecordAlarm } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

const KIND = 'conversations';

type Kept = Conversation & { readonly mac?: string };

export interface GuardedConversationsDeps {
  readonly seal: RecordSeal;
  readonly floors: Pick<Floors, 'begin' | 'note' | 'reachOf'>;
  readonly alarm: RecordAlarm;
}

/**
 * Conversations whose plain fields carry a MAC; one that was altered or moved behind the server's back is refused with
 * `record.tampered`, and an older copy of one when it is opened. The anchor has a MAC of its own, and the end is the
 * retention's.
 */
export class GuardedConversations implements ConversationStore {
  readonly #inner: ConversationStore;
  readonly #deps: GuardedConversationsDeps;

  constructor(inner: ConversationStore, deps: GuardedConversationsDeps) {
    this.#inner = inner;
    this.#deps = deps;
  }

  async create(conversation: Conversation): Promise<Conversation> {
    const standing = await this.#open(await this.#inner.create(await this.seal(conversation)));
    if (standing.id === conversation.id) {
      this.#deps.floors.begin(standing.id);
      this.#deps.floors.note(standing.id, { version: standing.version });
    }
    return standing;
  }

  async get(accountId: string, id: string): Promise<Conversation | undefined> {
    const reach = await this.#reachOf(id);
    const stored = await this.#inner.get(accountId, id);
    if (stored === undefined) return undefined;
    const opened = await this.#open(stored);
    if (opened.version >= reach.version) return opened;
    throw this.#deps.alarm.raise(KIND, id, 'older');
  }

  async replace(next: Conversation): Promise<boolean> {
    const replaced = await this.#inner.replace(await this.seal(next));
    if (replaced) this.#deps.floors.note(next.id, { version: next.version });
    return replaced;
  }

  async list(filter: ConversationFilter): Promise<StorePage<Conversation>> {
    const page = await this.#inner.list(filter);
    return { ...page, items: await this.#openAll(page.items) };
  }

  async findOpenBySession(sessionId: string): Promise<Conversation | undefined> {
    const stored = await this.#inner.findOpenBySession(sessionId);
    return stored && this.#open(stored);
  }

  async queue(filter: QueueFilter & { readonly limit: number }): Promise<readonly Conversation[]> {
    return this.#openAll(await this.#inner.queue(filter));
  }

  queueLength(filter: QueueFilter): Promise<number> {
    return this.#inner.queueLength(filter);
  }

  queuedDepartments(accountId: string): Promise<readonly (string | null)[]> {
    return this.#inner.queuedDepartments(accountId);
  }

  countFree(query: { accountId: string; from: number; to: number }): Promise<number> {
    return this.#inner.countFree(query);
  }

  async openOfAgent(accountId: string, agentId: string): Promise<readonly Conversation[]> {
    return this.#openAll(await this.#inner.openOfAgent(accountId, agentId));
  }

  accountsWithQueue(): Promise<readonly string[]> {
    return this.#inner.accountsWithQueue();
  }

  async anchor(anchors: readonly PlacedAnchor[]): Promise<void> {
    await this.#inner.anchor(anchors);
    for (const { conversationId, anchor } of anchors)
      this.#deps.floors.note(conversationId, { seq: anchor.seq });
  }

  marks(ids: readonly string[]): Promise<ReadonlyMap<string, ConversationMark>> {
    return this.#inner.marks(ids);
  }

  delete(accountId: string, id: string): Promise<boolean> {
    return this.#inner.delete(accountId, id);
  }

  /** The conversation with its MAC, as it is kept. */
  async seal(conversation: Conversation): Promise<Kept> {
    return { ...conversation, mac: await this.#deps.seal.mac(KIND, contentOf(conversation)) };
  }

  isWhole(stored: Kept): Promise<boolean> {
    return this.#deps.seal.holds(KIND, contentOf(stored), stored.mac);
  }

  async #reachOf(id: string): Promise<Reach> {
    try {
      return await this.#deps.floors.reachOf(id);
    } catch (error) {
      throw error instanceof IntegrityError ? this.#deps.alarm.raise(KIND, id, 'altered') : error;
    }
  }

  async #open(stored: Kept): Promise<Conversation> {
    if (!(await this.isWhole(stored))) throw this.#deps.alarm.raise(KIND, stored.id, 'altered');
    const { mac: _mac, ...conversation } = stored;
    return conversation;
  }

  #openAll(stored: readonly Kept[]): Promise<readonly Conversation[]> {
    return Promise.all(stored.map((one) => this.#open(one)));
  }
}

function contentOf(stored: Kept): object {
  const { mac: _mac, anchor: _anchor, expiresAt: _end, ...content } = stored;
  return content;
}
