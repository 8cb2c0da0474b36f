import type { AccountKeyRecord, DataKeyRecord, KeyFloor, NamedKeyRecord } from '../../domain/index.ts';
import type {
  AccountKeyStore,
  DataKeyStore,
  MasterKeyUse,
  NamedKeyStore,
  StorePage,
} from '../../ports/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { DatabaseFile } from './database-file.ts';
import { bytes, integer, jsonRows, type Row, type SqlValue, text } from './driver.ts';

/** Only beside a key that is there; a floor with a part lower than the standing one changes nothing. */
const RAISE = `INSERT INTO key_floors (conversation_id, seq, version, profile, mac)
  SELECT k.conversation_id, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4
  FROM json_each(?) j JOIN data_keys k ON k.conversation_id = j.value ->> 0 WHERE true
  ON CONFLICT (conversation_id) DO UPDATE SET
    seq = excluded.seq, version = excluded.version, profile = excluded.profile, mac = excluded.mac
  WHERE seq <= excluded.seq AND version <= excluded.version AND profile <= excluded.profile`;

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
    return (
      (await destroyIn(this.#file, 'DELETE FROM data_keys WHERE conversation_id = ?', [conversationId])) > 0
    );
  }

  async list({ limit, cursor = '' }: { limit: number; cursor?: string }): Promise<StorePage<DataKeyRecord>> {
    const sql = 'SELECT * FROM data_keys WHERE conversation_id > ? ORDER BY conversation_id LIMIT ?';
    const items = this.#file.all(sql, [cursor, limit]).map(dataKeyIn);
    const last = items.at(-1);
    return items.length < limit || last === undefined
      ? { items }
      : { items, nextCursor: last.conversationId };
  }

  async wrappedBefore(query: { accountId: string; version: number; limit: number }) {
    const sql = 'SELECT * FROM data_keys WHERE account_id = ? AND account_key_version < ? LIMIT ?';
    return this.#file.all(sql, [query.accountId, query.version, query.limit]).map(dataKeyIn);
  }

  async rewrap(next: DataKeyRecord, seenVersion: number): Promise<boolean> {
    const sql = `UPDATE data_keys SET wrapped = ?, account_key_version = ?
      WHERE conversation_id = ? AND account_key_version = ?`;
    const params = [next.wrapped, next.accountKeyVersion, next.conversationId, seenVersion];
    return (await this.#file.write(sql, params)) > 0;
  }

  async countByVersion(accountId: string): Promise<ReadonlyMap<number, number>> {
    const sql = `SELECT account_key_version AS version, count(*) AS n FROM data_keys
      WHERE account_id = ? GROUP BY account_key_version`;
    const rows = this.#file.all(sql, [accountId]);
    return new Map(rows.map((row) => [integer(row.version), integer(row.n)]));
  }

  async floor(conversationId: string): Promise<KeyFloor | undefined> {
    const row = this.#file.get('SELECT * FROM key_floors WHERE conversation_id = ?', [conversationId]);
    return row === undefined ? undefined : floorIn(row);
  }

  async raise(
    floors: readonly { readonly conversationId: string; readonly floor: KeyFloor }[],
  ): Promise<void> {
    if (floors.length === 0) return;
    const rows = floors.map(({ conversationId, floor: { seq, version, profile, mac } }) => {
      return [conversationId, seq, version, profile, mac];
    });
    await this.#file.write(RAISE, [jsonRows(rows)]);
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

  async versions(accountId: string): Promise<readonly AccountKeyRecord[]> {
    const sql = 'SELECT * FROM account_keys WHERE account_id = ? ORDER BY version';
    return this.#file.all(sql, [accountId]).map(accountKeyIn);
  }

  async underMasterKeys(): Promise<readonly MasterKeyUse<AccountKeyRecord>[]> {
    const counts = this.#file.all(
      'SELECT master_key_id, count(*) AS n FROM account_keys GROUP BY master_key_id',
      [],
    );
    const one = 'SELECT * FROM account_keys WHERE master_key_id = ? LIMIT 1';
    return counts.flatMap((row) => {
      const masterKeyId = text(row.master_key_id);
      const sample = this.#one(one, [masterKeyId]);
      return sample === undefined ? [] : [{ masterKeyId, count: integer(row.n), sample }];
    });
  }

  async notUnder(masterKeyId: string, limit: number): Promise<readonly AccountKeyRecord[]> {
    // Two ranges instead of `<>`, which no index serves.
    const sql = `SELECT * FROM account_keys WHERE master_key_id < ?1 UNION ALL
      SELECT * FROM account_keys WHERE master_key_id > ?1 LIMIT ?2`;
    return this.#file.all(sql, [masterKeyId, limit]).map(accountKeyIn);
  }

  async rewrap(next: AccountKeyRecord, seenMasterKeyId: string): Promise<boolean> {
    const sql = `UPDATE account_keys SET wrapped = ?, master_key_id = ?
      WHERE account_id = ? AND version = ? AND master_key_id = ?`;
    const { wrapped, masterKeyId, accountId, version } = next;
    return (await this.#file.write(sql, [wrapped, masterKeyId, accountId, version, seenMasterKeyId])) > 0;
  }

  async destroy(accountId: string, version: number): Promise<boolean> {
    const sql = 'DELETE FROM account_keys WHERE account_id = ? AND version = ?';
    return (await destroyIn(this.#file, sql, [accountId, version])) > 0;
  }

  destroyAll(accountId: string): Promise<number> {
    return destroyIn(this.#file, 'DELETE FROM account_keys WHERE account_id = ?', [accountId]);
  }

  #one(sql: string, params: readonly SqlValue[]): AccountKeyRecord | undefined {
    const row = this.#file.get(sql, params);
    return row === undefined ? undefined : accountKeyIn(row);
  }
}

export class SqliteNamedKeyStore implements NamedKeyStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async create(record: NamedKeyRecord): Promise<NamedKeyRecord> {
    const sql = `INSERT INTO named_keys (owner, purpose, wrapped_by, wrapped, created_at)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const { owner, purpose, wrappedBy, wrapped, createdAt } = record;
    if ((await this.#file.write(sql, [owner, purpose, wrappedBy, wrapped, createdAt])) > 0) return record;
    return standing(await this.get(owner, purpose));
  }

  async get(owner: string, purpose: string): Promise<NamedKeyRecord | undefined> {
    const row = this.#file.get('SELECT * FROM named_keys WHERE owner = ? AND purpose = ?', [owner, purpose]);
    return row === undefined ? undefined : namedKeyIn(row);
  }

  async list(owner: string): Promise<readonly NamedKeyRecord[]> {
    const sql = 'SELECT * FROM named_keys WHERE owner = ? ORDER BY purpose';
    return this.#file.all(sql, [owner]).map(namedKeyIn);
  }

  async rewrap(next: NamedKeyRecord, seenWrappedBy: string): Promise<boolean> {
    const sql = `UPDATE named_keys SET wrapped = ?, wrapped_by = ?
      WHERE owner = ? AND purpose = ? AND wrapped_by = ?`;
    const { wrapped, wrappedBy, owner, purpose } = next;
    return (await this.#file.write(sql, [wrapped, wrappedBy, owner, purpose, seenWrappedBy])) > 0;
  }

  destroyAll(owner: string): Promise<number> {
    return destroyIn(this.#file, 'DELETE FROM named_keys WHERE owner = ?', [owner]);
  }
}

/** A destroyed key stands in no file any more, the write-ahead log included. */
async function destroyIn(file: DatabaseFile, sql: string, params: readonly SqlValue[]): Promise<number> {
  const destroyed = await file.write(sql, params);
  if (destroyed > 0) await file.forget();
  return destroyed;
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

function floorIn(row: Row): KeyFloor {
  return {
    seq: integer(row.seq),
    version: integer(row.version),
    profile: integer(row.profile),
    mac: text(row.mac),
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

function namedKeyIn(row: Row): NamedKeyRecord {
  return {
    owner: text(row.owner),
    purpose: text(row.purpose),
    wrappedBy: text(row.wrapped_by),
    wrapped: bytes(row.wrapped),
    createdAt: integer(row.created_at),
  };
}
