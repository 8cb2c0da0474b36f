import type { AccountKeyRecord, DataKeyRecord } from '../../domain/index.ts';
import type { AccountKeyStore, DataKeyStore } from '../../ports/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { DatabaseFile } from './database-file.ts';
import { bytes, integer, type Row, type SqlValue, text } from './driver.ts';

export class SqliteDataKeyStore implements DataKeyStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async create(record: DataKeyRecord): Promise<DataKeyRecord> {
    const sql = `INSERT INTO data_keys
      (conversation_id, account_id, account_key_version, wrapped, retain_from, expires_at)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const { conversationId, accountId, accountKeyVersion, wrapped, retainFrom, expiresAt } = record;
    const params = [conversationId, accountId, accountKeyVersion, wrapped, retainFrom, expiresAt];
    if ((await this.#file.write(sql, params)) > 0) return record;
    return standing(await this.get(conversationId));
  }

  async get(conversationId: string): Promise<DataKeyRecord | undefined> {
    const row = this.#file.get('SELECT * FROM data_keys WHERE conversation_id = ?', [conversationId]);
    return row === undefined ? undefined : dataKeyIn(row);
  }

  async destroy(conversationId: string): Promise<boolean> {
    const sql = 'DELETE FROM data_keys WHERE conversation_id = ?';
    const destroyed = (await this.#file.write(sql, [conversationId])) > 0;
    if (destroyed) await this.#file.forget();
    return destroyed;
  }
}

export class SqliteAccountKeyStore implements AccountKeyStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async create(record: AccountKeyRecord): Promise<AccountKeyRecord> {
    const sql = `INSERT INTO account_keys (account_id, version, master_key_id, wrapped, created_at)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const { accountId, version, masterKeyId, wrapped, createdAt } = record;
    const params = [accountId, version, masterKeyId, wrapped, createdAt];
    if ((await this.#file.write(sql, params)) > 0) return record;
    return standing(await this.get(accountId, version));
  }

  async get(accountId: string, version: number): Promise<AccountKeyRecord | undefined> {
    return this.#one('SELECT * FROM account_keys WHERE account_id = ? AND version = ?', [accountId, version]);
  }

  async newest(accountId: string): Promise<AccountKeyRecord | undefined> {
    const sql = 'SELECT * FROM account_keys WHERE account_id = ? ORDER BY version DESC LIMIT 1';
    return this.#one(sql, [accountId]);
  }

  async any(): Promise<AccountKeyRecord | undefined> {
    return this.#one('SELECT * FROM account_keys LIMIT 1', []);
  }

  #one(sql: string, params: readonly SqlValue[]): AccountKeyRecord | undefined {
    const row = this.#file.get(sql, params);
    return row === undefined ? undefined : accountKeyIn(row);
  }
}

/** A key that was in the way a moment ago can only be gone when it was destroyed meanwhile. */
function standing<T>(record: T | undefined): T {
  if (record === undefined) throw new StoreError('KEY_DESTROYED');
  return record;
}

function dataKeyIn(row: Row): DataKeyRecord {
  return {
    conversationId: text(row.conversation_id),
    accountId: text(row.account_id),
    accountKeyVersion: integer(row.account_key_version),
    wrapped: bytes(row.wrapped),
    retainFrom: integer(row.retain_from),
    expiresAt: integer(row.expires_at),
  };
}

function accountKeyIn(row: Row): AccountKeyRecord {
  return {
    accountId: text(row.account_id),
    version: integer(row.version),
    masterKeyId: text(row.master_key_id),
    wrapped: bytes(row.wrapped),
    createdAt: integer(row.created_at),
  };
}
