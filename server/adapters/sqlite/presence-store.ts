import type { AgentPresence } from '../../domain/index.ts';
import type { PresenceStore } from '../../ports/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { DatabaseFile } from './database-file.ts';
import { integer, type Row, text } from './driver.ts';

const PUT = `INSERT INTO agent_presence (account_id, agent_id, name, status, capacity, active, lease_until)
  VALUES (?, ?, ?, ?, ?, 0, ?)
  ON CONFLICT (account_id, agent_id) DO UPDATE SET name = excluded.name, status = excluded.status,
    capacity = excluded.capacity, lease_until = excluded.lease_until`;

const TAKE_SLOT = `UPDATE agent_presence SET active = active + 1 WHERE account_id = ? AND agent_id = ?
  AND (? OR (status = 'online' AND lease_until > ? AND active < capacity))`;

const CORRECT_ACTIVE = `UPDATE agent_presence SET active = ?
  WHERE account_id = ? AND agent_id = ? AND active = ?`;

export class SqlitePresenceStore implements PresenceStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async put(presence: Omit<AgentPresence, 'active'>): Promise<AgentPresence> {
    const { accountId, agentId, name, status, capacity, leaseUntil } = presence;
    await this.#file.write(PUT, [accountId, agentId, name, status, capacity, leaseUntil]);
    const standing = await this.get(accountId, agentId);
    if (standing === undefined) throw new StoreError('PRESENCE_MISSING');
    return standing;
  }

  async get(accountId: string, agentId: string): Promise<AgentPresence | undefined> {
    const sql = 'SELECT * FROM agent_presence WHERE account_id = ? AND agent_id = ?';
    const row = this.#file.get(sql, [accountId, agentId]);
    return row === undefined ? undefined : presenceIn(row);
  }

  async list(accountId: string): Promise<readonly AgentPresence[]> {
    const sql = 'SELECT * FROM agent_presence WHERE account_id = ? ORDER BY agent_id';
    return this.#file.all(sql, [accountId]).map(presenceIn);
  }

  async renewLease(query: {
    accountId: string;
    agentIds: readonly string[];
    leaseUntil: number;
  }): Promise<void> {
    if (query.agentIds.length === 0) return;
    const sql = `UPDATE agent_presence SET lease_until = ?
      WHERE account_id = ? AND agent_id IN (SELECT value FROM json_each(?))`;
    await this.#file.write(sql, [query.leaseUntil, query.accountId, JSON.stringify(query.agentIds)]);
  }

  async takeSlot(query: {
    accountId: string;
    agentId: string;
    now: number;
    force?: boolean;
  }): Promise<boolean> {
    const { accountId, agentId, now, force = false } = query;
    return (await this.#file.write(TAKE_SLOT, [accountId, agentId, force ? 1 : 0, now])) > 0;
  }

  async releaseSlot(accountId: string, agentId: string): Promise<void> {
    const sql =
      'UPDATE agent_presence SET active = active - 1 WHERE account_id = ? AND agent_id = ? AND active > 0';
    await this.#file.write(sql, [accountId, agentId]);
  }

  async correctActive(query: {
    accountId: string;
    agentId: string;
    seen: number;
    counted: number;
  }): Promise<boolean> {
    const { accountId, agentId, seen, counted } = query;
    return (await this.#file.write(CORRECT_ACTIVE, [counted, accountId, agentId, seen])) > 0;
  }

  async expired(now: number, limit: number): Promise<readonly AgentPresence[]> {
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

function presenceIn(row: Row): AgentPresence {
  return {
    accountId: text(row.account_id),
    agentId: text(row.agent_id),
    name: text(row.name),
    status: text(row.status) as AgentPresence['status'],
    capacity: integer(row.capacity),
    active: integer(row.active),
    leaseUntil: integer(row.lease_until),
  };
}
