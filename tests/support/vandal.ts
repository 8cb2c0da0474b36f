import { join } from 'node:path';
import mongoose, { type mongo } from 'mongoose';
import {
  openReader,
  openWriter,
  type SqlValue,
  type WriteConnection,
} from '../../server/adapters/sqlite/driver.ts';
import { SQLITE_FILES } from '../../server/adapters/sqlite/index.ts';
import type { TestServer } from './server.ts';

const { EJSON } = mongoose.mongo.BSON;

/** A row of a table, or a document. */
export type Row = Readonly<Record<string, unknown>>;
/** Rows of all tables, by table and key. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** Somebody who can write to the database behind the server's back. */
export interface Vandal {
  /** Every table or collection that there is, whatever the server takes it for. */
  tables(): Promise<readonly string[]>;
  /** By the row's key. */
  rows(table: string): Promise<ReadonlyMap<string, Row>>;
  put(table: string, row: Row): Promise<void>;
  remove(table: string, row: Row): Promise<void>;
  /** Names of the fields by which rows are told apart. */
  keyOf(table: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function vandalOf(test: TestServer): Promise<Vandal> {
  return test.mongodbUri === undefined ? new SqliteVandal(test.dataDir) : MongoVandal.of(test.mongodbUri);
}

export async function snapshotOf(vandal: Vandal): Promise<Snapshot> {
  const tables = await vandal.tables();
  return new Map(await Promise.all(tables.map(async (table) => [table, await vandal.rows(table)] as const)));
}

export function isSame(one: Row | undefined, other: Row | undefined): boolean {
  return one !== undefined && other !== undefined && EJSON.stringify(one) === EJSON.stringify(other);
}

/** The value with one thing in it changed; undefined when there is nothing to change. */
export function flipped(value: unknown): unknown {
  if (typeof value === 'number') return value + 1_000;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return flippedText(value);
  if (value instanceof Date) return new Date(value.getTime() + 1);
  if (value instanceof Uint8Array) return flippedBytes(value);
  if (value instanceof mongoose.mongo.BSON.Binary)
    return new mongoose.mongo.BSON.Binary(flippedBytes(value.buffer));
  if (Array.isArray(value)) return value.length > 0 ? value.slice(1) : ['forged'];
  if (typeof value !== 'object' || value === null) return undefined;
  const [first] = Object.entries(value).filter(([, inner]) => flipped(inner) !== undefined);
  return first === undefined ? { ...value, forged: true } : { ...value, [first[0]]: flipped(first[1]) };
}

function flippedText(text: string): string {
  if (text === '') return 'forged';
  const last = text.endsWith('0') ? '1' : '0';
  return text.slice(0, -1) + last;
}

function flippedBytes(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

class SqliteVandal implements Vandal {
  readonly #dataDir: string;
  readonly #writers = new Map<string, WriteConnection>();
  readonly #tables = new Map<string, Table>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async tables(): Promise<readonly string[]> {
    for (const file of SQLITE_FILES) {
      const tables = this.#read(file, "SELECT name FROM sqlite_master WHERE type = 'table'");
      for (const { name } of tables) {
        if (/^(sqlite|libsql)_/.test(String(name))) continue;
        const columns = this.#read(file, `PRAGMA table_info(${name})`);
        const key = columns.filter(({ pk }) => Number(pk) > 0);
        const names = (of: typeof columns) => of.map((column) => String(column.name));
        this.#tables.set(String(name), { file, columns: names(columns), key: names(key) });
      }
    }
    return [...this.#tables.keys()];
  }

  async rows(table: string): Promise<ReadonlyMap<string, Row>> {
    const { file, key } = this.#table(table);
    const rows = this.#read(file, `SELECT * FROM ${table}`);
    return new Map(rows.map((row) => [JSON.stringify(key.map((name) => row[name])), row]));
  }

  async put(table: string, row: Row): Promise<void> {
    const { file, columns } = this.#table(table);
    await this.remove(table, row);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    await this.#write(
      file,
      sql,
      columns.map((name) => row[name] as SqlValue),
    );
  }

  /** What goes with a row by itself (the floor of a key) stays. */
  async remove(table: string, row: Row): Promise<void> {
    const { file, key } = this.#table(table);
    const sql = `DELETE FROM ${table} WHERE ${key.map((name) => `${name} = ?`).join(' AND ')}`;
    const floors = table === 'data_keys' ? await this.rows('key_floors') : undefined;
    await this.#write(
      file,
      sql,
      key.map((name) => row[name] as SqlValue),
    );
    for (const [id, floor] of floors ?? [])
      if (id === JSON.stringify([row.conversation_id])) await this.put('key_floors', floor);
  }

  async keyOf(table: string): Promise<readonly string[]> {
    return this.#table(table).key;
  }

  async close(): Promise<void> {
    for (const writer of this.#writers.values()) writer.close();
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`there is no table ${name}`);
    return table;
  }

  /** Each read on a connection of its own, so that none is of a moment before. */
  #read(file: string, sql: string): Row[] {
    const reader = openReader(join(this.#dataDir, file));
    try {
      return reader
        .prepare(sql)
        .all([])
        .map((row) => {
          const values = Object.entries(row).map(([name, value]) => [name, asBytes(value)]);
          return Object.fromEntries(values) as Row;
        });
    } finally {
      reader.close();
    }
  }

  async #write(file: string, sql: string, params: readonly SqlValue[]): Promise<void> {
    const writer = this.#writers.get(file) ?? openWriter(join(this.#dataDir, file));
    if (!this.#writers.has(file)) (await writer.prepare('PRAGMA busy_timeout = 10000')).get([]);
    this.#writers.set(file, writer);
    const rows = await (await writer.prepare(sql)).iterate(params);
    while (!rows.next().done);
  }
}

function asBytes(value: unknown): unknown {
  return value instanceof ArrayBuffer ? Buffer.from(value) : value;
}

class MongoVandal implements Vandal {
  readonly #connection: mongoose.Connection;

  private constructor(connection: mongoose.Connection) {
    this.#connection = connection;
  }

  static async of(uri: string): Promise<MongoVandal> {
    return new MongoVandal(await mongoose.createConnection(uri).asPromise());
  }

  async tables(): Promise<readonly string[]> {
    return (await this.#connection.listCollections()).map(({ name }) => name);
  }

  async rows(table: string): Promise<ReadonlyMap<string, Row>> {
    const rows = await this.#of(table).find({}, { promoteBuffers: false }).toArray();
    return new Map(rows.map((row) => [EJSON.stringify({ _id: row._id }), row as Row]));
  }

  async put(table: string, row: Row): Promise<void> {
    await this.#of(table).replaceOne({ _id: row._id } as never, row as never, { upsert: true });
  }

  async remove(table: string, row: Row): Promise<void> {
    await this.#of(table).deleteOne({ _id: row._id } as never);
  }

  async keyOf(): Promise<readonly string[]> {
    return ['_id'];
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #of(table: string): mongo.Collection {
    return this.#connection.getClient().db(this.#connection.name).collection(table);
  }
}
