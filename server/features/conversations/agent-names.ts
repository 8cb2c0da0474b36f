import { LRUCache } from 'lru-cache';
import type { Conversation, User } from '../../domain/index.ts';
import type { EntityStore } from '../../ports/index.ts';

const REMEMBERED_NAMES = 5_000;
/** A changed name shows after a minute at the latest. */
const NAME_TTL_MS = 60_000;

/** Read model: display names of staff. */
export class AgentNames {
  readonly #users: EntityStore<User>;
  readonly #names = new LRUCache<string, string>({ max: REMEMBERED_NAMES, ttl: NAME_TTL_MS });

  constructor(users: EntityStore<User>) {
    this.#users = users;
  }

  async of(userId: string): Promise<string> {
    const known = this.#names.get(userId);
    if (known !== undefined) return known;
    const name = (await this.#users.get(userId))?.name ?? '';
    this.#names.set(userId, name);
    return name;
  }

  /** Name of the conversation's agent, if it has one. */
  async ofConversation(conversation: Conversation): Promise<string | undefined> {
    if (conversation.status === 'queued' || conversation.agentId === undefined) return undefined;
    return this.of(conversation.agentId);
  }
}
