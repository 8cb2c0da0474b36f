import type { AuditEntry, Conversation } from '../../domain/index.ts';
import type { KeyVault } from '../../pipeline/key-vault.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { Broadcaster, ChangeBus, Erasable, Ids, Stores } from '../../ports/index.ts';
import { presentChatUpdate, presentConversation } from '../../presenters/conversation-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { Routing } from '../routing/routing.ts';

export interface ErasureDeps {
  readonly conversations: Stores['conversations'];
  /** Every part that keeps something about a conversation, a visitor or an account. */
  readonly erasables: readonly Erasable[];
  readonly vault: KeyVault;
  readonly lanes: Lanes;
  readonly routing: Routing;
  readonly broadcaster: Broadcaster;
  readonly bus: ChangeBus;
  readonly audit: Audit;
  readonly ids: Ids;
}

/** Records deleted, by what kept them: `{messages: 4, profiles: 1}`. */
type Counts = Readonly<Record<string, number>>;

/**
 * The end of a transcript: its key first, which makes every copy unreadable, backups included; then what every
 * part keeps of it, and the conversation itself. Safe while messages are being written, and twice.
 */
export class Erasure {
  readonly #deps: ErasureDeps;

  constructor(deps: ErasureDeps) {
    this.#deps = deps;
  }

  /** Erases it and answers the id under which the audit log keeps that it was done. */
  async erase(conversation: Conversation, actor: AuditEntry['actor']): Promise<string> {
    const { id, accountId } = conversation;
    await this.#stopWriting(id);
    await this.#deps.vault.destroyDataKey(id);
    const before = await this.#deleteParts(conversation);
    // An agent may have taken it since it was read.
    const last = (await this.#deps.conversations.get(accountId, id)) ?? conversation;
    await this.#deps.conversations.delete(accountId, id);
    // Who came in while the key was being destroyed may have it still, and may have written with it.
    await this.#stopWriting(id);
    const counts = sumOf(before, await this.#deleteParts(conversation));
    const certificateId = this.#deps.ids.id();
    const target = { kind: 'conversation', id };
    const details = { certificateId, ...counts };
    await this.#deps.audit.record({ accountId, actor, action: 'transcript.erased', target, details });
    await this.#tell(last);
    return certificateId;
  }

  async #deleteParts({ id, accountId, sessionId }: Conversation): Promise<Counts> {
    const scope = { kind: 'conversation', accountId, conversationId: id, sessionId } as const;
    const counts: Record<string, number> = {};
    for (const erasable of this.#deps.erasables) counts[erasable.keeps] = await erasable.erase(scope);
    return counts;
  }

  /** New messages are refused from here on; what is being written is waited for, so that it is deleted too. */
  async #stopWriting(id: string): Promise<void> {
    const lane = this.#deps.lanes.peek(id);
    if (lane !== undefined) {
      lane.gone = true;
      await lane.whenIdle();
    }
    this.#deps.lanes.drop(id);
    this.#deps.bus.publish({ kind: 'erased', conversationId: id });
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
    if (conversation.status !== 'active') return;
    const { agentId } = conversation;
    this.#deps.broadcaster.toAgent({ accountId, agentId }, 'chat:update', presentConversation(ended));
    await this.#deps.routing.released(accountId, agentId);
  }
}

/** Counts of nothing are left out. */
function sumOf(one: Counts, other: Counts): Counts {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const sums = names.map((name): [string, number] => [name, (one[name] ?? 0) + (other[name] ?? 0)]);
  return Object.fromEntries(sums.filter(([, sum]) => sum > 0));
}
