import type { Conversation } from '../../domain/index.ts';
import type {
  Broadcaster,
  Clock,
  ConversationEvents,
  ConversationStore,
  Logger,
  Metrics,
} from '../../ports/index.ts';
import { presentChatUpdate, presentConversation } from '../../presenters/conversation-presenter.ts';
import type { AgentNames } from './agent-names.ts';

/** Queue changes of an account are told together, at most this often. */
const QUEUE_NOTICE_MS = 150;
/** Visitors further back than this learn their place when they come nearer. */
const TOLD_POSITIONS = 500;

export interface NotifierDeps {
  readonly broadcaster: Broadcaster;
  readonly conversations: ConversationStore;
  readonly names: AgentNames;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Pick<ConversationEvents, 'tell'>;
}

/** Tells the parties of a conversation, and those who wait, what has changed. */
export class ConversationNotifier {
  readonly #deps: NotifierDeps;
  readonly #scheduled = new Map<string, () => void>();
  readonly #positions = new Map<string, Map<string, number>>();
  /** Departments that were told that someone waits in them. */
  readonly #told = new Map<string, readonly string[]>();

  constructor(deps: NotifierDeps) {
    this.#deps = deps;
  }

  /** The visitor, the agent concerned and those who watch see the new state; also the agent who had it. */
  async changed(conversation: Conversation, alsoAgentId?: string): Promise<void> {
    const { broadcaster, names } = this.#deps;
    const agentName = await names.ofConversation(conversation);
    const { accountId, sessionId } = conversation;
    broadcaster.toVisitor({ sessionId }, 'chat:update', presentChatUpdate(conversation, { agentName }));
    const view = presentConversation(conversation, { agentName });
    const agentId = agentIdOf(conversation);
    broadcaster.toChat({ accountId, conversationId: conversation.id, agentId }, 'chat:update', view);
    if (alsoAgentId === undefined || alsoAgentId === agentId) return;
    broadcaster.toAgent({ accountId, agentId: alsoAgentId }, 'chat:update', view);
  }

  /** The conversation is this agent's now, and no more the one's who had it. */
  async assigned(conversation: Conversation, formerAgentId?: string): Promise<void> {
    const agentId = agentIdOf(conversation);
    if (agentId === undefined) return;
    this.#deps.events.tell({ name: 'conversation.assigned', conversation });
    const { accountId, sessionId } = conversation;
    const agentName = await this.#deps.names.ofConversation(conversation);
    const visitorOnline = await this.#deps.broadcaster.visitorOnline(sessionId);
    const view = presentConversation(conversation, { agentName, visitorOnline });
    this.#deps.broadcaster.toAgent({ accountId, agentId }, 'chat:assigned', view);
    await this.changed(conversation, formerAgentId);
  }

  /** The agent sees whether the visitor is there; who left one node may be there at another. */
  async visitorPresence(ref: { id: string; accountId: string }): Promise<void> {
    const conversation = await this.#deps.conversations.get(ref.accountId, ref.id);
    if (conversation?.status !== 'active') return;
    const agentName = await this.#deps.names.ofConversation(conversation);
    const visitorOnline = await this.#deps.broadcaster.visitorOnline(conversation.sessionId);
    const view = presentConversation(conversation, { agentName, visitorOnline });
    const { accountId, agentId } = conversation;
    this.#deps.broadcaster.toChat({ accountId, conversationId: ref.id, agentId }, 'chat:update', view);
  }

  /** Staff may accept this one by hand. */
  offered(conversation: Conversation): void {
    const view = presentConversation(conversation, { visitorOnline: true });
    const { accountId, departmentId = null } = conversation;
    this.#deps.broadcaster.toQueue({ accountId, departmentId }, 'chat:offered', view);
  }

  /** Soon tells staff the length of the queue, and visitors whose place has changed. */
  queueChanged(accountId: string): void {
    if (this.#scheduled.has(accountId)) return;
    const cancel = this.#deps.clock.after(QUEUE_NOTICE_MS, () => {
      this.#scheduled.delete(accountId);
      this.#tellQueue(accountId).catch((error) => this.#deps.logger.error('queue notice failed', error));
    });
    this.#scheduled.set(accountId, cancel);
  }

  /** 1 is next in line. */
  async positionOf(conversation: Conversation): Promise<number | undefined> {
    if (conversation.status !== 'queued') return undefined;
    const { accountId, departmentId = null } = conversation;
    const queue = await this.#deps.conversations.queue({
      accountId,
      departments: [departmentId],
      limit: TOLD_POSITIONS,
    });
    const index = queue.findIndex(({ id }) => id === conversation.id);
    return index === -1 ? undefined : index + 1;
  }

  close(): void {
    for (const cancel of this.#scheduled.values()) cancel();
    this.#scheduled.clear();
  }

  /** Who sees some departments alone is told of each; a department is told once more when nobody waits in it. */
  #tellDepartments(accountId: string, queue: readonly Conversation[]): void {
    const lengths = new Map<string, number>();
    for (const departmentId of this.#told.get(accountId) ?? []) lengths.set(departmentId, 0);
    for (const { departmentId } of queue) {
      if (departmentId !== undefined) lengths.set(departmentId, (lengths.get(departmentId) ?? 0) + 1);
    }
    for (const [departmentId, length] of lengths) {
      const update = { length, departmentId };
      this.#deps.broadcaster.toDepartment({ accountId, departmentId }, 'queue:update', update);
    }
    const waitingIn = [...lengths.keys()].filter((departmentId) => lengths.get(departmentId) !== 0);
    if (waitingIn.length === 0) this.#told.delete(accountId);
    else this.#told.set(accountId, waitingIn);
  }

  async #tellQueue(accountId: string): Promise<void> {
    const [queue, length] = await Promise.all([
      this.#deps.conversations.queue({ accountId, limit: TOLD_POSITIONS }),
      this.#deps.conversations.queueLength({ accountId }),
    ]);
    this.#deps.metrics.gauge('conversations_queued', length);
    this.#deps.broadcaster.toQueue({ accountId, departmentId: null }, 'queue:update', { length });
    this.#tellDepartments(accountId, queue);
    const before = this.#positions.get(accountId);
    const now = placesIn(queue);
    for (const conversation of queue) {
      const queuePosition = now.get(conversation.id);
      if (before?.get(conversation.id) === queuePosition) continue;
      const { sessionId } = conversation;
      const update = presentChatUpdate(conversation, { queuePosition });
      this.#deps.broadcaster.toVisitor({ sessionId }, 'chat:update', update);
    }
    if (now.size === 0) this.#positions.delete(accountId);
    else this.#positions.set(accountId, now);
  }
}

/** 1 is next in line; each department has a line of its own. */
function placesIn(queue: readonly Conversation[]): Map<string, number> {
  const lengths = new Map<string | undefined, number>();
  return new Map(
    queue.map(({ id, departmentId }) => {
      const place = (lengths.get(departmentId) ?? 0) + 1;
      lengths.set(departmentId, place);
      return [id, place];
    }),
  );
}

function agentIdOf(conversation: Conversation): string | undefined {
  return conversation.status === 'queued' ? undefined : conversation.agentId;
}
