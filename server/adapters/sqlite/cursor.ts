import { Refusal } from '../../domain/index.ts';
import type { StorePage } from '../../ports/index.ts';

/** Where a list goes on: the time and the id of the last item that was given. */
export type SortKey = readonly [time: number, id: string];

/** Before the first item of a list with rising times. */
export const LOWEST: SortKey = [-Number.MAX_SAFE_INTEGER, ''];
/** Before the first item of a list with falling times. */
export const HIGHEST: SortKey = [Number.MAX_SAFE_INTEGER, ''];

/**
 * The sort key in a cursor, or `start` when there is no cursor.
 * @throws Refusal `bad_request` when the cursor is none of ours
 */
export function keyOf(cursor: string | undefined, start: SortKey): SortKey {
  if (cursor === undefined) return start;
  const parsed = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!isSortKey(parsed)) throw new Refusal('bad_request', { detail: 'The cursor is not valid.' });
  return parsed;
}

/** A page of what was read: up to `limit` items, and a cursor when one more was found. */
export function pageOf<T extends { readonly id: string }>(
  found: readonly T[],
  query: { limit: number; time: (item: T) => number },
): StorePage<T> {
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  if (found.length <= query.limit || last === undefined) return { items };
  return { items, nextCursor: encoded([query.time(last), last.id]) };
}

function encoded(key: SortKey): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isSortKey(value: unknown): value is SortKey {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    Number.isSafeInteger(value[0]) &&
    typeof value[1] === 'string'
  );
}
