import {
  type ActiveConversation,
  type AgentPresence,
  assigned,
  type Conversation,
  mayWith,
  Refusal,
  requeued,
  type StaffPrincipal,
} from '../../domain/index.ts';
import { pickAgent } from '../../domain/routing.ts';
import type { Clock, ConversationStore, PresenceStore } from '../../ports/index.ts';
import type { Access } from '../access/index.ts';
import type { ConversationChanger } from '../conversations/change-conversation.ts';
import type { ConversationNotifier } from '../conversations/notifier.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { Attendance } from './attendance.ts';

const QUEUE_PAGE = 50;

export interface AssignmentDeps {
  readonly attendance: Pick<Attendance, 'announce'>;
  readonly presence: PresenceStore;
  readonly conversations: ConversationStore;
  readonly changer: ConversationChanger;
  readonly notifier: ConversationNotifier;
  readonly settings: AccountSettingsReader;
  readonly access: Pick<Access, 'member'>;
  readonly departments: Pick<DepartmentDirectory, 'find'>;
  readonly clock: Clock;
}

/**
 * Moves conversations between the queue and the agents. An agent's slot is taken first, then the conversation becomes
 * theirs; both by conditional writes in the store, so what two nodes do at once adds up right.
 */
export class Assignment {
  readonly #deps: AssignmentDeps;
  /** One run at a time for each account; a call meanwhile makes it run once more. */
  readonly #draining = new Map<string, { again: boolean; done: Promise<void> }>();

  constructor(deps: AssignmentDeps) {
    this.#deps = deps;
  }

  /**
   * Gives waiting conversations to free agents, in order of arrival, until either runs out. Does nothing
   * where the account assigns by hand.
   */
  async drain(accountId: string): Promise<void> {
    const running = this.#draining.get(accountId);
    if (running !== undefined) {
      running.again = true;
      return running.done;
    }
    const state = { again: false, done: Promise.resolve() };
    state.done = this.#drainRepeatedly(accountId, state).finally(() => this.#draining.delete(accountId));
    this.#draining.set(accountId, state);
    return state.done;
  }

  /**
   * The agent takes it by hand: their own decision, so being away does not stop it; being full does.
   * @throws Refusal `conversation.taken`, `conversation.closed`, `agent.at_capacity`, `agent.offline`
   */
  async takeByHand(agent: StaffPrincipal, conversation: Conversation): Promise<ActiveConversation> {
    if (conversation.status !== 'queued') assigned(conversation, agent.userId, 0);
    await this.takeSlotByHand(agent);
    const active = await this.#claim(conversation, agent.userId);
    await this.#deps.notifier.assigned(active);
    return active;
  }

  /** @throws Refusal `agent.at_capacity`, `agent.offline` */
  async takeSlotByHand({ accountId, userId: agentId }: StaffPrincipal): Promise<void> {
    const query = { accountId, agentId, now: this.#deps.clock.now() };
    if (await this.#deps.presence.takeSlot(query)) return;
    const presence = await this.#deps.presence.get(accountId, agentId);
    if (presence !== undefined && presence.active >= presence.capacity)
      throw new Refusal('agent.at_capacity');
    if (!(await this.#deps.presence.takeSlot({ ...query, force: true }))) throw new Refusal('agent.offline');
  }

  /** Puts an agent's conversation back at its old place in the queue, unless it is not theirs any more. */
  async requeue({ accountId, id }: Conversation, agentId: string): Promise<void> {
    try {
      const queued = await this.#deps.changer.change({ accountId, conversationId: id }, (current) => {
        if (current.status !== 'active' || current.agentId !== agentId) throw new Refusal('conflict');
        return requeued(current);
      });
      await this.#deps.presence.releaseSlot(accountId, agentId);
      await this.#deps.notifier.changed(queued, agentId);
      this.#deps.notifier.queueChanged(accountId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #drainRepeatedly(accountId: string, state: { again: boolean }): Promise<void> {
    const { assignment } = (await this.#deps.settings.get(accountId)).routing;
    if (assignment === 'manual') return;
    do {
      state.again = false;
      await this.#drainOnce(accountId);
    } while (state.again);
  }

  /** A department whose agents are all taken is left out from then on; the others go on in order of arrival. */
  async #drainOnce(accountId: string): Promise<void> {
    const { conversations } = this.#deps;
    const open = new Set(await conversations.queuedDepartments(accountId));
    while (open.size > 0) {
      const waiting = await conversations.queue({ accountId, departments: [...open], limit: QUEUE_PAGE });
      let given = 0;
      for (const conversation of waiting) {
        const department = conversation.departmentId ?? null;
        if (!open.has(department)) continue;
        const outcome = await this.#assign(conversation);
        if (outcome === 'no-agent') open.delete(department);
        if (outcome === 'assigned') given += 1;
      }
      if (waiting.length < QUEUE_PAGE) return;
      if (given === 0 && waiting.every(({ departmentId }) => open.has(departmentId ?? null))) return;
    }
  }

  async #assign(conversation: Conversation): Promise<'assigned' | 'gone' | 'no-agent'> {
    const agentId = await this.#takeFreeAgent(conversation);
    if (agentId === undefined) return 'no-agent';
    let active: ActiveConversation;
    try {
      active = await this.#claim(conversation, agentId);
    } catch (error) {
      if (error instanceof Refusal) return 'gone';
      throw error;
    }
    await this.#deps.notifier.assigned(active);
    await this.#deps.attendance.announce(conversation.accountId, agentId);
    return 'assigned';
  }

  /** The free agent with the fewest chats who may handle the conversation, their slot taken. */
  async #takeFreeAgent(conversation: Conversation): Promise<string | undefined> {
    const { accountId } = conversation;
    const now = this.#deps.clock.now();
    const tried = new Set<string>();
    const agents = await this.#agentsFor(conversation);
    for (;;) {
      const best = pickAgent(
        agents.filter(({ agentId }) => !tried.has(agentId)),
        now,
      );
      if (best === undefined) return undefined;
      const { agentId } = best;
      tried.add(agentId);
      const member = await this.#deps.access.member(agentId, accountId);
      const mayHave = member !== undefined && mayWith(member, 'conversation:handle', conversation);
      if (mayHave && (await this.#deps.presence.takeSlot({ accountId, agentId, now }))) return agentId;
    }
  }

  /** Everyone in the account, or the members of the conversation's department. */
  async #agentsFor({ accountId, departmentId }: Conversation): Promise<readonly AgentPresence[]> {
    const agents = await this.#deps.presence.list(accountId);
    if (departmentId === undefined) return agents;
    const members = (await this.#deps.departments.find(accountId, departmentId))?.members ?? [];
    return agents.filter(({ agentId }) => members.includes(agentId));
  }

  /** Makes it the agent's, whose slot is taken; gives the slot back when it does not become theirs. */
  async #claim({ accountId, id }: Conversation, agentId: string): Promise<ActiveConversation> {
    try {
      const active = await this.#deps.changer.change({ accountId, conversationId: id }, (current) =>
        assigned(current, agentId, this.#deps.clock.now()),
      );
      this.#deps.notifier.queueChanged(accountId);
      return active;
    } catch (error) {
      await this.#deps.presence.releaseSlot(accountId, agentId);
      throw error;
    }
  }
}
