import type { MessageRecord, Sealed } from '../../domain/index.ts';
import type { AppendOutcome, MessageStore } from '../../ports/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { DatabaseFile } from './database-file.ts';
import { bytes, integer, jsonRows, type Row, type SqlValue, text, textOfBytes } from './driver.ts';
import { ConstraintError } from './errors.ts';
import { judge, type Standing } from './message-judge.ts';

/** All rows or none. Texts are in ?1 as JSON, the bytes of all rows one after the other in ?2. */
const APPEND = `INSERT INTO message_records
    (conversation_id, account_id, retain_from, expires_at, seq, client_key, sealed, hash)
  SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5,
    substr(?2, j.value ->> 6, j.value ->> 7), substr(?2, (j.value ->> 6) + (j.value ->> 7), j.value ->> 8)
  FROM json_each(?1) j`;

const STANDING = `SELECT t.conversation_id, m.seq, CAST(m.client_key AS BLOB) AS client_key, m.hash
  FROM json_each(?1) j JOIN transcripts t ON t.conversation_id = j.value ->> 0
  JOIN messages m ON m.transcript = t.id AND (m.seq = j.value ->> 1 OR m.client_key = j.value ->> 2)`;

const SELECT = `SELECT conversation_id, account_id, retain_from, expires_at, seq,
  CAST(client_key AS BLOB) AS client_key, sealed, hash FROM message_records`;

/** Nothing changes unless every record still has the hash that it is said to have. */
const RESEAL = `WITH change AS MATERIALIZED (
    SELECT m.id, unhex(j.value ->> 2) = m.hash AS expected,
      substr(?2, j.value ->> 3, j.value ->> 4) AS sealed, unhex(j.value ->> 5) AS hash
    FROM json_each(?1) j JOIN transcripts t ON t.conversation_id = j.value ->> 0
    JOIN messages m ON m.transcript = t.id AND m.seq = j.value ->> 1)
  UPDATE messages SET sealed = change.sealed, hash = change.hash FROM change
  WHERE messages.id = change.id AND (SELECT sum(expected) FROM change) = ?3`;

/** The transcripts, with what their messages share, and the messages; see `schema.ts`. */
export class SqliteMessageStore implements MessageStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  /** The whole batch is one statement. Only when it breaks a constraint is it looked at record by record. */
  async append(batch: readonly Sealed[]): Promise<readonly AppendOutcome[]> {
    const records = batch.map(({ record }) => record);
    if (records.length === 0) return [];
    if (await this.#insert(records)) return records.map(() => ({ kind: 'stored' }));
    return await this.#settle(records);
  }

  async read(query: { conversationId: string; afterSeq: number; limit: number }) {
    const sql = `${SELECT} WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?`;
    return this.#file.all(sql, [query.conversationId, query.afterSeq, query.limit]).map(recordIn);
  }

  async findByClientKey(conversationId: string, clientKey: string): Promise<MessageRecord | undefined> {
    return this.#one(`${SELECT} WHERE conversation_id = ? AND client_key = ?`, [conversationId, clientKey]);
  }

  async last(conversationId: string): Promise<MessageRecord | undefined> {
    return this.#one(`${SELECT} WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1`, [conversationId]);
  }

  async reseal(records: readonly { record: MessageRecord; replaces: Uint8Array }[]): Promise<boolean> {
    if (records.length === 0) return true;
    let offset = 1;
    const rows = records.map(({ record, replaces }) => {
      const { conversationId, seq, sealed, hash } = record;
      const start = offset;
      offset += sealed.length;
      return [conversationId, seq, hex(replaces), start, sealed.length, hex(hash)];
    });
    const all = Buffer.concat(records.map(({ record }) => record.sealed));
    const changed = await this.#file.write(RESEAL, [jsonRows(rows), all, records.length]);
    if (changed > 0) await this.#file.forget();
    return changed === records.length;
  }

  async deleteConversation(conversationId: string): Promise<number> {
    const [deleted] = await Promise.all([
      this.#file.write(
        'DELETE FROM messages WHERE transcript = (SELECT id FROM transcripts WHERE conversation_id = ?)',
        [conversationId],
      ),
      this.#file.write('DELETE FROM transcripts WHERE conversation_id = ?', [conversationId]),
    ]);
    if (deleted > 0) await this.#file.forget();
    return deleted;
  }

  /** False when one of them breaks a constraint; then none was kept. */
  async #insert(records: readonly MessageRecord[]): Promise<boolean> {
    try {
      await this.#file.write(APPEND, packed(records));
      return true;
    } catch (error) {
      if (error instanceof ConstraintError) return false;
      throw error;
    }
  }

  /**
   * Tells what stands in the way and keeps the rest. Another batch may get there first; each time that happens one
   * more record is in the way, so there are never more rounds than records.
   */
  async #settle(records: readonly MessageRecord[]): Promise<readonly AppendOutcome[]> {
    for (let round = 0; round <= records.length; round += 1) {
      const { outcomes, fresh } = judge(records, this.#standing(records));
      if (fresh.length === 0 || (await this.#insert(fresh))) return outcomes;
    }
    throw new StoreError('SQLITE_CONSTRAINT');
  }

  #standing(records: readonly MessageRecord[]): Standing[] {
    const rows = records.map(({ conversationId, seq, clientKey }) => [conversationId, seq, clientKey]);
    return this.#file.all(STANDING, [jsonRows(rows)]).map((row) => ({
      conversationId: text(row.conversation_id),
      seq: integer(row.seq),
      clientKey: textOfBytes(row.client_key),
      hash: bytes(row.hash),
    }));
  }

  #one(sql: string, params: readonly SqlValue[]): MessageRecord | undefined {
    const row = this.#file.get(sql, params);
    return row === undefined ? undefined : recordIn(row);
  }
}

function packed(records: readonly MessageRecord[]): [string, Uint8Array] {
  const parts: Uint8Array[] = [];
  let offset = 1;
  const rows = records.map((record) => {
    const { conversationId, accountId, retainFrom, expiresAt, seq, clientKey, sealed, hash } = record;
    const start = offset;
    parts.push(sealed, hash);
    offset += sealed.length + hash.length;
    return [
      conversationId,
      accountId,
      retainFrom,
      expiresAt,
      seq,
      clientKey,
      start,
      sealed.length,
      hash.length,
    ];
  });
  return [jsonRows(rows), Buffer.concat(parts)];
}

function recordIn(row: Row): MessageRecord {
  return {
    accountId: text(row.account_id),
    conversationId: text(row.conversation_id),
    seq: integer(row.seq),
    clientKey: textOfBytes(row.client_key),
    sealed: bytes(row.sealed),
    hash: bytes(row.hash),
    retainFrom: integer(row.retain_from),
    expiresAt: integer(row.expires_at),
  };
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}
