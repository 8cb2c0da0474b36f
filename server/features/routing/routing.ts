import type { PresenceStatus } from '../../../shared/protocol/index.ts';
import {
  type ActiveConversation,
  type AgentPresence,
  assigned,
  type Conversation,
  may,
  mayWith,
  Refusal,
  requeued,
  requireWith,
  type StaffPrincipal,
} from '../../domain/index.ts';
import { pickAgent } from '../../domain/routing.ts';
import {
  type Broadcaster,
  type Clock,
  type ConversationStore,
  type Logger,
  logId,
  type PresenceStore,
} from '../../ports/index.ts';
import { presentPresence } from '../../presenters/presence-presenter.ts';
import type { Access } from '../access/index.ts';
import type { ConversationChanger } from '../conversations/change-conversation.ts';
import type { ConversationNotifier } from '../conversations/notifier.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** A connected agent's lease is renewed this often and lasts at least three times as long. */
const LEASE_RENEWAL_MS = 10_000;
const MIN_LEASE_MS = 3 * LEASE_RENEWAL_MS;
/** How often leases that ran out are looked for; part of the time until a chat goes back to the queue. */
const LEASE_SWEEP_MS = 2_000;
const QUEUE_PAGE = 50;
const EXPIRED_PAGE = 100;

export interface RoutingDeps {
  readonly presence: PresenceStore;
  readonly conversations: ConversationStore;
  readonly changer: ConversationChanger;
  readonly notifier: ConversationNotifier;
  readonly settings: AccountSettingsReader;
  readonly access: Pick<Access, 'member'>;
  readonly departments: Pick<DepartmentDirectory, 'find'>;
  readonly broadcaster: Broadcaster;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings conversations and agents together. Slots and conversations are claimed by conditional writes in the
 * store, so what two nodes do at once adds up right.
 */
export class Routing {
  readonly #deps: RoutingDeps;
  /** Sockets of connected agents on this node, by account and agent. */
  readonly #connected = new Map<string, { accountId: string; agentId: string; sockets: number }>();
  /** Connecting, leaving and saying what one wants to be follow each other, agent by agent. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** One assignment at a time for each account; a call meanwhile makes it run once more. */
  readonly #draining = new Map<string, { again: boolean; done: Promise<void> }>();
  readonly #stops: (() => void)[];

  constructor(deps: RoutingDeps) {
    this.#deps = deps;
    this.#stops = [
      deps.clock.every(LEASE_RENEWAL_MS, () => this.#background(this.#renewLeases())),
      deps.clock.every(LEASE_SWEEP_MS, () => this.#background(this.sweepLeases())),
    ];
  }

  /** A staff socket has connected: the lease lives, the intent stays as it was. */
  connected(agent: StaffPrincipal): Promise<AgentPresence> {
    return this.#inTurn(agent, async (key) => {
      const { accountId, userId: agentId } = agent;
      const entry = this.#connected.get(key) ?? { accountId, agentId, sockets: 0 };
      entry.sockets += 1;
      this.#connected.set(key, entry);
      await this.#renew(accountId, [agentId]);
      const known = await this.#deps.presence.get(accountId, agentId);
      if (known !== undefined) return this.#corrected(known);
      const capacity = await this.#defaultCapacity(accountId);
      return this.#corrected(await this.#put(agent, { status: 'offline', capacity }));
    });
  }

