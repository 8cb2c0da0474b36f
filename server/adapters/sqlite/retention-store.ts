import { HELD_UNTIL, visitorKeyName } from '../../domain/index.ts';
import {
  ENTITY_SPECS,
  HELD_KINDS,
  type PurgeCounts,
  RETAINED_KINDS,
  type RetentionStore,
  SESSION_KINDS,
} from '../../ports/index.ts';
import type { DatabaseFile } from './database-file.ts';
import { text } from './driver.ts';
import { fieldOf, tableOf } from './entity-schema.ts';

/** At most ?2 messages of transcripts that have ended; the empty ones are cleared away after them. */
const PURGE_MESSAGES = `DELETE FROM messages WHERE id IN (
  SELECT m.id FROM transcripts t JOIN messages m ON m.transcript = t.id WHERE t.expires_at <= ?1 LIMIT ?2)`;
const PURGE_TRANSCRIPTS = `DELETE FROM transcripts WHERE expires_at <= ?
  AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.transcript = transcripts.id)`;

export interface RetentionFiles {
  readonly engagement: DatabaseFile;
  readonly keys: DatabaseFile;
  readonly activity: DatabaseFile;
  readonly attachments: DatabaseFile;
}

export class SqliteRetentionStore implements RetentionStore {
  readonly #files: RetentionFiles;

  constructor(files: RetentionFiles) {
    this.#files = files;
  }

  /** The keys are on the disk as gone before anything else is touched: a crash in between leaves nothing readable. */
  async purge(now: number, limit: number): Promise<PurgeCounts> {
    const { engagement, keys, activity, attachments } = this.#files;
    const dataKeys = await purgeTable(keys, { table: 'data_keys', now, limit });
    if (dataKeys > 0) await keys.forget();
    const messages = await engagement.write(PURGE_MESSAGES, [now, limit]);
    if (messages > 0) await engagement.write(PURGE_TRANSCRIPTS, [now]);
    const files = await purgeTable(attachments, { table: 'attachments', now, limit });
    if (files > 0) await attachments.forget();
    const profiles = await purgeTable(engagement, { table: 'profiles', now, limit });
    const conversations = await purgeTable(engagement, { table: 'conversations', now, limit });
    const entities = await this.#purgeEntities(now, limit);
    if (messages + profiles + conversations + entities > 0) await engagement.forget();
    const activities = await purgeTable(activity, { table: 'activity_log', now, limit });
    if (activities > 0) await activity.forget();
    const rest = { profiles, conversations, activity: activities, entities };
    return { dataKeys, messages, attachments: files, ...rest };
  }

  async expiredConversations(now: number, limit: number) {
    const sql = 'SELECT account_id, id FROM conversations WHERE expires_at <= ? ORDER BY expires_at LIMIT ?';
    const rows = this.#files.engagement.all(sql, [now, limit]);
    return rows.map((row) => ({ accountId: text(row.account_id), id: text(row.id) }));
  }

  async applyTranscriptRetention(accountId: string, retentionMs: number): Promise<void> {
    const { engagement, keys, attachments } = this.#files;
    await Promise.all([
      applyRetention(keys, { table: 'data_keys', from: 'retain_from', accountId, retentionMs }),
      applyRetention(engagement, { table: 'transcripts', from: 'retain_from', accountId, retentionMs }),
      applyRetention(attachments, { table: 'attachments', from: 'retain_from', accountId, retentionMs }),
      applyRetention(engagement, { table: 'profiles', from: 'retain_from', accountId, retentionMs }),
      applyRetention(engagement, { table: 'conversations', from: 'started_at', accountId, retentionMs }),
      ...RETAINED_KINDS.map((kind) => applyEntityRetention(engagement, { kind, accountId, retentionMs })),
    ]);
  }

  async setTranscriptEnd(query: { accountId: string; conversationId: string; expiresAt: number }) {
    const { engagement, keys, attachments } = this.#files;
    await Promise.all([
      setEnd(attachments, { ...query, table: 'attachments' }),
      setEnd(keys, { ...query, table: 'data_keys' }),
      setEnd(engagement, { ...query, table: 'transcripts' }),
      setEnd(engagement, { ...query, table: 'profiles' }),
      setEnd(engagement, { ...query, table: 'conversations', key: 'id' }),
      ...HELD_KINDS.map((kind) => setEntityEnd(engagement, { ...query, kind })),
    ]);
  }

