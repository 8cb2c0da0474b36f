import type { AgentEvents, WireConversation } from '../../../shared/protocol/index.ts';
import {
  type Conversation,
  departmentsOf,
  Refusal,
  requireMayRead,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Broadcaster, ConversationStore } from '../../ports/index.ts';
import { presentConversation } from '../../presenters/conversation-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { AgentNames } from './agent-names.ts';
import type { Conversations } from './conversations.ts';

const LISTED_QUEUE = 200;

export interface AgentInboxDeps {
  readonly conversations: Conversations;
  readonly store: ConversationStore;
  readonly names: AgentNames;
  readonly broadcaster: Broadcaster;
  readonly audit: Audit;
}

/** What an agent's console shows: the queue, their own chats, and one chat in full. */
export class AgentInbox {
  readonly #deps: AgentInboxDeps;

  constructor(deps: AgentInboxDeps) {
    this.#deps = deps;
  }

  /** Next in line first. */
  async queue(agent: StaffPrincipal): Promise<{ items: readonly WireConversation[] }> {
    const { accountId } = agent;
    const departments = departmentsOf(agent, 'conversation:read');
    const filter = { accountId, limit: LISTED_QUEUE, ...(departments && { departments }) };
    const waiting = await this.#deps.store.queue(filter);
    return { items: await Promise.all(waiting.map((conversation) => this.present(conversation))) };
  }

  async chatsOf(agent: StaffPrincipal): Promise<{ items: readonly WireConversation[] }> {
    const theirs = await this.#deps.store.openOfAgent(agent.accountId, agent.userId);
    return { items: await Promise.all(theirs.map((conversation) => this.present(conversation))) };
  }

  /** A chat's messages after `afterSeq` and its whole state. Reading another agent's chat is audited. */
  async resume(
    agent: StaffPrincipal,
    ref: AgentEvents['chat:resume']['payload'],
  ): Promise<AgentEvents['chat:resume']['data']> {
    const { accountId, userId } = agent;
    const conversation = await this.#deps.store.get(accountId, ref.conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
    requireMayRead(agent, conversation);
    const resumed = await this.#deps.conversations.resume({ kind: 'agent', agentId: userId, accountId }, ref);
    if (conversation.status === 'queued' || conversation.agentId !== userId) {
      await this.#deps.audit.record({
        accountId,
        actor: { kind: 'user', id: userId },
        action: 'transcript.read',
        target: { kind: 'conversation', id: conversation.id },
        details: { live: true },
      });
    }
    return { ...resumed, conversation: await this.present(conversation) };
  }

  async present(conversation: Conversation): Promise<WireConversation> {
    const [agentName, visitorOnline] = await Promise.all([
      this.#deps.names.ofConversation(conversation),
      this.#deps.broadcaster.visitorOnline(conversation.sessionId),
    ]);
    return presentConversation(conversation, { agentName, visitorOnline });
  }
}
