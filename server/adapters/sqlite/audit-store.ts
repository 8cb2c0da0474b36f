import type { AuditEntry } from '../../domain/index.ts';
import type { AuditStore, StorePage } from '../../ports/index.ts';
import { HIGHEST, keyOf, pageOf } from './cursor.ts';
import type { DatabaseFile } from './database-file.ts';
import { jsonRows, type SqlValue, text } from './driver.ts';

const APPEND = `INSERT INTO audit_log (id, account_id, action, at, body)
  SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4
  FROM json_each(?) j WHERE true ON CONFLICT DO NOTHING`;

export class SqliteAuditStore implements AuditStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map((entry) => {
      return [entry.id, entry.accountId, entry.action, entry.at, JSON.stringify(entry)];
    });
    await this.#file.write(APPEND, [jsonRows(rows)]);
  }

  async list(query: {
    accountId: string;
    action?: string;
    from?: number;
    to?: number;
    limit: number;
    cursor?: string;
  }): Promise<StorePage<AuditEntry>> {
    const { accountId, action, from = 0, to = Number.MAX_SAFE_INTEGER, limit, cursor } = query;
    const sql = `SELECT body FROM audit_log WHERE account_id = ? ${action === undefined ? '' : 'AND action = ?'}
      AND at BETWEEN ? AND ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`;
    const params: SqlValue[] = action === undefined ? [accountId] : [accountId, action];
    const rows = this.#file.all(sql, [...params, from, to, ...keyOf(cursor, HIGHEST), limit + 1]);
    const found = rows.map((row) => JSON.parse(text(row.body)) as AuditEntry);
    return pageOf(found, { limit, time: ({ at }) => at });
  }
}
