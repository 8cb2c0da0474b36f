import type { ErasedThing } from '../domain/index.ts';
import type { StorePage } from './entity-stores.ts';

/**
 * What has been erased, by id, without content: a restore reads it, so that what was erased stays erased whatever
 * copy is put back. It lies with the keys, and goes with their backup.
 */
export interface ErasureList {
  /** What is on the list already stays as it is. Durable when it resolves; call it before anything is deleted. */
  append(erased: readonly ErasedThing[]): Promise<void>;
  /** As {@link append}, but in the place of what is on the list. */
  put(erased: readonly ErasedThing[]): Promise<void>;
  /** Oldest first (by `at`, then `id`); `from` bounds `at`, inclusive. */
  list(query: { from?: number; limit: number; cursor?: string }): Promise<StorePage<ErasedThing>>;
}
