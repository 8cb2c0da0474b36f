import type { KeptPresence } from '../../domain/index.ts';
import type { PresenceRecords } from '../../ports/index.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, type Row, text } from './driver.ts';

const COLUMNS = 'account_id, agent_id, name, status, capacity, active, lease_until, version, mac';
const CHANGED = `name = excluded.name, status = excluded.status, capacity = excluded.capacity,
  active = excluded.active, lease_until = excluded.lease_until, version = excluded.version, mac = excluded.mac`;
const FORCE = `INSERT INTO agent_presence (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (account_id, agent_id) DO UPDATE SET ${CHANGED}`;
const FIRST = `INSERT INTO agent_presence (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const NEXT = `UPDATE agent_presence SET name = ?3, status = ?4, capacity = ?5, active = ?6, lease_until = ?7,
  version = ?8, mac = ?9 WHERE account_id = ?1 AND agent_id = ?2 AND version = ?8 - 1`;

export class SqlitePresenceStore implements PresenceRecords {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async get(accountId: string, agentId: string): Promise<KeptPresence | undefined> {
    const sql = 'SELECT * FROM agent_presence WHERE account_id = ? AND agent_id = ?';
    const row = this.#file.get(sql, [accountId, agentId]);
    return row === undefined ? undefined : presenceIn(row);
  }

  async list(accountId: string): Promise<readonly KeptPresence[]> {
    const sql = 'SELECT * FROM agent_presence WHERE account_id = ? ORDER BY agent_id';
    return this.#file.all(sql, [accountId]).map(presenceIn);
  }

  async put(next: KeptPresence): Promise<boolean> {
    return (await this.#file.write(next.version === 1 ? FIRST : NEXT, valuesOf(next))) > 0;
  }

  async force(next: KeptPresence): Promise<void> {
    await this.#file.write(FORCE, valuesOf(next));
  }

  async expired(now: number, limit: number): Promise<readonly KeptPresence[]> {
    const sql = `SELECT * FROM agent_presence WHERE lease_until < ? AND (status <> 'offline' OR active > 0)
      ORDER BY lease_until LIMIT ?`;
    return this.#file.all(sql, [now, limit]).map(presenceIn);
  }

  async deleteAccount(accountId: string): Promise<number> {
    const deleted = await this.#file.write('DELETE FROM agent_presence WHERE account_id = ?', [accountId]);
    if (deleted > 0) await this.#file.forget();
    return deleted;
  }
}

function valuesOf(presence: KeptPresence) {
  const { accountId, agentId, name, status, capacity, active, leaseUntil, version, mac } = presence;
  return [accountId, agentId, name, status, capacity, active, leaseUntil, version, mac ?? null];
}

function presenceIn(row: Row): KeptPresence {
  return {
    accountId: text(row.account_id),
    agentId: text(row.agent_id),
    name: text(row.name),
    status: text(row.status) as KeptPresence['status'],
    capacity: integer(row.capacity),
    active: integer(row.active),
    leaseUntil: integer(row.lease_until),
    version: integer(row.version),
    ...(row.mac !== null && { mac: text(row.mac) }),
  };
}
