import type { ProfileRecord } from '../../domain/index.ts';
import type { ProfileStore } from '../../ports/index.ts';
import type { DatabaseFile } from './database-file.ts';
import { bytes, integer, text } from './driver.ts';

/** A later one takes the place of the sealed bytes; its life stays as the retention has set it. */
const PUT = `INSERT INTO profiles (conversation_id, account_id, session_id, sealed, retain_from, expires_at)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (conversation_id) DO UPDATE SET sealed = excluded.sealed`;

export class SqliteProfileStore implements ProfileStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async put(record: ProfileRecord): Promise<void> {
    const { conversationId, accountId, sessionId, sealed, retainFrom, expiresAt } = record;
    await this.#file.write(PUT, [conversationId, accountId, sessionId, sealed, retainFrom, expiresAt]);
  }

  async get(conversationId: string): Promise<ProfileRecord | undefined> {
    const row = this.#file.get('SELECT * FROM profiles WHERE conversation_id = ?', [conversationId]);
    if (row === undefined) return undefined;
    return {
      conversationId: text(row.conversation_id),
      accountId: text(row.account_id),
      sessionId: text(row.session_id),
      sealed: bytes(row.sealed),
      retainFrom: integer(row.retain_from),
      expiresAt: integer(row.expires_at),
    };
  }

  async delete(conversationId: string): Promise<boolean> {
    const sql = 'DELETE FROM profiles WHERE conversation_id = ?';
    const deleted = (await this.#file.write(sql, [conversationId])) > 0;
    if (deleted) await this.#file.forget();
    return deleted;
  }
}
