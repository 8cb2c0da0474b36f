import Database from 'libsql';
import AsyncDatabase from 'libsql/promise';

/** What can be bound. A `Uint8Array` is bound as the bytes of its view. */
export type SqlValue = string | number | null | Uint8Array;

/** A row as the driver gives it; read its columns with {@link text}, {@link integer} and {@link bytes}. */
export type Row = Readonly<Record<string, unknown>>;

/** A connection that answers at once, on the calling thread. */
export interface ReadConnection {
  prepare(sql: string): ReadStatement;
  exec(sql: string): void;
  close(): void;
}
export interface ReadStatement {
  get(params: readonly SqlValue[]): Row | undefined;
  all(params: readonly SqlValue[]): Row[];
}

/** A connection whose statements run on a thread of the driver's own, so that an fsync stops nobody. */
export interface WriteConnection {
  prepare(sql: string): Promise<WriteStatement>;
  exec(sql: string): Promise<void>;
  close(): void;
}
export interface WriteStatement {
  /** Runs up to the first row, on the driver's thread. An error may come here or with `next`. */
  iterate(params: readonly SqlValue[]): Promise<{ next(): { done: boolean; value?: Row } }>;
  /** At once, on the calling thread. */
  get(params: readonly SqlValue[]): Row | undefined;
}

export function openReader(path: string): ReadConnection {
  return new Database(path) as unknown as ReadConnection;
}

export function openWriter(path: string): WriteConnection {
  return new AsyncDatabase(path, {}) as unknown as WriteConnection;
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a text column holds something else');
  return value;
}

export function integer(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('an integer column holds something else');
  return value;
}

/** The driver answers a `Buffer` or an `ArrayBuffer`, depending on the call. */
export function bytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError('a blob column holds something else');
}

/** Text that was selected as a blob, because the driver cuts text off at a NUL. */
export function textOfBytes(value: unknown): string {
  return Buffer.from(bytes(value)).toString('utf8');
}

/**
 * Rows as one JSON parameter, to be taken apart by `json_each`: one parameter costs a fraction of one per column.
 * A lone surrogate becomes U+FFFD, as it does in bound text: the database would make invalid UTF-8 of its escape,
 * on which the driver ends the process when it is read.
 */
export function jsonRows(rows: readonly (readonly (string | number | null)[])[]): string {
  const json = JSON.stringify(rows);
  if (!json.includes('\\ud')) return json;
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value,
  );
}
