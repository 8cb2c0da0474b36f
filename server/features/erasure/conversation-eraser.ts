import { type Conversation, isHeld, Refusal } from '../../domain/index.ts';
import type { KeyVault } from '../../pipeline/key-vault.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type {
  Broadcaster,
  ChangeBus,
  Clock,
  ConversationEvents,
  ConversationStore,
  Erasable,
  ErasureList,
  ErasureScope,
  Logger,
} from '../../ports/index.ts';
import { presentChatUpdate, presentConversation } from '../../presenters/conversation-presenter.ts';
import type { Routing } from '../routing/routing.ts';
import { type Counts, sumOf } from './counts.ts';

/** What another node or a task under way wrote after an erasure is deleted by looking again, this often ... */
const LOOK_AGAIN_MS = 15_000;
/** ... for so long: no task that read a transcript before it was erased takes longer to write. */
const LOOK_FOR_MS = 60_000;

export interface ConversationEraserDeps {
  readonly conversations: ConversationStore;
  /** Every part that keeps something about a conversation, a visitor or an account. */
  readonly erasables: readonly Erasable[];
  readonly erasureList: Pick<ErasureList, 'append'>;
  /** Whether a hold keeps what the visitor did; it would go with a conversation of theirs. */
  readonly isSessionHeld: (sessionId: string) => Promise<boolean>;
  readonly vault: Pick<KeyVault, 'destroyDataKey'>;
  readonly lanes: Lanes;
  readonly routing: Routing;
  readonly broadcaster: Broadcaster;
  readonly bus: Pick<ChangeBus, 'publish'>;
  readonly events: Pick<ConversationEvents, 'tell'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The end of a transcript: its key first, which makes every copy unreadable, backups included; then what every
 * part keeps of it, and the conversation itself. Safe while messages are being written, and twice.
 */
export class ConversationEraser {
  readonly #deps: ConversationEraserDeps;
  readonly #recent = new Map<string, { scope: ErasureScope; until: number }>();
  readonly #stop: () => void;

  constructor(deps: ConversationEraserDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(LOOK_AGAIN_MS, () => {
      this.lookAgain().catch((error) => deps.logger.error('what came after an erasure stays for now', error));
    });
  }

  /**
   * Erases it; answers what was deleted, undefined when another was quicker.
   * @throws Refusal `legal_hold.active`
   */
  async erase(conversation: Conversation): Promise<Counts | undefined> {
    const { id, accountId, sessionId } = conversation;
    await this.#requireFree(conversation);
    const at = this.#deps.clock.now();
    await this.#deps.erasureList.append([{ id, kind: 'conversation', accountId, at }]);
    await this.#stopWriting(conversation);
    const dataKeys = (await this.#deps.vault.destroyDataKey(id)) ? 1 : 0;
    const scope: ErasureScope = { kind: 'conversation', accountId, conversationId: id, sessionId };
    const before = await this.eraseParts(scope);
    // An agent may have taken it since it was read.
    const last = (await this.#deps.conversations.get(accountId, id)) ?? conversation;
    const deleted = await this.#deps.conversations.delete(accountId, id);
    // Who came in while the key was being destroyed may have it still, and may have written with it.
    await this.#stopWriting(conversation);
    const counts = sumOf(before, await this.eraseParts(scope), { dataKeys });
    if (!deleted) return undefined;
    this.#deps.events.tell({ name: 'transcript.erased', accountId, conversationId: id });
    await this.#tell(last).catch((error) => this.#deps.logger.error('an erased chat was not told of', error));
    return sumOf(counts, { conversations: 1 });
  }

  /** Calls every part for the scope, and again in a while. */
  async eraseParts(scope: ErasureScope): Promise<Counts> {
    this.#recent.set(JSON.stringify(scope), { scope, until: this.#deps.clock.now() + LOOK_FOR_MS });
    const { bus } = this.#deps;
    if (scope.kind === 'session') bus.publish({ kind: 'session-erased', sessionId: scope.sessionId });
    if (scope.kind === 'account') bus.publish({ kind: 'account-erased', accountId: scope.accountId });
    return this.#callParts(scope);
  }

  /** Deletes what was written after its erasure by who had read before it. */
  async lookAgain(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const [name, { scope, until }] of this.#recent) {
      await this.#callParts(scope, 'again');
      if (until <= now) this.#recent.delete(name);
    }
  }

  close(): void {
    this.#stop();
  }

  async #callParts(scope: ErasureScope, again?: 'again'): Promise<Counts> {
    const counts: Record<string, number> = {};
    for (const erasable of this.#deps.erasables) {
      if (again === undefined || erasable.startsAnew !== true)
        counts[erasable.keeps] = await erasable.erase(scope);
    }
    return counts;
  }

  async #requireFree({ accountId, id, sessionId }: Conversation): Promise<void> {
    const current = await this.#deps.conversations.get(accountId, id);
    const held = current !== undefined && isHeld(current);
    if (held || (await this.#deps.isSessionHeld(sessionId))) throw new Refusal('legal_hold.active');
  }

  /** New messages are refused from here on; what is being written is waited for, so that it is deleted too. */
  async #stopWriting({ id, sessionId }: Conversation): Promise<void> {
    const lane = this.#deps.lanes.peek(id);
    this.#deps.lanes.end(id);
    await lane?.whenIdle();
    this.#deps.bus.publish({ kind: 'erased', conversationId: id, sessionId });
  }

  /** Those who had the chat open see it end. */
  async #tell(conversation: Conversation): Promise<void> {
    if (conversation.status === 'closed') return;
    const { accountId, sessionId } = conversation;
    const ended = {
      ...conversation,
      status: 'closed' as const,
      closedAt: conversation.startedAt,
      closedBy: 'system' as const,
    };
    this.#deps.broadcaster.toVisitor({ sessionId }, 'chat:update', presentChatUpdate(ended));
    const agentId = conversation.status === 'active' ? conversation.agentId : undefined;
    const target = { accountId, conversationId: conversation.id, agentId };
    this.#deps.broadcaster.toChat(target, 'chat:update', presentConversation(ended));
    this.#deps.broadcaster.endWatching(conversation.id);
    if (agentId === undefined) return;
    await this.#deps.routing.released(accountId, agentId);
  }
}
