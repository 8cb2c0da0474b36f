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
import { readRestoreState, writeRestoreState } from './restore-state.ts';
import { ACTIVITY_DB, ATTACHMENTS_DB, ENGAGEMENT_DB, KEYS_DB } from './schema.ts';

/** No table is in two files. */
const FILES: Readonly<Record<ArchivePart, readonly string[]>> = {
  data: [ENGAGEMENT_DB, ATTACHMENTS_DB],
  keys: [KEYS_DB],
};
/** Sign-ins, and what the database keeps by itself. */
const LEFT_OUT = new Set(['refresh_families', 'conversation_participants']);
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
  readonly #readers = new Map<string, ReadConnection>();
  readonly #writers = new Map<string, WriteConnection>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async collections(part: ArchivePart): Promise<readonly string[]> {
    const names = FILES[part].flatMap((file) => this.#tables(file));
    return names.filter((name) => !LEFT_OUT.has(name));
  }

  async count(part: ArchivePart, collection: string): Promise<number> {
    const [row] = this.#all(
      this.#fileOf(part, collection),
      `SELECT count(*) AS n FROM ${quoted(collection)}`,
      [],
    );
    return Number(row?.n);
  }

  async read(query: {
    part: ArchivePart;
    collection: string;
    after?: string | undefined;
    limit: number;
  }): Promise<ArchivedRows> {
    const { part, collection, after, limit } = query;
    const file = this.#fileOf(part, collection);
    const columns = this.#columns(file, collection);
    const keys = columns.filter(({ key }) => key > 0).sort((a, b) => a.key - b.key);
    const names = keys.map(({ name }) => quoted(name)).join(', ');
    const marks = keys.map(() => '?').join(', ');
    const where = after === undefined ? '' : `WHERE (${names}) > (${marks})`;
    const sql = `SELECT ${columns.map(selected).join(', ')} FROM ${quoted(collection)} ${where} ORDER BY ${names} LIMIT ?`;
    const params = after === undefined ? [] : (JSON.parse(after) as SqlValue[]);
    const found = this.#all(file, sql, [...params, limit]).map((row) => valuesOf(row, columns));
    const last = found.at(-1);
    const rows = found.map((values) => JSON.stringify(values));
    if (found.length < limit || last === undefined) return { rows };
    return { rows, next: JSON.stringify(keys.map(({ name }) => last[name])) };
  }

  async write(part: ArchivePart, collection: string, rows: readonly string[]): Promise<void> {
    const file = this.#fileOf(part, collection);
    const known = new Set(this.#columns(file, collection).map(({ name }) => name));
    const found = rows.map((row) => JSON.parse(row) as Readonly<Record<string, Value>>);
    const strange = found.some((values) => Object.keys(values).some((name) => !known.has(name)));
    if (strange) throw new Error('the backup is of a newer release');
    const writer = await this.#writer(file);
    await writer.exec('BEGIN IMMEDIATE');
    try {
      for (const values of found) {
        const names = Object.keys(values);
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
    for (const file of [...FILES.keys, ...FILES.data, ACTIVITY_DB]) {
      const writer = await this.#writer(file);
      for (const table of this.#tables(file)) {
        if (table !== KEPT) await run(writer, `DELETE FROM ${quoted(table)}`, []);
      }
    }
  }

  restoreState(): Promise<string | undefined> {
    return readRestoreState(this.#dataDir);
  }

  noteRestore(state: string | undefined): Promise<void> {
    return writeRestoreState(this.#dataDir, state);
  }

  async close(): Promise<void> {
    for (const connection of [...this.#readers.values(), ...this.#writers.values()]) connection.close();
    this.#readers.clear();
    this.#writers.clear();
  }

  #tables(file: string): readonly string[] {
    const sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    const names = this.#all(file, sql, []).map((row) => String(row.name));
    return names.filter((name) => !/^(sqlite|libsql)_/.test(name));
  }

  /** @throws Error for a table that this release does not have */
  #fileOf(part: ArchivePart, table: string): string {
    const file = FILES[part].find((one) => this.#tables(one).includes(table));
    if (file === undefined) throw new Error('the backup is of a newer release');
    return file;
  }

  #all(file: string, sql: string, params: readonly SqlValue[]): Row[] {
    try {
      return this.#reader(file).prepare(sql).all(params);
    } catch (error) {
      throw withoutValues(error);
    }
  }

  #columns(file: string, table: string): readonly Column[] {
    return this.#all(file, `PRAGMA table_info(${quoted(table)})`, []).map((row) => {
      return { name: String(row.name), type: String(row.type), key: Number(row.pk) };
    });
  }

  #reader(file: string): ReadConnection {
    const open = this.#readers.get(file);
    if (open !== undefined) return open;
    const reader = openReader(join(this.#dataDir, file));
    reader.prepare(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`).all([]);
    this.#readers.set(file, reader);
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