  async setSessionEnd({ accountId, sessionId, end }: Parameters<RetentionStore['setSessionEnd']>[0]) {
    const { engagement, keys } = this.#files;
    const ofKey = `UPDATE data_keys SET expires_at = ${end === 'held' ? HELD_UNTIL : `retain_from + ${end.retentionMs}`}
      WHERE conversation_id = ? AND account_id = ?`;
    const own =
      end === 'held'
        ? ''
        : `min(${end.retentionMs}, coalesce(${fieldOf('retentionMs')}, ${end.retentionMs}))`;
    const entityEnd = end === 'held' ? HELD_UNTIL : `${fieldOf('retainFrom')} + ${own}`;
    const ofRecords = SESSION_KINDS.map(
      (kind) => `UPDATE ${tableOf(kind)} SET body = json_set(body, '$.expiresAt', ${entityEnd})
        WHERE id = ? AND ${fieldOf('accountId')} = ? AND ${fieldOf('retainFrom')} IS NOT NULL`,
    );
    await Promise.all([
      keys.write(ofKey, [visitorKeyName(sessionId), accountId]),
      ...ofRecords.map((sql) => engagement.write(sql, [sessionId, accountId])),
    ]);
  }

  async applyActivityRetention(accountId: string, retentionMs: number): Promise<void> {
    const table = 'activity_log';
    await applyRetention(this.#files.activity, { table, from: 'retain_from', accountId, retentionMs });
  }

  async forget(): Promise<void> {
    await Promise.all(Object.values(this.#files).map((file: DatabaseFile) => file.forget()));
  }

  async #purgeEntities(now: number, limit: number): Promise<number> {
    let purged = 0;
    for (const [kind, spec] of Object.entries(ENTITY_SPECS)) {
      if (!spec.expires || purged >= limit) continue;
      const expiry = fieldOf('expiresAt');
      purged += await purgeTable(this.#files.engagement, {
        table: tableOf(kind),
        expiry,
        now,
        limit: limit - purged,
      });
    }
    return purged;
  }
}

function purgeTable(
  file: DatabaseFile,
  query: { table: string; expiry?: string; now: number; limit: number },
): Promise<number> {
  const { table, expiry = 'expires_at', now, limit } = query;
  const sql = `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${expiry} <= ? LIMIT ?)`;
  return file.write(sql, [now, limit]);
}

/** Rows that already end when they should are left alone, and those under legal hold. */
function applyRetention(
  file: DatabaseFile,
  query: { table: string; from: string; accountId: string; retentionMs: number },
): Promise<number> {
  const { table, from, accountId, retentionMs } = query;
  const sql = `UPDATE ${table} SET expires_at = ${from} + ?1
    WHERE account_id = ?2 AND expires_at <> ${from} + ?1 AND expires_at < ${HELD_UNTIL}`;
  return file.write(sql, [retentionMs, accountId]);
}

function setEnd(
  file: DatabaseFile,
  query: { table: string; key?: string; accountId: string; conversationId: string; expiresAt: number },
): Promise<number> {
  const { table, key = 'conversation_id', accountId, conversationId, expiresAt } = query;
  const sql = `UPDATE ${table} SET expires_at = ? WHERE ${key} = ? AND account_id = ?`;
  return file.write(sql, [expiresAt, conversationId, accountId]);
}

/** The own retention of an entity counts where it is the shorter one. */
function applyEntityRetention(
  file: DatabaseFile,
  query: { kind: string; accountId: string; retentionMs: number },
): Promise<number> {
  const { kind, accountId, retentionMs } = query;
  const own = `coalesce(${fieldOf('retentionMs')}, ?1)`;
  const end = `${fieldOf('retainFrom')} + min(?1, ${own})`;
  const sql = `UPDATE ${tableOf(kind)} SET body = json_set(body, '$.expiresAt', ${end})
    WHERE ${fieldOf('accountId')} = ?2 AND ${fieldOf('expiresAt')} <> ${end}
      AND ${fieldOf('expiresAt')} < ${HELD_UNTIL}`;
  return file.write(sql, [retentionMs, accountId]);
}

/** A hold keeps what would have ended before the transcript too; released, it ends when it would have. */
function setEntityEnd(
  file: DatabaseFile,
  query: { kind: string; accountId: string; conversationId: string; expiresAt: number },
): Promise<number> {
  const { kind, accountId, conversationId, expiresAt } = query;
  const own = `coalesce(${fieldOf('retainFrom')} + ${fieldOf('retentionMs')}, ?1)`;
  const end = `iif(?1 >= ${HELD_UNTIL}, ?1, min(?1, ${own}))`;
  const sql = `UPDATE ${tableOf(kind)} SET body = json_set(body, '$.expiresAt', ${end})
    WHERE ${fieldOf('conversationId')} = ?2 AND ${fieldOf('accountId')} = ?3`;
  return file.write(sql, [expiresAt, conversationId, accountId]);
}
