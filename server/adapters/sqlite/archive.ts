import { join } from 'node:path';
import type { Archive, ArchivedRows, ArchivePart } from '../../ports/index.ts';
import {
  bytes,
  openReader,
  openWriter,
  type ReadConnection,
  type Row,
  type SqlValue,
  textOfBytes,
  type WriteConnection,
} from './driver.ts';
import { withoutValues } from './errors.ts';
import { ACTIVITY_DB, ENGAGEMENT_DB, KEYS_DB } from './schema.ts';

const FILES: Readonly<Record<ArchivePart, string>> = { data: ENGAGEMENT_DB, keys: KEYS_DB };
const LEFT_OUT = new Set(['refresh_families']);
const KEPT = 'erasure_list';
const BUSY_TIMEOUT_MS = 10_000;

interface Column {
  readonly name: string;
  readonly type: string;
  /** Its place in the primary key, from 1; 0 when it is not in it. */
  readonly key: number;
}

/**
 * The embedded store as rows, read beside a running server. Each page is read for itself: a transaction over all of
 * them would hold up the emptying of the write-ahead log, and with it every erasure.
 */
export function openSqliteArchive({ dataDir }: { dataDir: string }): Archive {
  return new SqliteArchive(dataDir);
}

class SqliteArchive implements Archive {
  readonly technology = 'sqlite';
  readonly #dataDir: string;
  readonly #readers = new Map<ArchivePart, ReadConnection>();
  readonly #writers = new Map<string, WriteConnection>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async collections(part: ArchivePart): Promise<readonly string[]> {
    const sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    const names = this.#all(part, sql, []).map((row) => String(row.name));
    return names.filter((name) => !/^(sqlite|libsql)_/.test(name) && !LEFT_OUT.has(name));
  }

  async count(part: ArchivePart, collection: string): Promise<number> {
    const [row] = this.#all(part, `SELECT count(*) AS n FROM ${quoted(collection)}`, []);
    return Number(row?.n);
  }

  async read(query: {
    part: ArchivePart;
    collection: string;
    after?: string | undefined;
    limit: number;
  }): Promise<ArchivedRows> {
    const { part, collection, after, limit } = query;
    const columns = this.#columns(part, collection);
    const keys = columns.filter(({ key }) => key > 0).sort((a, b) => a.key - b.key);
    const names = keys.map(({ name }) => quoted(name)).join(', ');
    const marks = keys.map(() => '?').join(', ');
    const where = after === undefined ? '' : `WHERE (${names}) > (${marks})`;
    const sql = `SELECT ${columns.map(selected).join(', ')} FROM ${quoted(collection)} ${where} ORDER BY ${names} LIMIT ?`;
    const params = after === undefined ? [] : (JSON.parse(after) as SqlValue[]);
    const found = this.#all(part, sql, [...params, limit]).map((row) => valuesOf(row, columns));
    const last = found.at(-1);
    const rows = found.map((values) => JSON.stringify(values));
    if (found.length < limit || last === undefined) return { rows };
    return { rows, next: JSON.stringify(keys.map(({ name }) => last[name])) };
  }

  async write(part: ArchivePart, collection: string, rows: readonly string[]): Promise<void> {
    const writer = await this.#writer(FILES[part]);
    const known = new Set(this.#columns(part, collection).map(({ name }) => name));
    await writer.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) {
        const values = JSON.parse(row) as Readonly<Record<string, Value>>;
        const names = Object.keys(values);
        if (names.some((name) => !known.has(name))) throw new Error('the backup is of a newer release');
        const sql = `INSERT OR REPLACE INTO ${quoted(collection)} (${names.map(quoted).join(', ')})
          VALUES (${names.map(() => '?').join(', ')})`;
        await run(writer, sql, Object.values(values).map(boundValue));
      }
      await writer.exec('COMMIT');
    } catch (error) {
      await writer.exec('ROLLBACK').catch(() => undefined);
      throw withoutValues(error);
    }
  }

  async isEmpty(): Promise<boolean> {
    const counts = [
      await this.count('data', 'accounts'),
      await this.count('data', 'conversations'),
      await this.count('keys', 'data_keys'),
      await this.count('keys', 'account_keys'),
    ];
    return counts.every((count) => count === 0);
  }

  async clear(): Promise<void> {
    for (const part of ['keys', 'data'] as const) {
      const names = [...(await this.collections(part)), ...(part === 'data' ? LEFT_OUT : [])];
      await this.#deleteAll(
        FILES[part],
        names.filter((name) => name !== KEPT),
      );
    }
    await this.#deleteAll(ACTIVITY_DB, ['activity_log']);
  }

  async close(): Promise<void> {
    for (const connection of [...this.#readers.values(), ...this.#writers.values()]) connection.close();
    this.#readers.clear();
    this.#writers.clear();
  }

  async #deleteAll(file: string, tables: readonly string[]): Promise<void> {
    const writer = await this.#writer(file);
    for (const table of tables) await run(writer, `DELETE FROM ${quoted(table)}`, []);
  }

  #all(part: ArchivePart, sql: string, params: readonly SqlValue[]): Row[] {
    try {
      return this.#reader(part).prepare(sql).all(params);
    } catch (error) {
      throw withoutValues(error);
    }
  }

  #columns(part: ArchivePart, table: string): readonly Column[] {
    return this.#all(part, `PRAGMA table_info(${quoted(table)})`, []).map((row) => {
      return { name: String(row.name), type: String(row.type), key: Number(row.pk) };
    });
  }

  #reader(part: ArchivePart): ReadConnection {
    const open = this.#readers.get(part);
    if (open !== undefined) return open;
    const reader = openReader(join(this.#dataDir, FILES[part]));
    reader.prepare(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`).all([]);
    this.#readers.set(part, reader);
    return reader;
  }

  async #writer(file: string): Promise<WriteConnection> {
    const open = this.#writers.get(file);
    if (open !== undefined) return open;
    const writer = openWriter(join(this.#dataDir, file));
    this.#writers.set(file, writer);
    for (const setting of ['secure_delete = ON', 'synchronous = FULL', `busy_timeout = ${BUSY_TIMEOUT_MS}`]) {
      (await writer.prepare(`PRAGMA ${setting}`)).get([]);
    }
    return writer;
  }
}

type Value = string | number | null | { readonly b: string };

async function run(writer: WriteConnection, sql: string, params: readonly SqlValue[]): Promise<void> {
  const rows = await (await writer.prepare(sql)).iterate(params);
  while (!rows.next().done);
}

/** Text comes as bytes, because the driver cuts text off at a NUL. */
function selected({ name, type }: Column): string {
  return type === 'TEXT' ? `CAST(${quoted(name)} AS BLOB) AS ${quoted(name)}` : quoted(name);
}

function valuesOf(row: Row, columns: readonly Column[]): Record<string, Value> {
  return Object.fromEntries(columns.map(({ name, type }) => [name, asValue(row[name], type)]));
}

function asValue(value: unknown, type: string): Value {
  if (value === null || value === undefined) return null;
  if (type === 'TEXT') return textOfBytes(value);
  if (type === 'BLOB') return { b: Buffer.from(bytes(value)).toString('base64') };
  return Number(value);
}

function boundValue(value: Value): SqlValue {
  return typeof value === 'object' && value !== null ? Buffer.from(value.b, 'base64') : value;
}

/** Names come from the schema, or from an authenticated backup of one; this keeps it so. */
function quoted(name: string): string {
  if (!/^[a-z_]+$/.test(name)) throw new Error('not a name of a table or column');
  return `"${name}"`;
}
