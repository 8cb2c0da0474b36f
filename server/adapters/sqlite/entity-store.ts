import type { Entity } from '../../domain/index.ts';
import {
  ENTITY_SPECS,
  type EntitySpec,
  type EntityStore,
  type EntityStores,
  type StorePage,
  UniqueViolation,
} from '../../ports/index.ts';
import { HIGHEST, keyOf, LOWEST, pageOf } from './cursor.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, type Row, type SqlValue, text } from './driver.ts';
import { fieldOf, isArrayPath, tableOf, uniqueIndexOf, valuesTableOf } from './entity-schema.ts';
import { ConstraintError } from './errors.ts';

/** Keeps entities of one kind as JSON, with the indexes that its spec names. */
class SqliteEntityStore<T extends Entity> implements EntityStore<T> {
  readonly #file: DatabaseFile;
  readonly #kind: string;
  readonly #spec: EntitySpec;
  readonly #table: string;
  readonly #select: string;

  constructor(file: DatabaseFile, kind: string, spec: EntitySpec) {
    this.#file = file;
    this.#kind = kind;
    this.#spec = spec;
    this.#table = tableOf(kind);
    this.#select = `SELECT id, version, created_at, updated_at, body FROM ${this.#table}`;
  }

  async get(id: string): Promise<T | undefined> {
    const row = this.#file.get(`${this.#select} WHERE id = ?`, [id]);
    return row === undefined ? undefined : entityIn<T>(row);
  }

  async findBy(field: string, value: string): Promise<T | undefined> {
    if (!this.#spec.unique.includes(field)) throw new Error('not a unique field of this kind');
    const row = this.#file.get(`${this.#select} WHERE ${fieldOf(field)} = ?`, [value]);
    return row === undefined ? undefined : entityIn<T>(row);
  }

  async list(query: {
    where?: Readonly<Record<string, string>>;
    newestFirst?: boolean;
    limit: number;
    cursor?: string;
  }): Promise<StorePage<T>> {
    const where = Object.entries(query.where ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const conditions = where.map(([path]) => this.#condition(path));
    const newest = query.newestFirst === true;
    const [beyond, order, start] = newest
      ? (['(created_at, id) < (?, ?)', 'created_at DESC, id DESC', HIGHEST] as const)
      : (['(created_at, id) > (?, ?)', 'created_at, id', LOWEST] as const);
    const sql = `${this.#select} WHERE ${[...conditions, beyond].join(' AND ')} ORDER BY ${order} LIMIT ?`;
    const params: SqlValue[] = where.map(([, value]) => value);
    const rows = this.#file.all(sql, [...params, ...keyOf(query.cursor, start), query.limit + 1]);
    const found = rows.map((row) => entityIn<T>(row));
    return pageOf(found, { limit: query.limit, time: (entity) => entity.createdAt });
  }

  async insert(entity: T): Promise<void> {
    const sql = `INSERT INTO ${this.#table} (id, version, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?)`;
    await this.#write(sql, [entity.id, entity.version, entity.createdAt, entity.updatedAt, bodyOf(entity)]);
  }

  async replace(entity: T): Promise<boolean> {
    const sql = `UPDATE ${this.#table} SET version = ?, created_at = ?, updated_at = ?, body = ?
      WHERE id = ? AND version = ?`;
    const { id, version, createdAt, updatedAt } = entity;
    const params = [version, createdAt, updatedAt, bodyOf(entity), id, version - 1];
    return (await this.#write(sql, params)) > 0;
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#write(`DELETE FROM ${this.#table} WHERE id = ?`, [id])) > 0;
  }

  async deleteWhere(where: Readonly<Record<string, string>>): Promise<number> {
    const conditions = Object.keys(where).map((path) => this.#condition(path));
    if (conditions.length === 0) throw new Error('a deletion names what it deletes');
    const deleted = await this.#write(
      `DELETE FROM ${this.#table} WHERE ${conditions.join(' AND ')}`,
      Object.values(where),
    );
    if (deleted > 0) await this.#file.forget();
    return deleted;
  }

  #condition(path: string): string {
    if (this.#spec.unique.includes(path)) return `${fieldOf(path)} = ?`;
    if (!this.#spec.indexed.includes(path)) throw new Error('not an indexed field of this kind');
    if (!isArrayPath(path)) return `${fieldOf(path)} = ?`;
    return `id IN (SELECT id FROM ${valuesTableOf(this.#kind, path)} WHERE value = ?)`;
  }

  async #write(sql: string, params: readonly SqlValue[]): Promise<number> {
    try {
      return await this.#file.write(sql, params);
    } catch (error) {
      throw this.#asViolation(error);
    }
  }

  #asViolation(error: unknown): unknown {
    if (!(error instanceof ConstraintError)) return error;
    if (error.target === `${this.#table}.id`) return new UniqueViolation('id');
    const field = this.#spec.unique.find((path) => uniqueIndexOf(this.#kind, path) === error.target);
    return field === undefined ? error : new UniqueViolation(field);
  }
}

/** What columns say is not said again. */
function bodyOf(entity: Entity): string {
  const { id: _id, version: _version, createdAt: _created, updatedAt: _updated, ...body } = entity;
  return JSON.stringify(body);
}

function entityIn<T>(row: Row): T {
  return {
    ...(JSON.parse(text(row.body)) as T),
    id: text(row.id),
    version: integer(row.version),
    createdAt: integer(row.created_at),
    updatedAt: integer(row.updated_at),
  };
}

/** One store for each kind of `ENTITY_SPECS`. */
export function entityStores(file: DatabaseFile): EntityStores {
  const stores = Object.entries(ENTITY_SPECS).map(([kind, spec]) => [
    kind,
    new SqliteEntityStore(file, kind, spec),
  ]);
  return Object.fromEntries(stores) as unknown as EntityStores;
}
