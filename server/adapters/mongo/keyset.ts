import { Refusal } from '../../domain/index.ts';
import type { StorePage } from '../../ports/entity-stores.ts';
import { toDate } from './codec.ts';

/** Where a page ended: the sort key of its last record. */
export interface Position {
  readonly at: number;
  readonly id: string;
}

const MAX_CURSOR_LENGTH = 512;
/** The last time that a date can hold: ECMA-262, 21.4.1.1. */
const MAX_DATE_MS = 8.64e15;

/** The position as a client gets to see it: base64url without a meaning of its own. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.at, position.id])).toString('base64url');
}

/** @throws Refusal `bad_request` when it is not a cursor that {@link encodeCursor} made. */
export function decodeCursor(cursor: string): Position {
  const [at, id] = parsePair(cursor);
  if (typeof at !== 'number' || Number.isNaN(new Date(at).getTime()) || typeof id !== 'string')
    throw badCursor();
  return { at, id };
}

function parsePair(cursor: string): readonly unknown[] {
  if (cursor.length > MAX_CURSOR_LENGTH) throw badCursor();
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed) && parsed.length === 2) return parsed;
  } catch {
    throw badCursor();
  }
  throw badCursor();
}

function badCursor(): Refusal {
  return new Refusal('bad_request', { detail: 'The cursor is not one that this list gave.' });
}

/** A list in the order of a time and then `_id`. Bounds are inclusive, epoch milliseconds. */
export interface Keyset {
  readonly time: string;
  readonly direction: 'oldest-first' | 'newest-first';
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cursor?: string | undefined;
}

/**
 * The part of a filter that leaves what stands after the cursor, within the bounds. The time is bounded
 * apart from the tie-break, so that an index on (time, _id) is entered at the right place.
 */
export function keysetFilter(keyset: Keyset): Record<string, unknown> {
  const after = keyset.cursor === undefined ? undefined : decodeCursor(keyset.cursor);
  const newestFirst = keyset.direction === 'newest-first';
  const range = {
    ...bound('$gte', keyset.from, newestFirst ? undefined : after?.at),
    ...bound('$lte', keyset.to, newestFirst ? after?.at : undefined),
  };
  const filter: Record<string, unknown> = Object.keys(range).length === 0 ? {} : { [keyset.time]: range };
  if (after === undefined) return filter;
  const beyond = newestFirst ? '$lt' : '$gt';
  return {
    ...filter,
    $or: [{ [keyset.time]: { [beyond]: toDate(after.at) } }, { _id: { [beyond]: after.id } }],
  };
}

/** The narrower of two bounds on one side; one beyond every date bounds nothing. */
function bound(side: '$gte' | '$lte', first?: number, second?: number): Record<string, Date> {
  const given = [first, second].filter((value) => value !== undefined);
  if (given.length === 0) return {};
  const narrower = side === '$gte' ? Math.max(...given) : Math.min(...given);
  return { [side]: new Date(Math.min(Math.max(narrower, -MAX_DATE_MS), MAX_DATE_MS)) };
}

/** The sort that goes with {@link keysetFilter}. */
export function keysetSort(keyset: Keyset): Record<string, 1 | -1> {
  const order = keyset.direction === 'newest-first' ? -1 : 1;
  return { [keyset.time]: order, _id: order };
}

/** A page of `limit` out of values of which one more was read, to know whether there are more. */
export function pageOf<T>(
  values: readonly T[],
  limit: number,
  positionOf: (value: T) => Position,
): StorePage<T> {
  const items = values.slice(0, limit);
  const last = items.at(-1);
  if (values.length <= limit || last === undefined) return { items };
  return { items, nextCursor: encodeCursor(positionOf(last)) };
}
