import type { AgentPresence, KeptPresence } from '../domain/index.ts';
import { type PresenceRecords, type PresenceStore, StoreError } from '../ports/index.ts';
import type { RecordAlarm, RecordFault } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

const KIND = 'agentPresence';
/** Another node may change a presence at the same time; then the change is made on top of it. */
const ATTEMPTS = 20;
/** What is read may have been written over meanwhile: only what stays wrong is wrong. */
const LOOKS = 3;

export interface GuardedPresenceDeps {
  readonly seal: RecordSeal;
  readonly alarm: RecordAlarm;
  /** Another node may have erased it, its presences with it. */
  readonly isAccount: (accountId: string) => Promise<boolean>;
}

type Place = { readonly accountId: string; readonly agentId: string };
/** Undefined leaves it as it is. */
type Change = (standing: AgentPresence | undefined) => AgentPresence | undefined;

/**
 * Presences of agents, each under a seal that holds its lease: an older one is over by itself. What this process has
 * written or read it remembers, so that an altered, an older and a missing one show at once. Such a one is told of and
 * put right, and routing goes on: from memory, or where there is none as an agent who is gone, until they connect again.
 */
export class GuardedPresence implements PresenceStore {
  readonly #records: PresenceRecords;
  readonly #deps: GuardedPresenceDeps;
  /** The newest that this process knows of, by account and agent. */
  readonly #known = new Map<string, Map<string, KeptPresence>>();
  /** Changes of one agent follow each other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(records: PresenceRecords, deps: GuardedPresenceDeps) {
    this.#records = records;
    this.#deps = deps;
  }

  async put(presence: Omit<AgentPresence, 'active'>): Promise<AgentPresence> {
    const kept = await this.#change(presence, (standing) => ({ ...presence, active: standing?.active ?? 0 }));
    if (kept === undefined) throw new StoreError('PRESENCE_MISSING');
    return kept;
  }

  async get(accountId: string, agentId: string): Promise<AgentPresence | undefined> {
    const kept = await this.#standing({ accountId, agentId });
    return kept && open(kept);
  }

  async list(accountId: string): Promise<readonly AgentPresence[]> {
    const found = await this.#records.list(accountId);
    const ids = new Set([
      ...found.map(({ agentId }) => agentId),
      ...(this.#known.get(accountId)?.keys() ?? []),
    ]);
    const stored = new Map(found.map((one) => [one.agentId, one]));
    const sound = [...ids].sort().map((agentId) => this.#sound({ accountId, agentId }, stored.get(agentId)));
    return (await Promise.all(sound)).flatMap((kept) => (kept === undefined ? [] : [open(kept)]));
  }

  async renewLease(query: {
    accountId: string;
    agentIds: readonly string[];
    leaseUntil: number;
  }): Promise<void> {
    const { accountId, agentIds, leaseUntil } = query;
    const renewed = (standing: AgentPresence | undefined) => standing && { ...standing, leaseUntil };
    await Promise.all(agentIds.map((agentId) => this.#change({ accountId, agentId }, renewed)));
  }

  async takeSlot(query: Place & { now: number; force?: boolean }): Promise<boolean> {
    const { now, force = false, ...place } = query;
    const taken = await this.#change(place, (standing) => {
      if (standing === undefined) return undefined;
      const { status, leaseUntil, active, capacity } = standing;
      const isFree = status === 'online' && leaseUntil > now && active < capacity;
      return isFree || force ? { ...standing, active: active + 1 } : undefined;
    });
    return taken !== undefined;
  }

  async releaseSlot(accountId: string, agentId: string): Promise<void> {
    await this.#change({ accountId, agentId }, (standing) => {
      return standing && standing.active > 0 ? { ...standing, active: standing.active - 1 } : undefined;
    });
  }

  async correctActive(query: Place & { seen: number; counted: number }): Promise<boolean> {
    const { seen, counted, ...place } = query;
    const corrected = await this.#change(place, (standing) => {
      return standing?.active === seen ? { ...standing, active: counted } : undefined;
    });
    return corrected !== undefined;
  }

  async expired(now: number, limit: number): Promise<readonly AgentPresence[]> {
    const found = await this.#records.expired(now, limit);
    const sound = await Promise.all(found.map((stored) => this.#sound(stored, stored)));
    return sound.flatMap((kept) => (kept !== undefined && kept.leaseUntil < now ? [open(kept)] : []));
  }

  async deleteAccount(accountId: string): Promise<number> {
    const deleted = await this.#records.deleteAccount(accountId);
    this.#known.delete(accountId);
    return deleted;
  }

  async seal(presence: KeptPresence): Promise<KeptPresence> {
    return { ...presence, mac: await this.#deps.seal.mac(KIND, contentOf(presence)) };
  }

  isWhole(stored: KeptPresence): Promise<boolean> {
    return this.#deps.seal.holds(KIND, contentOf(stored), stored.mac);
  }

  /** Answers what stands after the change; undefined when it changed nothing. */
  async #change(place: Place, change: Change): Promise<AgentPresence | undefined> {
    return this.#inTurn(place, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        // Read anew each time, so that nothing that was altered is written over unseen.
        const standing = await this.#standing(place);
        const next = change(standing && open(standing));
        if (next === undefined) return undefined;
        const kept = await this.seal({ ...next, version: (standing?.version ?? 0) + 1 });
        if (await this.#records.put(kept)) return open(this.#remember(kept));
      }
      throw new StoreError('PRESENCE_CONTENDED');
    });
  }

  async #standing(place: Place): Promise<KeptPresence | undefined> {
    return this.#sound(place, await this.#records.get(place.accountId, place.agentId));
  }

  /** The stored presence if it is what was written; otherwise what is put in its place. */
  async #sound(place: Place, first: KeptPresence | undefined): Promise<KeptPresence | undefined> {
    let stored = first;
    for (let looks = 1; ; looks += 1) {
      const known = this.#knownOf(place);
      const fault = await this.#fault(stored, known);
      if (fault === undefined) return stored && this.#remember(stored);
      if (fault === 'missing' && !(await this.#deps.isAccount(place.accountId))) {
        this.#known.delete(place.accountId);
        return undefined;
      }
      if (looks === LOOKS) return this.#putRight(place, { stored, known, fault });
      stored = await this.#records.get(place.accountId, place.agentId);
    }
  }

  async #fault(
    stored: KeptPresence | undefined,
    known: KeptPresence | undefined,
  ): Promise<RecordFault | undefined> {
    if (stored === undefined) return known === undefined ? undefined : 'missing';
    if (known !== undefined && isSame(stored, known)) return undefined;
    if (!(await this.isWhole(stored))) return 'altered';
    return known !== undefined && stored.version <= known.version ? 'older' : undefined;
  }

  async #putRight(
    place: Place,
    of: { stored: KeptPresence | undefined; known: KeptPresence | undefined; fault: RecordFault },
  ): Promise<KeptPresence> {
    const { stored, known, fault } = of;
    this.#deps.alarm.raise(KIND, place.agentId, fault);
    const version = Math.max(known?.version ?? 0, stored?.version ?? 0) + 1;
    const right = await this.seal({ ...(known ?? gone(place)), version });
    await this.#records.force(right);
    return this.#remember(right);
  }

  #knownOf({ accountId, agentId }: Place): KeptPresence | undefined {
    return this.#known.get(accountId)?.get(agentId);
  }

  #remember(kept: KeptPresence): KeptPresence {
    const ofAccount = this.#known.get(kept.accountId) ?? new Map<string, KeptPresence>();
    this.#known.set(kept.accountId, ofAccount);
    const before = ofAccount.get(kept.agentId);
    if (before === undefined || before.version <= kept.version) ofAccount.set(kept.agentId, kept);
    return kept;
  }

  #inTurn<T>({ accountId, agentId }: Place, work: () => Promise<T>): Promise<T> {
    const key = `${accountId}\n${agentId}`;
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
}

/** With a slot taken, so that the sweep of leases looks for their chats. */
function gone({ accountId, agentId }: Place): AgentPresence {
  return { accountId, agentId, name: '', status: 'offline', capacity: 1, active: 1, leaseUntil: 0 };
}

function open({ version: _version, mac: _mac, ...presence }: KeptPresence): AgentPresence {
  return presence;
}

function contentOf({ mac: _mac, ...content }: KeptPresence): object {
  return content;
}

function isSame(one: KeptPresence, other: KeptPresence): boolean {
  const fields = Object.keys(other) as (keyof KeptPresence)[];
  return Object.keys(one).length === fields.length && fields.every((field) => one[field] === other[field]);
}
