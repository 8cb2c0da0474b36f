import type { RecordFloor } from '../../domain/index.ts';
import type { RecordFloors, StorePage } from '../../ports/index.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, jsonRows, type Row, text } from './driver.ts';

const PUT = `INSERT INTO record_floors (kind, id, owner, version, settled, expires_at, mac)
  SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5,
    j.value ->> 6
  FROM json_each(?) j WHERE true
  ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, settled = excluded.settled,
    expires_at = excluded.expires_at, mac = excluded.mac
  WHERE version <= excluded.version`;

const RAISE = `UPDATE record_floors SET version = j.value ->> 3, settled = j.value ->> 4,
    expires_at = j.value ->> 5, mac = j.value ->> 6
  FROM json_each(?) j
  WHERE record_floors.kind = j.value ->> 0 AND record_floors.id = j.value ->> 1
    AND record_floors.version <= j.value ->> 3`;

export class SqliteRecordFloors implements RecordFloors {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async get(kind: string, id: string): Promise<RecordFloor | undefined> {
    const row = this.#file.get('SELECT * FROM record_floors WHERE kind = ? AND id = ?', [kind, id]);
    return row === undefined ? undefined : floorIn(row);
  }

  async all(kind: string, ids: readonly string[]): Promise<readonly RecordFloor[]> {
    const sql = 'SELECT * FROM record_floors WHERE kind = ? AND id IN (SELECT value FROM json_each(?))';
    return this.#file.all(sql, [kind, JSON.stringify(ids)]).map(floorIn);
  }

  async ofOwner(kind: string, owner: string): Promise<readonly RecordFloor[]> {
    const sql = 'SELECT * FROM record_floors WHERE kind = ? AND owner = ?';
    return this.#file.all(sql, [kind, owner]).map(floorIn);
  }

  put(floors: readonly RecordFloor[]): Promise<void> {
    return this.#write(PUT, floors);
  }

  raise(floors: readonly RecordFloor[]): Promise<void> {
    return this.#write(RAISE, floors);
  }

  async #write(sql: string, floors: readonly RecordFloor[]): Promise<void> {
    if (floors.length === 0) return;
    const rows = floors.map(({ kind, id, owner, version, settled, expiresAt, mac }) => {
      return [kind, id, owner ?? null, version, settled ? 1 : 0, expiresAt ?? null, mac];
    });
    await this.#file.write(sql, [jsonRows(rows)]);
  }

  async remove(kind: string, ids: readonly string[], endedBy?: number): Promise<void> {
    const sql = `DELETE FROM record_floors WHERE kind = ?1 AND id IN (SELECT value FROM json_each(?2))
      AND (?3 IS NULL OR expires_at <= ?3)`;
    await this.#file.write(sql, [kind, JSON.stringify(ids), endedBy ?? null]);
  }

  async ended(now: number, limit: number): Promise<readonly RecordFloor[]> {
    const sql = 'SELECT * FROM record_floors WHERE expires_at <= ? ORDER BY expires_at LIMIT ?';
    return this.#file.all(sql, [now, limit]).map(floorIn);
  }

  async list({ limit, cursor }: { limit: number; cursor?: string }): Promise<StorePage<RecordFloor>> {
    const [kind, id] = cursor === undefined ? ['', ''] : (JSON.parse(cursor) as [string, string]);
    const sql = 'SELECT * FROM record_floors WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?';
    const items = this.#file.all(sql, [kind, id, limit]).map(floorIn);
    const last = items.at(-1);
    if (items.length < limit || last === undefined) return { items };
    return { items, nextCursor: JSON.stringify([last.kind, last.id]) };
  }

  async clear(): Promise<void> {
    await this.#file.write('DELETE FROM record_floors', []);
    await this.#file.write('DELETE FROM key_floors', []);
  }
}

function floorIn(row: Row): RecordFloor {
  return {
    kind: text(row.kind),
    id: text(row.id),
    ...(row.owner !== null && { owner: text(row.owner) }),
    version: integer(row.version),
    settled: integer(row.settled) === 1,
    ...(row.expires_at !== null && { expiresAt: integer(row.expires_at) }),
    mac: text(row.mac),
  };
}
