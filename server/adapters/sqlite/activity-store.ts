import type { ActivityRecord } from '../../domain/index.ts';
import type { ActivityStore, StorePage } from '../../ports/index.ts';
import { HIGHEST, keyOf, pageOf } from './cursor.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, jsonRows, type Row, text } from './driver.ts';

const APPEND = `INSERT INTO activity_log (id, account_id, session_id, ip, user_agent, connected_at,
    disconnected_at, retain_from, expires_at, mac)
  SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5,
    j.value ->> 6, j.value ->> 7, j.value ->> 8, j.value ->> 9
  FROM json_each(?) j WHERE true ON CONFLICT DO NOTHING`;

const DISCONNECTED = `UPDATE activity_log SET disconnected_at = coalesce(j.value ->> 1, disconnected_at),
  mac = j.value ->> 2 FROM json_each(?) j
  WHERE activity_log.id = j.value ->> 0`;

/** In a file of its own: no other holds an address. */
export class SqliteActivityStore implements ActivityStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async append(records: readonly ActivityRecord[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => {
      const { id, accountId, sessionId, ip, userAgent, connectedAt, disconnectedAt = null } = record;
      const { retainFrom, expiresAt, mac = null } = record;
      const who = [id, accountId, sessionId, ip, userAgent];
      return [...who, connectedAt, disconnectedAt, retainFrom, expiresAt, mac];
    });
    await this.#file.write(APPEND, [jsonRows(rows)]);
  }

  async disconnected(ends: readonly { id: string; at?: number; mac?: string }[]): Promise<void> {
    if (ends.length === 0) return;
    await this.#file.write(DISCONNECTED, [
      jsonRows(ends.map(({ id, at = null, mac = null }) => [id, at, mac])),
    ]);
  }

  async get(id: string): Promise<ActivityRecord | undefined> {
    const row = this.#file.get('SELECT * FROM activity_log WHERE id = ?', [id]);
    return row === undefined ? undefined : recordIn(row);
  }

  async list(query: { accountId?: string; limit: number; cursor?: string }) {
    const { accountId, limit, cursor = '' } = query;
    const ofAccount = accountId === undefined ? '' : 'AND account_id = ?';
    const sql = `SELECT * FROM activity_log WHERE id > ? ${ofAccount} ORDER BY id LIMIT ?`;
    const params = accountId === undefined ? [cursor, limit] : [cursor, accountId, limit];
    const items = this.#file.all(sql, params).map(recordIn);
    const last = items.at(-1);
    return items.length < limit || last === undefined ? { items } : { items, nextCursor: last.id };
  }

  async find(query: {
    accountId: string;
    sessionId?: string;
    ip?: string;
    limit: number;
    cursor?: string;
  }): Promise<StorePage<ActivityRecord>> {
    const { accountId, sessionId, ip, limit, cursor } = query;
    const value = sessionId ?? ip;
    if (value === undefined || (sessionId !== undefined && ip !== undefined)) {
      throw new Error('a search of the activity log names either a session or an address');
    }
    const sql = `SELECT * FROM activity_log WHERE account_id = ? AND ${sessionId === undefined ? 'ip' : 'session_id'} = ?
      AND (connected_at, id) < (?, ?) ORDER BY connected_at DESC, id DESC LIMIT ?`;
    const rows = this.#file.all(sql, [accountId, value, ...keyOf(cursor, HIGHEST), limit + 1]);
    return pageOf(rows.map(recordIn), { limit, time: ({ connectedAt }) => connectedAt });
  }

  async deleteByIp(accountId: string, ip: string): Promise<number> {
    const sql = 'DELETE FROM activity_log WHERE account_id = ? AND ip = ?';
    const deleted = await this.#file.write(sql, [accountId, ip]);
    if (deleted > 0) await this.#file.forget();
    return deleted;
  }

  async deleteOf({ accountId, sessionId }: { accountId: string; sessionId?: string }): Promise<number> {
    const ofSession = sessionId === undefined ? '' : 'AND session_id = ?';
    const params = sessionId === undefined ? [accountId] : [accountId, sessionId];
    const sql = `DELETE FROM activity_log WHERE account_id = ? ${ofSession}`;
    const deleted = await this.#file.write(sql, params);
    if (deleted > 0) await this.#file.forget();
    return deleted;
  }
}

function recordIn(row: Row): ActivityRecord {
  return {
    id: text(row.id),
    accountId: text(row.account_id),
    sessionId: text(row.session_id),
    ip: text(row.ip),
    userAgent: text(row.user_agent),
    connectedAt: integer(row.connected_at),
    ...(row.disconnected_at === null ? {} : { disconnectedAt: integer(row.disconnected_at) }),
    retainFrom: integer(row.retain_from),
    expiresAt: integer(row.expires_at),
    ...(row.mac !== null && { mac: text(row.mac) }),
  };
}
