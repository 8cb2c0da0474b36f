import { type Entity, HELD_UNTIL } from '../domain/index.ts';
import {
  type EntityStores,
  HELD_KINDS,
  type PurgeCounts,
  type RawStores,
  RETAINED_KINDS,
  type RetentionStore,
  SESSION_KINDS,
} from '../ports/index.ts';
import { ACTIVITY, type GuardedActivity } from './guarded-activity.ts';
import type { GuardedEntities } from './guarded-entities.ts';
import type { LateFloors } from './late-floors.ts';

const PAGE = 200;

type Kind = keyof EntityStores;
/** What follows a changed retention. */
type Retained = Entity & {
  readonly retainFrom?: number;
  readonly retentionMs?: number;
  readonly expiresAt: number;
};

export interface GuardedRetentionDeps {
  readonly entities: Readonly<Record<Kind, GuardedEntities<Entity>>>;
  readonly activity: GuardedActivity;
  readonly raw: Pick<RawStores, 'entities' | 'activity'>;
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

  async applyActivityRetention(accountId: string, retentionMs: number): Promise<void> {
    await this.#lowerActivity(accountId, retentionMs);
    await this.#inner.applyActivityRetention(accountId, retentionMs);
    await this.#lowerActivity(accountId, retentionMs);
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
        const record = (await this.#deps.raw.entities[kind].get(sessionId)) as Retained | undefined;
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

  async #lowerActivity(accountId: string, retentionMs: number): Promise<void> {
    const { activity, raw } = this.#deps;
    let cursor: string | undefined;
    do {
      const page = await raw.activity.list({
        accountId,
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      const ends = page.items.map(({ id, expiresAt, retainFrom }) => {
        return [id, Math.min(expiresAt, retainFrom + retentionMs)] as const;
      });
      await activity.floors.endBy(new Map(ends));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  async #endFloors(now: number, limit: number): Promise<void> {
    const { entities, activity, raw, floors } = this.#deps;
    const ended = await floors.ended(now, limit);
    for (const kind of new Set(ended.map((floor) => floor.kind))) {
      const ofKind = ended.filter((floor) => floor.kind === kind);
      const guarded = entities[kind as Kind] as GuardedEntities<Entity> | undefined;
      if (guarded !== undefined) await guarded.floors.end(ofKind, raw.entities[kind as Kind], now);
      else if (kind === ACTIVITY) await activity.floors.end(ofKind, raw.activity, now);
      else
        await floors.remove(
          kind,
          ofKind.map(({ id }) => id),
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
