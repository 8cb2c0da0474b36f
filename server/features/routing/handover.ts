import {
  type ActiveConversation,
  type Conversation,
  handedTo,
  handedToDepartment,
  mayWith,
  nothingSuch,
  Private,
  Refusal,
  requireMayRead,
  requireWith,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { MessagePipeline } from '../../pipeline/message-pipeline.ts';
import type { Broadcaster, Clock, ConversationStore, Ids, PresenceStore } from '../../ports/index.ts';
import type { Access } from '../access/index.ts';
import type { ConversationChanger } from '../conversations/change-conversation.ts';
import type { ConversationNotifier } from '../conversations/notifier.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { Routing } from './routing.ts';

export interface HandoverDeps {
  readonly routing: Pick<Routing, 'accept' | 'announce' | 'released' | 'takeSlotByHand'>;
  readonly presence: PresenceStore;
  readonly conversations: ConversationStore;
  readonly changer: ConversationChanger;
  readonly notifier: ConversationNotifier;
  readonly access: Pick<Access, 'member'>;
  readonly departments: Pick<DepartmentDirectory, 'find'>;
  readonly pipeline: Pick<MessagePipeline, 'send'>;
  readonly broadcaster: Pick<Broadcaster, 'endWatching'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** To whom a chat is handed on: one agent, or the queue of a department. */
export interface TransferInput {
  readonly conversationId: string;
  readonly toAgentId?: string | undefined;
  readonly toDepartmentId?: string | undefined;
  /** For staff; it is redacted and kept like a message. */
  readonly note?: string | undefined;
}

/**
 * Moves open chats between agents. The one who gets a chat has their slot taken first, then the chat becomes theirs, both
 * by conditional writes: of two who move a chat at once, one succeeds.
 */
export class Handover {
  readonly #deps: HandoverDeps;

  constructor(deps: HandoverDeps) {
    this.#deps = deps;
  }

  /**
   * An agent hands on what is theirs, a supervisor anybody's. To an agent who has it already it leaves the note alone.
   * @throws Refusal `not_found`, `forbidden` when it is another agent's, `conversation.closed`, `conversation.taken`,
   *   `agent.at_capacity`, `agent.offline`, `department.unknown`, `invalid_value`
   */
  async transfer(agent: StaffPrincipal, input: TransferInput): Promise<Conversation> {
    const conversation = await this.#find(agent, input.conversationId);
    requireOwnOrSupervised(agent, conversation);
    const { toAgentId, toDepartmentId } = input;
    if (toAgentId !== undefined && toDepartmentId === undefined)
      return this.#toAgent(agent, { ...input, toAgentId }, conversation);
    if (toDepartmentId !== undefined && toAgentId === undefined)
      return this.#toDepartment(agent, { ...input, toDepartmentId }, conversation);
    throw invalid('toAgentId', 'give either toAgentId or toDepartmentId');
  }

  /**
   * The chat is the supervisor's, whoever had it.
   * @throws Refusal `not_found`, `conversation.closed`, `conversation.taken` when another was quicker,
   *   `agent.at_capacity`, `agent.offline`
   */
  async takeOver(supervisor: StaffPrincipal, conversationId: string): Promise<ActiveConversation> {
    const conversation = await this.#find(supervisor, conversationId);
    requireWith(supervisor, 'conversation:supervise', conversation);
    if (conversation.status !== 'active' || conversation.agentId === supervisor.userId)
      return this.#deps.routing.accept(supervisor, conversationId);
    await this.#deps.routing.takeSlotByHand(supervisor);
    return this.#give(conversation, supervisor.userId);
  }

  /** @throws Refusal `not_found` */
  async #find(staff: StaffPrincipal, conversationId: string): Promise<Conversation> {
    const conversation = await this.#deps.conversations.get(staff.accountId, conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
    requireWith(staff, 'conversation:handle', conversation);
    requireMayRead(staff, conversation);
    return conversation;
  }

  async #toAgent(
    agent: StaffPrincipal,
    { toAgentId, note }: TransferInput & { readonly toAgentId: string },
    conversation: ActiveConversation,
  ): Promise<Conversation> {
    const { accountId } = conversation;
    if (conversation.agentId === toAgentId) {
      await this.#leaveNote(agent, conversation, note);
      return conversation;
    }
    const member = await this.#deps.access.member(toAgentId, accountId);
    if (member === undefined)
      throw nothingSuch(
        [{ path: 'toAgentId', kind: 'user', id: toAgentId }],
        'cannot take this conversation',
      );
    if (!mayWith(member, 'conversation:handle', conversation))
      throw invalid('toAgentId', 'cannot take this conversation');
    await this.#takeSlotOf(accountId, toAgentId);
    await this.#giveBackWhenRefused(accountId, toAgentId, () => this.#leaveNote(agent, conversation, note));
    return this.#give(conversation, toAgentId);
  }

  async #toDepartment(
    agent: StaffPrincipal,
    { toDepartmentId, note }: TransferInput & { readonly toDepartmentId: string },
    conversation: ActiveConversation,
  ): Promise<Conversation> {
    const { accountId, id, agentId } = conversation;
    if ((await this.#deps.departments.find(accountId, toDepartmentId)) === undefined)
      throw new Refusal('department.unknown', { missing: { kind: 'department', id: toDepartmentId } });
    if (conversation.departmentId === toDepartmentId) throw invalid('toDepartmentId', 'has it already');
    await this.#leaveNote(agent, conversation, note);
    const queued = await this.#deps.changer.change({ accountId, conversationId: id }, (current) => {
      if (current.status === 'active' && current.agentId !== agentId) throw new Refusal('conversation.taken');
      return handedToDepartment(current, toDepartmentId);
    });
    await this.#deps.notifier.changed(queued, agentId);
    // Who watches may have no business in the other department.
    this.#deps.broadcaster.endWatching(id);
    this.#deps.notifier.queueChanged(accountId);
    await this.#deps.routing.released(accountId, agentId);
    const current = (await this.#deps.conversations.get(accountId, id)) ?? queued;
    if (current.status === 'queued') this.#deps.notifier.offered(current);
    return current;
  }

  /** Makes it the agent's, whose slot is taken. */
  async #give(conversation: ActiveConversation, agentId: string): Promise<ActiveConversation> {
    const { accountId, id, agentId: formerId } = conversation;
    const given = await this.#giveBackWhenRefused(accountId, agentId, () =>
      this.#deps.changer.change({ accountId, conversationId: id }, (current) =>
        handedTo(current, { from: formerId, to: agentId }, this.#deps.clock.now()),
      ),
    );
    await this.#deps.notifier.assigned(given, formerId);
    await this.#deps.routing.announce(accountId, agentId);
    await this.#deps.routing.released(accountId, formerId);
    return given;
  }

  async #giveBackWhenRefused<T>(accountId: string, agentId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#deps.presence.releaseSlot(accountId, agentId);
      throw error;
    }
  }

  async #takeSlotOf(accountId: string, agentId: string): Promise<void> {
    const now = this.#deps.clock.now();
    if (await this.#deps.presence.takeSlot({ accountId, agentId, now })) return;
    const presence = await this.#deps.presence.get(accountId, agentId);
    const isThere = presence?.status === 'online' && presence.leaseUntil >= now;
    throw new Refusal(isThere ? 'agent.at_capacity' : 'agent.offline');
  }

  async #leaveNote(
    agent: StaffPrincipal,
    { accountId, id }: Conversation,
    note: string | undefined,
  ): Promise<void> {
    if (note === undefined) return;
    await this.#deps.pipeline.send({
      draft: {
        accountId,
        conversationId: id,
        clientId: this.#deps.ids.id(),
        from: { kind: 'agent', id: agent.userId, name: agent.name },
        kind: 'note',
        text: new Private(note),
      },
      sender: { kind: 'agent', agentId: agent.userId },
    });
  }
}

/** @throws Refusal `conversation.closed`, `forbidden` */
function requireOwnOrSupervised(
  agent: StaffPrincipal,
  conversation: Conversation,
): asserts conversation is ActiveConversation {
  if (conversation.status === 'closed') throw new Refusal('conversation.closed');
  const isTheirs = conversation.status === 'active' && conversation.agentId === agent.userId;
  if (isTheirs) return;
  if (conversation.status === 'queued' || !mayWith(agent, 'conversation:supervise', conversation))
    throw new Refusal('forbidden', { detail: 'Accept the conversation first: it is not yours.' });
}

function invalid(path: string, message: string): Refusal {
  return new Refusal('invalid_value', { errors: [{ path, message }] });
}
