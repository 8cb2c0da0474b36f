import type { AuditChain, AuditLink, AuditPoint, StoredAuditEntry } from '../../domain/index.ts';
import type { AuditFilter, AuditStore, StorePage } from '../../ports/index.ts';
import { HIGHEST, keyOf, pageOf } from './cursor.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, jsonRows, type Row, type SqlValue, text } from './driver.ts';
import { ConstraintError } from './errors.ts';

const SEQ = "body ->> '$.seq'";

const SELECT = 'SELECT id, account_id, action, at, body FROM audit_log';

const APPEND = `INSERT INTO audit_log (id, account_id, action, at, body)
  SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4 FROM json_each(?) j`;

/** In the same transaction as the links; without effect when they were refused. */
const MOVE_HEAD = `INSERT INTO audit_chains (account_id, head_seq, head)
  SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM audit_log WHERE account_id = ?1 AND ${SEQ} = ?2 AND id = ?4)
  ON CONFLICT (account_id) DO UPDATE SET head_seq = excluded.head_seq, head = excluded.head
  WHERE head_seq < excluded.head_seq`;

const MOVE_BASE = `UPDATE audit_chains SET base_seq = ?2, base = ?3 WHERE account_id = ?1 AND base_seq < ?2`;
const PURGE_LINKS = `DELETE FROM audit_log WHERE account_id = ?1 AND ${SEQ} <= ?2`;
const PURGE_UNCHAINED = `DELETE FROM audit_log WHERE account_id = ?1 AND ${SEQ} IS NULL AND at < ?2`;

const CONDITIONS = [
  ['action', 'action = ?'],
  ['actorId', "body ->> '$.actor.id' = ?"],
  ['targetId', "body ->> '$.target.id' = ?"],
  ['targetKind', "body ->> '$.target.kind' = ?"],
] as const;

export class SqliteAuditStore implements AuditStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async append(links: readonly AuditLink[], head: AuditPoint): Promise<number> {
    const last = links.at(-1);
    if (last === undefined) return 0;
    const { seq, ...point } = head;
    const rows = links.map(({ id, accountId, action, at, ...body }) => {
      return [id, accountId, action, at, JSON.stringify(body)];
    });
    const appended = this.#file.write(APPEND, [jsonRows(rows)]);
    const moved = this.#file.write(MOVE_HEAD, [last.accountId, seq, JSON.stringify(point), last.id]);
    try {
      await Promise.all([appended, moved]);
      return links.length;
    } catch (error) {
      if (error instanceof ConstraintError) return 0;
      throw error;
    }
  }

  async last(accountId: string): Promise<AuditLink | undefined> {
    const sql = `${SELECT} WHERE account_id = ? AND ${SEQ} > 0 ORDER BY ${SEQ} DESC LIMIT 1`;
    const row = this.#file.get(sql, [accountId]);
    return row === undefined ? undefined : entryIn<AuditLink>(row);
  }

  async read(query: { accountId: string; afterSeq: number; limit: number }): Promise<readonly AuditLink[]> {
    const { accountId, afterSeq, limit } = query;
    const sql = `${SELECT} WHERE account_id = ? AND ${SEQ} > ? ORDER BY ${SEQ} LIMIT ?`;
    return this.#file.all(sql, [accountId, afterSeq, limit]).map((row) => entryIn<AuditLink>(row));
  }

  async chain(accountId: string): Promise<AuditChain | undefined> {
    const row = this.#file.get('SELECT * FROM audit_chains WHERE account_id = ?', [accountId]);
    if (row === undefined) return undefined;
    const head = pointIn(row.head, row.head_seq);
    return { accountId, head, ...(row.base_seq !== 0 && { base: pointIn(row.base, row.base_seq) }) };
  }

  async unchained(accountId: string): Promise<number> {
    const sql = `SELECT count(*) AS n FROM audit_log WHERE account_id = ? AND ${SEQ} IS NULL`;
    return integer(this.#file.get(sql, [accountId])?.n);
  }

  async list(query: AuditFilter & { limit: number; cursor?: string }): Promise<StorePage<StoredAuditEntry>> {
    const { accountId, from = 0, to = Number.MAX_SAFE_INTEGER, limit, cursor } = query;
    const given = CONDITIONS.filter(([name]) => query[name] !== undefined);
    const conditions = ['account_id = ?', ...given.map(([, condition]) => condition)];
    const sql = `${SELECT} WHERE ${conditions.join(' AND ')}
      AND at BETWEEN ? AND ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`;
    const params: SqlValue[] = [accountId, ...given.map(([name]) => query[name] ?? null)];
    const rows = this.#file.all(sql, [...params, from, to, ...keyOf(cursor, HIGHEST), limit + 1]);
    return pageOf(
      rows.map((row) => entryIn<StoredAuditEntry>(row)),
      { limit, time: ({ at }) => at },
    );
  }

  async purge(query: { accountId: string; base: AuditPoint; before: number }): Promise<number> {
    const { accountId, base, before } = query;
    const { seq, ...point } = base;
    await this.#file.write(MOVE_BASE, [accountId, seq, JSON.stringify(point)]);
    const links = await this.#file.write(PURGE_LINKS, [accountId, base.seq]);
    const others = await this.#file.write(PURGE_UNCHAINED, [accountId, before]);
    if (links + others > 0) await this.#file.forget();
    return links + others;
  }

  async deleteAccount(accountId: string): Promise<number> {
    const entries = await this.#file.write('DELETE FROM audit_log WHERE account_id = ?', [accountId]);
    await this.#file.write('DELETE FROM audit_chains WHERE account_id = ?', [accountId]);
    if (entries > 0) await this.#file.forget();
    return entries;
  }
}

function entryIn<T extends StoredAuditEntry>(row: Row): T {
  return {
    ...(JSON.parse(text(row.body)) as T),
    id: text(row.id),
    accountId: text(row.account_id),
    action: text(row.action),
    at: integer(row.at),
  };
}

/** Whoever moved the number of a point that was never written has none that is genuine. */
function pointIn(point: unknown, seq: unknown): AuditPoint {
  const written = point === null ? { hash: '', mac: '' } : (JSON.parse(text(point)) as AuditPoint);
  return { ...written, seq: integer(seq) };
}
