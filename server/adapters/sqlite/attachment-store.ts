import type { AttachmentPiece, SealedPiece } from '../../domain/index.ts';
import type { AttachmentStore } from '../../ports/index.ts';
import type { DatabaseFile } from './database-file.ts';
import { bytes, integer, text } from './driver.ts';

/** A later piece takes the place of the sealed bytes; its life stays as the retention has set it. */
const PUT = `INSERT INTO attachments
  (conversation_id, attachment_id, piece, account_id, retain_from, expires_at, sealed)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (conversation_id, attachment_id, piece) DO UPDATE SET sealed = excluded.sealed`;
const FILE = 'conversation_id = ? AND attachment_id = ?';

export class SqliteAttachmentStore implements AttachmentStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async put(pieces: readonly SealedPiece[]): Promise<void> {
    for (const piece of pieces) {
      const { conversationId, attachmentId, index, accountId, retainFrom, expiresAt, sealed } = piece;
      const place = [conversationId, attachmentId, index, accountId, retainFrom, expiresAt];
      await this.#file.write(PUT, [...place, sealed]);
    }
  }

  async read(conversationId: string, attachmentId: string): Promise<readonly AttachmentPiece[]> {
    const sql = `SELECT * FROM attachments WHERE ${FILE} ORDER BY piece`;
    return this.#file.all(sql, [conversationId, attachmentId]).map((row) => ({
      accountId: text(row.account_id),
      conversationId: text(row.conversation_id),
      attachmentId: text(row.attachment_id),
      index: integer(row.piece),
      sealed: bytes(row.sealed),
      retainFrom: integer(row.retain_from),
      expiresAt: integer(row.expires_at),
    }));
  }

  async list(conversationId: string): Promise<readonly string[]> {
    const sql = 'SELECT attachment_id FROM attachments WHERE conversation_id = ? AND piece = 0';
    return this.#file.all(sql, [conversationId]).map((row) => text(row.attachment_id));
  }

  async delete(conversationId: string, attachmentId: string): Promise<void> {
    const sql = `DELETE FROM attachments WHERE ${FILE}`;
    if ((await this.#file.write(sql, [conversationId, attachmentId])) > 0) await this.#file.forget();
  }

  async deleteConversation(conversationId: string): Promise<number> {
    const files = (await this.list(conversationId)).length;
    const sql = 'DELETE FROM attachments WHERE conversation_id = ?';
    if ((await this.#file.write(sql, [conversationId])) > 0) await this.#file.forget();
    return files;
  }
}
