import type { PresenceStatus } from '../../../shared/protocol/index.ts';
import type { AgentPresence, StaffPrincipal } from '../../domain/index.ts';
import type { Broadcaster, ChangeBus, Clock, ConversationStore, PresenceStore } from '../../ports/index.ts';
import { presentPresence } from '../../presenters/presence-presenter.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** A connected agent's lease is renewed this often and lasts at least three times as long. */
export const LEASE_RENEWAL_MS = 10_000;
const MIN_LEASE_MS = 3 * LEASE_RENEWAL_MS;

export interface AttendanceDeps {
  readonly presence: PresenceStore;
  readonly conversations: Pick<ConversationStore, 'openOfAgent'>;
  readonly settings: AccountSettingsReader;
  readonly broadcaster: Broadcaster;
  readonly bus: ChangeBus;
  readonly clock: Clock;
}

/** Who of the agents is there: what they want to be, and the lease that their connected sockets keep alive. */
export class Attendance {
  readonly #deps: AttendanceDeps;
  /** Sockets of connected agents on this node, by account and agent. */
  readonly #connected = new Map<string, { accountId: string; agentId: string; sockets: number }>();
  /** Connecting, leaving and saying what one wants to be follow each other, agent by agent. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(deps: AttendanceDeps) {
    this.#deps = deps;
  }

  /** A staff socket has connected: the lease lives, the intent stays as it was. */
  connected(agent: StaffPrincipal): Promise<AgentPresence> {
    const { accountId, userId: agentId } = agent;
    return this.inTurn(accountId, agentId, async () => {
      const key = keyOf(accountId, agentId);
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
  disconnected({ accountId, userId: agentId }: StaffPrincipal): Promise<void> {
    return this.inTurn(accountId, agentId, async () => {
      const key = keyOf(accountId, agentId);
      const entry = this.#connected.get(key);
      if (entry === undefined) return;
      entry.sockets -= 1;
      if (entry.sockets > 0) return;
      this.#connected.delete(key);
      const { agentGraceMs } = (await this.#deps.settings.get(accountId)).routing;
      const leaseUntil = this.#deps.clock.now() + agentGraceMs;
      await this.#deps.presence.renewLease({ accountId, agentIds: [agentId], leaseUntil });
      this.#deps.bus.publish({ kind: 'attendance', accountId, agentId });
    });
  }

  /** Keeps what the agent wants to be, and tells the account's staff. */
  async intend(
    agent: StaffPrincipal,
    intent: { status: PresenceStatus; capacity?: number | undefined },
  ): Promise<AgentPresence> {
    const { accountId, userId: agentId } = agent;
    const standing = await this.inTurn(accountId, agentId, async () => {
      const known = await this.#deps.presence.get(accountId, agentId);
      const capacity = intent.capacity ?? known?.capacity ?? (await this.#defaultCapacity(accountId));
      return this.#corrected(await this.#put(agent, { status: intent.status, capacity }));
    });
    this.#deps.broadcaster.toStaff(accountId, 'presence:update', presentPresence(standing));
    return standing;
  }

  /**
   * Offline, whatever the agent wants to be; their chats are theirs until `handOver` has moved them. To be called in
   * the agent's turn.
   */
  async putOffline(accountId: string, agentId: string, handOver: () => Promise<void>): Promise<void> {
    const presence = await this.#deps.presence.get(accountId, agentId);
    if (presence === undefined) return;
    const { active: _active, ...intent } = presence;
    await this.#deps.presence.put({ ...intent, status: 'offline' });
    await handOver();
    await this.#corrected((await this.#deps.presence.get(accountId, agentId)) ?? presence);
    await this.announce(accountId, agentId);
  }

  /** Another node has shortened the lease of an agent who may be connected here too. */
  async leftElsewhere(accountId: string, agentId: string): Promise<void> {
    await this.inTurn(accountId, agentId, async () => {
      if (this.#connected.has(keyOf(accountId, agentId))) await this.#renew(accountId, [agentId]);
    });
  }

  /** Sockets that are still open keep no lease alive any more. */
  forget(accountId: string, agentId: string): void {
    this.#connected.delete(keyOf(accountId, agentId));
  }

  /** Tells the account's staff how an agent stands. */
  async announce(accountId: string, agentId: string): Promise<void> {
    const presence = await this.#deps.presence.get(accountId, agentId);
    if (presence === undefined) return;
    this.#deps.broadcaster.toStaff(accountId, 'presence:update', presentPresence(presence));
  }

  /** Renews the leases of all who are connected to this node. */
  async renewLeases(): Promise<void> {
    const byAccount = new Map<string, string[]>();
    for (const { accountId, agentId } of this.#connected.values()) {
      byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), agentId]);
    }
    for (const [accountId, agentIds] of byAccount) await this.#renew(accountId, agentIds);
  }

  /** Runs work on an agent after what was begun on them before. */
  inTurn<T>(accountId: string, agentId: string, work: () => Promise<T>): Promise<T> {
    const key = keyOf(accountId, agentId);
    const before = this.#turns.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const turn = result
      .catch(() => {})
      .finally(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return result;
  }

  async #put(
    agent: StaffPrincipal,
    intent: { status: PresenceStatus; capacity: number },
  ): Promise<AgentPresence> {
    return this.#deps.presence.put({
      accountId: agent.accountId,
      agentId: agent.userId,
      name: agent.name,
      status: intent.status,
      capacity: intent.capacity,
      leaseUntil: await this.#leaseOf(agent.accountId),
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

  async #renew(accountId: string, agentIds: readonly string[]): Promise<void> {
    const leaseUntil = await this.#leaseOf(accountId);
    await this.#deps.presence.renewLease({ accountId, agentIds, leaseUntil });
  }

  async #leaseOf(accountId: string): Promise<number> {
    const { agentGraceMs } = (await this.#deps.settings.get(accountId)).routing;
    return this.#deps.clock.now() + Math.max(agentGraceMs, MIN_LEASE_MS);
  }

  async #defaultCapacity(accountId: string): Promise<number> {
    return (await this.#deps.settings.get(accountId)).routing.defaultCapacity;
  }
}

function keyOf(accountId: string, agentId: string): string {
  return `${accountId}\n${agentId}`;
}
