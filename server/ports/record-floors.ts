import type { RecordFloor } from '../domain/index.ts';
import type { StorePage } from './entity-stores.ts';

/** Floors of records, in the store of keys. */
export interface RecordFloors {
  get(kind: string, id: string): Promise<RecordFloor | undefined>;
  /** Those of the ids that have one, in no order. */
  all(kind: string, ids: readonly string[]): Promise<readonly RecordFloor[]>;
  /** Those of the records of one account. */
  ofOwner(kind: string, owner: string): Promise<readonly RecordFloor[]>;
  /** Puts floors in place; one of a higher version stays as it is. Durable when it resolves. */
  put(floors: readonly RecordFloor[]): Promise<void>;
  /** As `put`, of those that stand alone: one that is gone went with its record, perhaps by another node. */
  raise(floors: readonly RecordFloor[]): Promise<void>;
  /** With `endedBy` only those that have an end, and it is not later. */
  remove(kind: string, ids: readonly string[], endedBy?: number): Promise<void>;
  /** Those whose end is not later than `now`, the earliest first. */
  ended(now: number, limit: number): Promise<readonly RecordFloor[]>;
  /** By kind and id. */
  list(query: { limit: number; cursor?: string }): Promise<StorePage<RecordFloor>>;
  /** A restore makes them anew from what it has put back. */
  clear(): Promise<void>;
}