  /** A staff socket is gone; when it was the last one, the account's grace period begins. */
  disconnected(agent: StaffPrincipal): Promise<void> {
    return this.#inTurn(agent, async (key) => {
      const entry = this.#connected.get(key);
      if (entry === undefined) return;
      entry.sockets -= 1;
      if (entry.sockets > 0) return;
      this.#connected.delete(key);
      const { agentGraceMs } = (await this.#deps.settings.get(agent.accountId)).routing;
      const leaseUntil = this.#deps.clock.now() + agentGraceMs;
      const { accountId, userId } = agent;
      await this.#deps.presence.renewLease({ accountId, agentIds: [userId], leaseUntil });
    });
  }

  /** What the agent wants to be. */
  async setPresence(
    agent: StaffPrincipal,
    intent: { status: PresenceStatus; capacity?: number | undefined },
  ): Promise<AgentPresence> {
    const standing = await this.#inTurn(agent, async () => {
      const known = await this.#deps.presence.get(agent.accountId, agent.userId);
      const capacity = intent.capacity ?? known?.capacity ?? (await this.#defaultCapacity(agent.accountId));
      return this.#corrected(await this.#put(agent, { status: intent.status, capacity }));
    });
    this.#deps.broadcaster.toStaff(agent.accountId, 'presence:update', presentPresence(standing));
    if (standing.status === 'online') await this.drain(agent.accountId);
    return standing;
  }

  /**
   * An agent takes a conversation by hand: their own decision, so being away does not stop it; being full does.
   * Taking what one has already answers it.
   * @throws Refusal `conversation.taken`, `conversation.closed`, `agent.at_capacity`, `not_found`
   */
  async accept(agent: StaffPrincipal, conversationId: string): Promise<ActiveConversation> {
    const { accountId, userId: agentId } = agent;
    const current = await this.#deps.conversations.get(accountId, conversationId);
    if (current === undefined) throw new Refusal('not_found');
    requireWith(agent, 'conversation:handle', current);
    if (current.status === 'active' && current.agentId === agentId) return current;
    if (current.status !== 'queued') assigned(current, agentId, 0);
    await this.#takeSlotByHand(agent);
    const active = await this.#claim(current, agentId);
    await this.#deps.notifier.assigned(active);
    return active;
  }

  /** A conversation of this agent has ended or moved on: the slot is free, and the next in line may come. */
  async released(accountId: string, agentId: string): Promise<void> {
    await this.#deps.presence.releaseSlot(accountId, agentId);
    await this.#announce(accountId, agentId);
    await this.drain(accountId);
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

  /** After a start: what waited while nothing ran is looked at once. */
  async drainAll(): Promise<void> {
    for (const accountId of await this.#deps.conversations.accountsWithQueue()) await this.drain(accountId);
  }

  /**
   * Agents whose lease ran out are offline, and their chats go back to the queue; also of those who had said that
   * they take no more and then left with chats open.
   */
  async sweepLeases(): Promise<void> {
    for (const { accountId, agentId } of await this.#deps.presence.expired(
      this.#deps.clock.now(),
      EXPIRED_PAGE,
    )) {
      const expired = await this.#inTurn({ accountId, userId: agentId }, () =>
        this.#expire(accountId, agentId),
      );
      if (expired) await this.drain(accountId);
    }
  }

  /** Who may not work in the account any more gets no new chat from here on, and loses those they have. */
  async standDown(accountId: string, agentId: string): Promise<void> {
    await this.#inTurn({ accountId, userId: agentId }, async (key) => {
      this.#connected.delete(key);
      await this.#goOffline(accountId, agentId);
    });
    await this.drain(accountId);
  }

  /** What an agent may do has changed: chats that they may not handle any more go to others. */
  async reconsider(accountId: string, agentId: string): Promise<void> {
    const member = await this.#deps.access.member(agentId, accountId);
    if (member === undefined || !may(member, 'conversation:handle'))
      return this.standDown(accountId, agentId);
    const theirs = await this.#deps.conversations.openOfAgent(accountId, agentId);
    const lost = theirs.filter((conversation) => !mayWith(member, 'conversation:handle', conversation));
    for (const conversation of lost) await this.#requeue(conversation, agentId);
    await this.drain(accountId);
  }

  close(): void {
    for (const stop of this.#stops) stop();
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
    await this.#announce(conversation.accountId, agentId);
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

  async #takeSlotByHand(agent: StaffPrincipal): Promise<void> {
    const query = { accountId: agent.accountId, agentId: agent.userId, now: this.#deps.clock.now() };
    if (await this.#deps.presence.takeSlot(query)) return;
    const presence = await this.#deps.presence.get(agent.accountId, agent.userId);
    if (presence !== undefined && presence.active >= presence.capacity)
      throw new Refusal('agent.at_capacity');
    if (!(await this.#deps.presence.takeSlot({ ...query, force: true }))) throw new Refusal('agent.offline');
  }

  /** Answers false when the agent came back since they were found gone. */
  async #expire(accountId: string, agentId: string): Promise<boolean> {
    const presence = await this.#deps.presence.get(accountId, agentId);
    if (presence === undefined || presence.leaseUntil >= this.#deps.clock.now()) return false;
    await this.#goOffline(accountId, agentId);
    return true;
  }

  /** Offline first, so that what goes back to the queue does not come straight back. */
  async #goOffline(accountId: string, agentId: string): Promise<void> {
    const presence = await this.#deps.presence.get(accountId, agentId);
    if (presence === undefined) return;
    const { active: _active, ...intent } = presence;
    await this.#deps.presence.put({ ...intent, status: 'offline' });
    const theirs = await this.#deps.conversations.openOfAgent(accountId, agentId);
    for (const conversation of theirs) await this.#requeue(conversation, agentId);
    await this.#corrected((await this.#deps.presence.get(accountId, agentId)) ?? presence);
    await this.#announce(accountId, agentId);
  }

  async #requeue(conversation: Conversation, agentId: string): Promise<void> {
    const ref = { accountId: conversation.accountId, conversationId: conversation.id };
    try {
      const queued = await this.#deps.changer.change(ref, (current) => {
        if (current.status !== 'active' || current.agentId !== agentId) throw new Refusal('conflict');
        return requeued(current);
      });
      await this.#deps.presence.releaseSlot(conversation.accountId, agentId);
      await this.#deps.notifier.changed(queued, agentId);
      this.#deps.notifier.queueChanged(conversation.accountId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #put(
    agent: StaffPrincipal,
    intent: { status: PresenceStatus; capacity: number },
  ): Promise<AgentPresence> {
    const { agentGraceMs } = (await this.#deps.settings.get(agent.accountId)).routing;
    return this.#deps.presence.put({
      accountId: agent.accountId,
      agentId: agent.userId,
      name: agent.name,
      status: intent.status,
      capacity: intent.capacity,
      leaseUntil: this.#deps.clock.now() + Math.max(agentGraceMs, MIN_LEASE_MS),
    });
  }

  /** Counts the agent's open chats and mends the number of slots taken, should a crash have left it wrong. */
  async #corrected(presence: AgentPresence): Promise<AgentPresence> {
    const { accountId, agentId, active: seen } = presence;
    const counted = (await this.#deps.conversations.openOfAgent(accountId, agentId)).length;
    if (counted === seen) return presence;
    await this.#deps.presence.correctActive({ accountId, agentId, seen, counted });
    return (await this.#deps.presence.get(accountId, agentId)) ?? presence;
  }

  async #announce(accountId: string, agentId: string): Promise<void> {
    const presence = await this.#deps.presence.get(accountId, agentId);
    if (presence === undefined) return;
    this.#deps.broadcaster.toStaff(accountId, 'presence:update', presentPresence(presence));
  }

  async #renewLeases(): Promise<void> {
    const byAccount = new Map<string, string[]>();
    for (const { accountId, agentId } of this.#connected.values()) {
      byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), agentId]);
    }
    for (const [accountId, agentIds] of byAccount) await this.#renew(accountId, agentIds);
  }

  async #renew(accountId: string, agentIds: readonly string[]): Promise<void> {
    const { agentGraceMs } = (await this.#deps.settings.get(accountId)).routing;
    const leaseUntil = this.#deps.clock.now() + Math.max(agentGraceMs, MIN_LEASE_MS);
    await this.#deps.presence.renewLease({ accountId, agentIds, leaseUntil });
  }

  #inTurn<T>(
    agent: Pick<StaffPrincipal, 'accountId' | 'userId'>,
    work: (key: string) => Promise<T>,
  ): Promise<T> {
    const key = `${agent.accountId}\n${agent.userId}`;
    const before = this.#turns.get(key) ?? Promise.resolve();
    const result = before.then(() => work(key));
    const turn = result
      .catch(() => {})
      .finally(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return result;
  }

  async #defaultCapacity(accountId: string): Promise<number> {
    return (await this.#deps.settings.get(accountId)).routing.defaultCapacity;
  }

  #background(work: Promise<void>): void {
    work.catch((error) => this.#deps.logger.error('routing work failed', error, { room: logId('routing') }));
  }
}
