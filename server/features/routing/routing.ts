import type { PresenceStatus } from '../../../shared/protocol/index.ts';
import {
  type ActiveConversation,
  type AgentPresence,
  may,
  mayWith,
  Refusal,
  requireWith,
  type StaffPrincipal,
} from '../../domain/index.ts';
import { type Broadcaster, type ChangeBus, type Logger, logId } from '../../ports/index.ts';
import { Assignment, type AssignmentDeps } from './assignment.ts';
import { Attendance, LEASE_RENEWAL_MS } from './attendance.ts';

/** How often leases that ran out are looked for; part of the time until a chat goes back to the queue. */
const LEASE_SWEEP_MS = 2_000;
const EXPIRED_PAGE = 100;

export interface RoutingDeps extends Omit<AssignmentDeps, 'attendance'> {
  readonly broadcaster: Broadcaster;
  readonly bus: ChangeBus;
  readonly logger: Logger;
}

/** Brings conversations and agents together, as agents come and go, and as what they may do changes. */
export class Routing {
  readonly #deps: RoutingDeps;
  readonly #attendance: Attendance;
  readonly #assignment: Assignment;
  readonly #stops: (() => void)[];

  constructor(deps: RoutingDeps) {
    this.#deps = deps;
    this.#attendance = new Attendance(deps);
    this.#assignment = new Assignment({ ...deps, attendance: this.#attendance });
    this.#stops = [
      deps.clock.every(LEASE_RENEWAL_MS, () => this.#background(this.#attendance.renewLeases())),
      deps.clock.every(LEASE_SWEEP_MS, () => this.#background(this.sweepLeases())),
      deps.bus.subscribe((change) => {
        if (change.kind !== 'attendance') return;
        this.#background(this.#attendance.leftElsewhere(change.accountId, change.agentId));
      }),
    ];
  }

  /** A staff socket has connected: the lease lives, the intent stays as it was. */
  connected(agent: StaffPrincipal): Promise<AgentPresence> {
    return this.#attendance.connected(agent);
  }

  /** A staff socket is gone; when it was the last one, the account's grace period begins. */
  disconnected(agent: StaffPrincipal): Promise<void> {
    return this.#attendance.disconnected(agent);
  }

  /** What the agent wants to be. */
  async setPresence(
    agent: StaffPrincipal,
    intent: { status: PresenceStatus; capacity?: number | undefined },
  ): Promise<AgentPresence> {
    const standing = await this.#attendance.intend(agent, intent);
    if (standing.status === 'online') await this.drain(agent.accountId);
    return standing;
  }

  /**
   * An agent takes a conversation by hand. Taking what one has already answers it.
   * @throws Refusal `conversation.taken`, `conversation.closed`, `agent.at_capacity`, `agent.offline`, `not_found`
   */
  async accept(agent: StaffPrincipal, conversationId: string): Promise<ActiveConversation> {
    const current = await this.#deps.conversations.get(agent.accountId, conversationId);
    if (current === undefined) throw new Refusal('not_found');
    requireWith(agent, 'conversation:handle', current);
    if (current.status === 'active' && current.agentId === agent.userId) return current;
    return this.#assignment.takeByHand(agent, current);
  }

  /**
   * A place among the agent's chats, by their own decision: being away does not stop it, being full does.
   * @throws Refusal `agent.at_capacity`, `agent.offline`
   */
  takeSlotByHand(agent: StaffPrincipal): Promise<void> {
    return this.#assignment.takeSlotByHand(agent);
  }

  /** Agents of the account who are online or away, by name. */
  async present(accountId: string): Promise<readonly AgentPresence[]> {
    const now = this.#deps.clock.now();
    const agents = await this.#deps.presence.list(accountId);
    return agents
      .filter(({ status, leaseUntil }) => status !== 'offline' && leaseUntil >= now)
      .toSorted((one, other) => one.name.localeCompare(other.name));
  }

  /** Tells the account's staff how an agent stands. */
  announce(accountId: string, agentId: string): Promise<void> {
    return this.#attendance.announce(accountId, agentId);
  }

  /** A conversation of this agent has ended or moved on: the slot is free, and the next in line may come. */
  async released(accountId: string, agentId: string): Promise<void> {
    await this.#deps.presence.releaseSlot(accountId, agentId);
    await this.#attendance.announce(accountId, agentId);
    await this.drain(accountId);
  }

  /** Gives waiting conversations to free agents, where the account does not assign by hand. */
  async drain(accountId: string): Promise<void> {
    return this.#assignment.drain(accountId);
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
    const { presence, clock } = this.#deps;
    for (const { accountId, agentId } of await presence.expired(clock.now(), EXPIRED_PAGE)) {
      const expired = await this.#attendance.inTurn(accountId, agentId, () =>
        this.#expire(accountId, agentId),
      );
      if (expired) await this.drain(accountId);
    }
  }

  /** Who may not work in the account any more gets no new chat from here on, and loses those they have. */
  async standDown(accountId: string, agentId: string): Promise<void> {
    await this.#attendance.inTurn(accountId, agentId, async () => {
      this.#attendance.forget(accountId, agentId);
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
    for (const conversation of lost) await this.#assignment.requeue(conversation, agentId);
    await this.drain(accountId);
  }

  close(): void {
    for (const stop of this.#stops) stop();
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
    await this.#attendance.putOffline(accountId, agentId, async () => {
      const theirs = await this.#deps.conversations.openOfAgent(accountId, agentId);
      for (const conversation of theirs) await this.#assignment.requeue(conversation, agentId);
    });
  }

  #background(work: Promise<void>): void {
    work.catch((error) => this.#deps.logger.error('routing work failed', error, { room: logId('routing') }));
  }
}
