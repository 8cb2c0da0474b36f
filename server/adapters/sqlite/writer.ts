import { StoreError } from '../../ports/store-error.ts';
import type { SqlValue, WriteConnection, WriteStatement } from './driver.ts';
import { ConstraintError, withoutValues } from './errors.ts';

/** Statements that share one transaction at the most, so that the first of them does not wait long. */
const MAX_GROUP = 64;

interface Write {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** It cannot be in a transaction. */
  readonly alone: boolean;
  readonly resolve: (changes: number) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * The one writer of a database file. Writes run one after the other, off the event loop's thread. Those that arrive
 * while one is under way share the next transaction, and with it the fsync that makes them durable; each of them
 * still stands or fails alone. A write resolves once it is on the disk.
 */
export class Writer {
  readonly #connection: WriteConnection;
  readonly #statements = new Map<string, WriteStatement>();
  readonly #queue: Write[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(connection: WriteConnection) {
    this.#connection = connection;
  }

  /**
   * Runs one statement, all of it or nothing, and answers how many rows it changed.
   * @throws ConstraintError when a row breaks a constraint, StoreError when the database fails
   */
  run(sql: string, params: readonly SqlValue[]): Promise<number> {
    return this.#enqueue({ sql, params, alone: false });
  }

  /** Runs a statement in its turn that no transaction takes, such as a checkpoint. */
  async runAlone(sql: string): Promise<void> {
    await this.#enqueue({ sql, params: [], alone: true });
  }

  /** Waits for every write that was asked for, then closes the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#statements.clear();
    this.#connection.close();
  }

  #enqueue(write: Pick<Write, 'sql' | 'params' | 'alone'>): Promise<number> {
    if (this.#closed) return Promise.reject(new StoreError('CLOSED'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...write, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = this.#nextGroup();
      const [only] = group;
      if (only !== undefined && group.length === 1) await this.#alone(only);
      else await this.#together(group);
    }
    this.#running = undefined;
  }

  /** Takes the writes from the head of the queue that can share a transaction. */
  #nextGroup(): readonly Write[] {
    const firstAlone = this.#queue.findIndex(({ alone }) => alone);
    const length = firstAlone < 0 ? MAX_GROUP : Math.min(MAX_GROUP, Math.max(firstAlone, 1));
    return this.#queue.splice(0, length);
  }

  async #alone(write: Write): Promise<void> {
    try {
      write.resolve(await this.#execute(write));
    } catch (error) {
      write.reject(withoutValues(error));
    }
  }

  /** One transaction. A broken constraint undoes its own statement; any other failure undoes the whole group. */
  async #together(group: readonly Write[]): Promise<void> {
    const settle: (() => void)[] = [];
    try {
      await this.#connection.exec('BEGIN IMMEDIATE');
      for (const write of group) settle.push(await this.#settled(write));
      await this.#connection.exec('COMMIT');
    } catch (error) {
      await this.#connection.exec('ROLLBACK').catch(() => undefined);
      for (const write of group) write.reject(withoutValues(error));
      return;
    }
    for (const settleOne of settle) settleOne();
  }

  async #settled(write: Write): Promise<() => void> {
    try {
      const changes = await this.#execute(write);
      return () => write.resolve(changes);
    } catch (error) {
      const failure = withoutValues(error);
      if (failure instanceof ConstraintError) return () => write.reject(failure);
      throw failure;
    }
  }

  async #execute({ sql, params }: Write): Promise<number> {
    const statement = await this.#prepared(sql);
    const rows = await statement.iterate(params);
    while (!rows.next().done);
    const changes = (await this.#prepared('SELECT changes() AS n')).get([]);
    return Number(changes?.n);
  }

  async #prepared(sql: string): Promise<WriteStatement> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = await this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
