import type { Conversation, Entity } from '../domain/index.ts';
import { ENTITY_SPECS, type EntityStore, type EntityStores, type StorePage } from '../ports/index.ts';
import type { Guard } from './guarded-stores.ts';

const PAGE = 200;
export const KINDS: readonly (keyof EntityStores)[] = Object.keys(ENTITY_SPECS) as (keyof EntityStores)[];

/** All conversations as they are kept, unchecked. */
export async function* conversationsOf(guard: Guard): AsyncGenerator<Conversation> {
  for await (const accountId of accountIds(guard)) {
    let cursor: string | undefined;
    do {
      const query = { accountId, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await guard.raw.conversations.list(query);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}

export async function* accountIds(guard: Guard): AsyncGenerator<string> {
  for await (const items of pages(guard.raw.entities.accounts)) yield* items.map(({ id }) => id);
}

export async function* pages<T>(store: {
  list(query: { limit: number; cursor?: string }): Promise<StorePage<T>>;
}): AsyncGenerator<readonly T[]> {
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

export function storeOf(guard: Guard, kind: keyof EntityStores) {
  return guard.raw.entities[kind] as unknown as EntityStore<Entity>;
}
