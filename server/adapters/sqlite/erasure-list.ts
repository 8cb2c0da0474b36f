import type { ErasedThing } from '../../domain/index.ts';
import type { ErasureList, StorePage } from '../../ports/index.ts';
import { keyOf, LOWEST, pageOf } from './cursor.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, jsonRows, text } from './driver.ts';

const APPEND = `INSERT INTO erasure_list (id, at, body)
  SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each(?) j WHERE true ON CONFLICT DO NOTHING`;

const PUT = APPEND.replace('DO NOTHING', '(id) DO UPDATE SET at = excluded.at, body = excluded.body');

export class SqliteErasureList implements ErasureList {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  append(erased: readonly ErasedThing[]): Promise<void> {
    return this.#write(APPEND, erased);
  }

  put(erased: readonly ErasedThing[]): Promise<void> {
    return this.#write(PUT, erased);
  }

  async #write(sql: string, erased: readonly ErasedThing[]): Promise<void> {
    if (erased.length === 0) return;
    const rows = erased.map(({ id, at, ...body }) => [id, at, JSON.stringify(body)]);
    await this.#file.write(sql, [jsonRows(rows)]);
  }

  async list(query: { from?: number; limit: number; cursor?: string }): Promise<StorePage<ErasedThing>> {
    const { from = 0, limit, cursor } = query;
    const sql =
      'SELECT id, at, body FROM erasure_list WHERE at >= ? AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?';
    const rows = this.#file.all(sql, [from, ...keyOf(cursor, LOWEST), limit + 1]);
    const found = rows.map((row) => {
      return { ...(JSON.parse(text(row.body)) as ErasedThing), id: text(row.id), at: integer(row.at) };
    });
    return pageOf(found, { limit, time: ({ at }) => at });
  }
}
