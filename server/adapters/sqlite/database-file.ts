import { join } from 'node:path';
import {
  openReader,
  openWriter,
  type ReadConnection,
  type ReadStatement,
  type Row,
  type SqlValue,
  type WriteConnection,
} from './driver.ts';
import { withoutValues } from './errors.ts';
import { LATER_COLUMNS, SCHEMA_VERSION } from './schema.ts';
import { Writer } from './writer.ts';

/** Pages of 4 KiB in the write-ahead log before they are moved to the database file: 16 MiB. */
const CHECKPOINT_PAGES = 4_000;
/** Kibibytes of pages that a connection keeps in memory. */
const CACHE_KIB = 32 * 1024;
/** How long a connection waits for another process (a backup) to let go. */
const BUSY_TIMEOUT_MS = 5_000;

const WRITER_SETTINGS = [
  'journal_mode = WAL',
  // The fsync at every commit that an acknowledgement stands on.
  'synchronous = FULL',
  // Erased bytes are overwritten, not left in free pages.
  'secure_delete = ON',
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
  `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  `cache_size = -${CACHE_KIB}`,
];
const READER_SETTINGS = [
  'query_only = ON',
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
  `cache_size = -${CACHE_KIB}`,
];

const CHECKPOINT = 'PRAGMA wal_checkpoint(TRUNCATE)';

/**
 * One database file: a writer off the event loop's thread, and a reader that answers at once and sees what has been
 * committed, never what is under way.
 */
export class DatabaseFile {
  readonly #writer: Writer;
  readonly #reader: ReadConnection;
  readonly #statements = new Map<string, ReadStatement>();

  private constructor(writer: Writer, reader: ReadConnection) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /**
   * Opens the file, or makes it, and brings its tables up to date.
   * @throws Error that names the file without its folder and says why
   */
  static async open(query: { dataDir: string; name: string; schema: string }): Promise<DatabaseFile> {
    const path = join(query.dataDir, query.name);
    try {
      const connection = openWriter(path);
      await prepareFile(connection, query.schema);
      const reader = openReader(path);
      for (const setting of READER_SETTINGS) reader.prepare(`PRAGMA ${setting}`).all([]);
      return new DatabaseFile(new Writer(connection), reader);
    } catch (error) {
      throw new Error(`cannot open the database ${query.name}: ${reasonOf(error)}`);
    }
  }

  get(sql: string, params: readonly SqlValue[]): Row | undefined {
    return this.#read(sql, (statement) => statement.get(params));
  }

  all(sql: string, params: readonly SqlValue[]): Row[] {
    return this.#read(sql, (statement) => statement.all(params));
  }

  /** Runs one writing statement; see {@link Writer.run}. */
  write(sql: string, params: readonly SqlValue[]): Promise<number> {
    return this.#writer.run(sql, params);
  }

  /**
   * Empties the write-ahead log, in which pages stand as they were before an erasure. A reader of another process
   * may hold it back; the next call catches up.
   */
  forget(): Promise<void> {
    return this.#writer.runAlone(CHECKPOINT);
  }

  async close(): Promise<void> {
    await this.forget();
    await this.#writer.close();
    this.#statements.clear();
    this.#reader.close();
  }

  #read<T>(sql: string, use: (statement: ReadStatement) => T): T {
    try {
      let statement = this.#statements.get(sql);
      if (statement === undefined) {
        statement = this.#reader.prepare(sql);
        this.#statements.set(sql, statement);
      }
      return use(statement);
    } catch (error) {
      throw withoutValues(error);
    }
  }
}

async function prepareFile(connection: WriteConnection, schema: string): Promise<void> {
  for (const setting of WRITER_SETTINGS) (await connection.prepare(`PRAGMA ${setting}`)).get([]);
  const version = (await connection.prepare('PRAGMA user_version')).get([]);
  if (Number(version?.user_version) > SCHEMA_VERSION) throw new Error('it was written by a newer release');
  await connection.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  await addLaterColumns(connection);
}

async function addLaterColumns(connection: WriteConnection): Promise<void> {
  for (const { table, column, definition } of LATER_COLUMNS) {
    const known = (await connection.prepare('SELECT count(*) AS n FROM pragma_table_info(?)')).get([table]);
    const has = (
      await connection.prepare('SELECT count(*) AS n FROM pragma_table_info(?) WHERE name = ?')
    ).get([table, column]);
    if (Number(known?.n) > 0 && Number(has?.n) === 0)
      await connection.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${definition}`);
  }
}

/** A sentence that a person can act on; the driver's own message is left out with whatever it may quote. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'SQLITE_NOTADB') return 'it is not a database, or it is damaged (SQLITE_NOTADB)';
  if (code === 'SQLITE_CORRUPT') return 'it is damaged (SQLITE_CORRUPT)';
  if (typeof code === 'string') return `the driver says ${code}`;
  return error instanceof Error ? error.message : 'the reason is unknown';
}
