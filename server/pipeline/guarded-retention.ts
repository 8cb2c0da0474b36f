import { type Entity, HELD_UNTIL } from '../domain/index.ts';
import {
  type EntityStores,
  HELD_KINDS,
  type PurgeCounts,
  RETAINED_KINDS,
  type RetentionStore,
  SESSION_KINDS,
} from '../ports/index.ts';
import type { GuardedEntities } from './guarded-entities.ts';
import type { LateFloors } from './late-floors.ts';

type Kind = keyof EntityStores;
/** What follows a changed retention. */
type Retained = Entity & {
  readonly retainFrom?: number;
  readonly retentionMs?: number;
  readonly expiresAt: number;
};

export interface GuardedRetentionDeps {
  readonly entities: Readonly<Record<Kind, GuardedEntities<Entity>>>;
  readonly raw: EntityStores;
  readonly floors: LateFloors;
}

/**
 * Moves floors with the ends of their records. A floor never ends later than its record: it is brought forward before it,
 * and again for what was written meanwhile. Where a record was prolonged, its floor is too when its old end has come.
 */
export class GuardedRetention implements RetentionStore {
  readonly #inner: RetentionStore;
  readonly #deps: GuardedRetentionDeps;

  constructor(inner: RetentionStore, deps: GuardedRetentionDeps) {
    this.#inner = inner;
    this.#deps = deps;
  }

  async purge(now: number, limit: number): Promise<PurgeCounts> {
    const counts = await this.#inner.purge(now, limit);
    await this.#endFloors(now, limit);
    return counts;
  }

  expiredConversations(now: number, limit: number) {
    return this.#inner.expiredConversations(now, limit);
  }

  async applyTranscriptRetention(accountId: string, retentionMs: number): Promise<void> {
    await this.#lower(accountId, retentionMs);
    await this.#inner.applyTranscriptRetention(accountId, retentionMs);
    await this.#lower(accountId, retentionMs);
  }

  applyActivityRetention(accountId: string, retentionMs: number): Promise<void> {
    return this.#inner.applyActivityRetention(accountId, retentionMs);
  }

  async setTranscriptEnd(query: Parameters<RetentionStore['setTranscriptEnd']>[0]): Promise<void> {
    const { conversationId, expiresAt } = query;
    if (expiresAt < HELD_UNTIL) {
      for (const kind of HELD_KINDS) {
        for await (const page of this.#deps.entities[kind].pages({ conversationId }))
          await this.#endBy(kind, page as Retained[], (record) => lifeEnd(record, expiresAt));
      }
    }
    await this.#inner.setTranscriptEnd(query);
  }

  async setSessionEnd(query: Parameters<RetentionStore['setSessionEnd']>[0]): Promise<void> {
    const { sessionId, end } = query;
    if (end !== 'held') {
      for (const kind of SESSION_KINDS) {
        const record = (await this.#deps.raw[kind].get(sessionId)) as Retained | undefined;
        if (record !== undefined)
          await this.#endBy(kind, [record], (one) => lifeEnd(one, countedFrom(one, end.retentionMs)));
      }
    }
    await this.#inner.setSessionEnd(query);
  }

  forget(): Promise<void> {
    return this.#inner.forget();
  }

  async #lower(accountId: string, retentionMs: number): Promise<void> {
    for (const kind of RETAINED_KINDS) {
      for await (const page of this.#deps.entities[kind].pages({ accountId }))
        await this.#endBy(kind, page as Retained[], (one) => lifeEnd(one, countedFrom(one, retentionMs)));
    }
  }

  #endBy(kind: Kind, records: readonly Retained[], endOf: (record: Retained) => number): Promise<void> {
    const ends = records.map((record) => [record.id, Math.min(record.expiresAt, endOf(record))] as const);
    return this.#deps.entities[kind].floors.endBy(new Map(ends));
  }

  async #endFloors(now: number, limit: number): Promise<void> {
    const ended = await this.#deps.floors.ended(now, limit);
    for (const kind of new Set(ended.map((floor) => floor.kind))) {
      const floors = ended.filter((floor) => floor.kind === kind);
      const guarded = this.#deps.entities[kind as Kind] as GuardedEntities<Entity> | undefined;
      if (guarded !== undefined) await guarded.floors.end(floors, this.#deps.raw[kind as Kind], now);
      else
        await this.#deps.floors.remove(
          kind,
          floors.map(({ id }) => id),
          now,
        );
    }
  }
}

function countedFrom({ retainFrom, expiresAt }: Retained, retentionMs: number): number {
  return retainFrom === undefined ? expiresAt : retainFrom + retentionMs;
}

/** Its own retention counts where it is the shorter one. */
function lifeEnd({ retainFrom, retentionMs }: Retained, end: number): number {
  return retainFrom === undefined || retentionMs === undefined
    ? end
    : Math.min(end, retainFrom + retentionMs);
}
