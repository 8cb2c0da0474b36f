import { type Conversation, HELD_UNTIL, type Reader, type TranscriptAnchor } from '../../domain/index.ts';
import type {
  ConversationFilter,
  ConversationMark,
  ConversationStore,
  PlacedAnchor,
  QueueFilter,
  StorePage,
} from '../../ports/index.ts';
import { StoreError } from '../../ports/store-error.ts';
import { HIGHEST, keyOf, pageOf } from './cursor.ts';
import type { DatabaseFile } from './database-file.ts';
import { bytes, integer, jsonRows, type Row, type SqlValue, text } from './driver.ts';

const COLUMNS = `id, account_id, session_id, status, agent_id, case_id, started_at, queued_at, version, expires_at,
  anchor_seq, anchor_mac, body`;
const SELECT = `SELECT ${COLUMNS} FROM conversations`;

const INSERT = `INSERT INTO conversations (id, account_id, session_id, status, agent_id, case_id, started_at,
    queued_at, version, expires_at, anchor_seq, anchor_mac, body)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING`;

/** Takes the parameters of the insert. The expiry belongs to the retention and the anchor goes forward only: a change that was read before keeps both. */
const REPLACE = `UPDATE conversations SET status = ?4, agent_id = ?5, case_id = ?6, queued_at = ?8, version = ?9,
    anchor_mac = iif(?11 > coalesce(anchor_seq, 0), ?12, anchor_mac),
    anchor_seq = iif(?11 > coalesce(anchor_seq, 0), ?11, anchor_seq), body = ?13
  WHERE id = ?1 AND account_id = ?2 AND version = ?9 - 1`;

const ANCHOR = `UPDATE conversations SET anchor_seq = j.value ->> 2, anchor_mac = unhex(j.value ->> 3)
  FROM json_each(?1) j
  WHERE conversations.id = j.value ->> 1 AND account_id = j.value ->> 0 AND coalesce(anchor_seq, 0) <= j.value ->> 4`;

const MARKS = `SELECT id, version, anchor_seq, anchor_mac FROM conversations
  WHERE id IN (SELECT value FROM json_each(?))`;

/** Spelt as in the index. */
const DEPARTMENT = "body ->> '$.departmentId'";
/** One of a JSON list, where an empty name stands for no department; served in the order of another index. */
const IN_DEPARTMENTS = `coalesce(${DEPARTMENT}, '') IN (SELECT value FROM json_each(?))`;

const EQUALS = [
  ['agentId', 'agent_id'],
  ['sessionId', 'session_id'],
  ['status', 'status'],
  ['caseId', 'case_id'],
  ['departmentId', DEPARTMENT],
] as const;

/** Served in the order of another index. */
const TAGGED = "EXISTS (SELECT 1 FROM json_each(body, '$.tags') j WHERE j.value = ?)";

/** A part of what is listed, which an index gives in the order of the list. */
interface Part {
  readonly from: string;
  readonly time: string;
  readonly id: string;
  readonly conditions: readonly string[];
  readonly params: readonly SqlValue[];
}

const ALL: Part = { from: 'conversations', time: 'started_at', id: 'id', conditions: [], params: [] };

/** What a reader is kept to, part by part; a conversation may be in several. */
function partsOf(accountId: string, { agentId, departments }: Reader): readonly Part[] {
  return [
    { ...ALL, conditions: ['agent_id = ?'], params: [agentId] },
    {
      from: 'conversation_participants CROSS JOIN conversations ON id = conversation',
      time: 'began',
      id: 'conversation',
      conditions: ['account = ?', 'agent = ?'],
      params: [accountId, agentId],
    },
    { ...ALL, conditions: ["status = 'queued'"] },
    ...(departments.length === 0
      ? []
      : [{ ...ALL, conditions: [IN_DEPARTMENTS], params: [JSON.stringify(departments)] }]),
  ];
}

/** Lists of one order made one, each conversation once. */
function newestFirst(lists: readonly (readonly Conversation[])[]): readonly Conversation[] {
  const [only, ...others] = lists;
  if (only !== undefined && others.length === 0) return only;
  const each = new Map(lists.flat().map((one) => [one.id, one]));
  return [...each.values()].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
}

/** How often `create` looks again when the conversation in its way is gone by the time that it is read. */
const CREATE_ATTEMPTS = 5;

export class SqliteConversationStore implements ConversationStore {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    this.#file = file;
  }

  async create(conversation: Conversation): Promise<Conversation> {
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt += 1) {
      if ((await this.#file.write(INSERT, columnsOf(conversation))) > 0) return conversation;
      const standing =
        (await this.findOpenBySession(conversation.sessionId)) ??
        (await this.get(conversation.accountId, conversation.id));
      if (standing !== undefined) return standing;
    }
    throw new StoreError('CONVERSATION_UNSETTLED');
  }

  async get(accountId: string, id: string): Promise<Conversation | undefined> {
    const row = this.#file.get(`${SELECT} WHERE id = ? AND account_id = ?`, [id, accountId]);
    return row === undefined ? undefined : conversationIn(row);
  }

  async replace(next: Conversation): Promise<boolean> {
    return (await this.#file.write(REPLACE, columnsOf(next))) > 0;
  }

  async list(filter: ConversationFilter): Promise<StorePage<Conversation>> {
    const parts = filter.reader === undefined ? [ALL] : partsOf(filter.accountId, filter.reader);
    const found = parts.map((part) => this.#listed(filter, part));
    return pageOf(newestFirst(found), { limit: filter.limit, time: ({ startedAt }) => startedAt });
  }

  /** One more than asked for, so that it shows whether there are more. */
  #listed(filter: ConversationFilter, { from: table, time, id, ...part }: Part): Conversation[] {
    const equal = EQUALS.filter(([key]) => filter[key] !== undefined);
    const conditions = [...part.conditions, 'account_id = ?', ...equal.map(([, column]) => `${column} = ?`)];
    const params: SqlValue[] = [
      ...part.params,
      filter.accountId,
      ...equal.map(([key]) => filter[key] ?? null),
    ];
    if (filter.tag !== undefined) {
      conditions.push(TAGGED);
      params.push(filter.tag);
    }
    if (filter.departments !== undefined) {
      conditions.push(IN_DEPARTMENTS);
      params.push(JSON.stringify(filter.departments));
    }
    const sql = `SELECT ${COLUMNS} FROM ${table} WHERE ${conditions.join(' AND ')} AND ${time} BETWEEN ? AND ?
      AND (${time}, ${id}) < (?, ?) ORDER BY ${time} DESC, ${id} DESC LIMIT ?`;
    const { from = 0, to = Number.MAX_SAFE_INTEGER, limit, cursor } = filter;
    return this.#file
      .all(sql, [...params, from, to, ...keyOf(cursor, HIGHEST), limit + 1])
      .map(conversationIn);
  }

  async findOpenBySession(sessionId: string): Promise<Conversation | undefined> {
    const row = this.#file.get(`${SELECT} WHERE session_id = ? AND status <> 'closed'`, [sessionId]);
    return row === undefined ? undefined : conversationIn(row);
  }

  async queue({ limit, ...filter }: QueueFilter & { limit: number }): Promise<readonly Conversation[]> {
    const { condition, params } = queued(filter);
    const sql = `${SELECT} WHERE ${condition} ORDER BY queued_at, id LIMIT ?`;
    return this.#file.all(sql, [...params, limit]).map(conversationIn);
  }

  async queueLength(filter: QueueFilter): Promise<number> {
    const { condition, params } = queued(filter);
    return integer(this.#file.get(`SELECT count(*) AS n FROM conversations WHERE ${condition}`, params)?.n);
  }

  async queuedDepartments(accountId: string): Promise<readonly (string | null)[]> {
    const { condition, params } = queued({ accountId });
    const sql = `SELECT DISTINCT ${DEPARTMENT} AS department FROM conversations WHERE ${condition}`;
    return this.#file
      .all(sql, params)
      .map(({ department }) => (department === null ? null : text(department)));
  }

  async countFree({ accountId, from, to }: { accountId: string; from: number; to: number }): Promise<number> {
    const sql = `SELECT count(*) AS n FROM conversations
      WHERE account_id = ? AND started_at >= ? AND started_at < ? AND expires_at < ${HELD_UNTIL}`;
    return integer(this.#file.get(sql, [accountId, from, to])?.n);
  }

  async openOfAgent(accountId: string, agentId: string): Promise<readonly Conversation[]> {
    const sql = `${SELECT} WHERE account_id = ? AND agent_id = ? AND status <> 'closed' ORDER BY started_at, id`;
    return this.#file.all(sql, [accountId, agentId]).map(conversationIn);
  }

  async accountsWithQueue(): Promise<readonly string[]> {
    const sql = "SELECT DISTINCT account_id FROM conversations WHERE status = 'queued'";
    return this.#file.all(sql, []).map((row) => text(row.account_id));
  }

  async anchor(anchors: readonly PlacedAnchor[]): Promise<void> {
    if (anchors.length === 0) return;
    const rising = [...anchors].sort((a, b) => a.anchor.seq - b.anchor.seq);
    const highest = new Map(rising.map((one) => [one.conversationId, one]));
    const rows = [...highest.values()].map(({ accountId, conversationId, anchor, onlyFurther }) => [
      accountId,
      conversationId,
      anchor.seq,
      Buffer.from(anchor.mac).toString('hex'),
      onlyFurther ? anchor.seq - 1 : anchor.seq,
    ]);
    await this.#file.write(ANCHOR, [jsonRows(rows)]);
  }

  async marks(ids: readonly string[]): Promise<ReadonlyMap<string, ConversationMark>> {
    const rows = this.#file.all(MARKS, [JSON.stringify(ids)]);
    return new Map(rows.map((row) => [text(row.id), { version: integer(row.version), ...anchorOf(row) }]));
  }

  async delete(accountId: string, id: string): Promise<boolean> {
    const sql = 'DELETE FROM conversations WHERE id = ? AND account_id = ?';
    const deleted = (await this.#file.write(sql, [id, accountId])) > 0;
    if (deleted) await this.#file.forget();
    return deleted;
  }
}

function queued({ accountId, departments }: QueueFilter): { condition: string; params: SqlValue[] } {
  const condition = "account_id = ? AND status = 'queued'";
  if (departments === undefined) return { condition, params: [accountId] };
  const names = departments.map((department) => department ?? '');
  return { condition: `${condition} AND ${IN_DEPARTMENTS}`, params: [accountId, JSON.stringify(names)] };
}

function columnsOf(conversation: Conversation): SqlValue[] {
  const {
    anchor,
    id,
    accountId,
    sessionId,
    status,
    caseId,
    startedAt,
    queuedAt,
    version,
    expiresAt,
    ...rest
  } = conversation;
  const { agentId = null, ...body } = rest as { readonly agentId?: string };
  return [
    id,
    accountId,
    sessionId,
    status,
    agentId,
    caseId,
    startedAt,
    queuedAt,
    version,
    expiresAt,
    anchor?.seq ?? null,
    anchor?.mac ?? null,
    JSON.stringify(body),
  ];
}

function conversationIn(row: Row): Conversation {
  return {
    ...(JSON.parse(text(row.body)) as object),
    id: text(row.id),
    accountId: text(row.account_id),
    sessionId: text(row.session_id),
    status: text(row.status),
    ...(row.agent_id !== null && { agentId: text(row.agent_id) }),
    caseId: text(row.case_id),
    startedAt: integer(row.started_at),
    queuedAt: integer(row.queued_at),
    version: integer(row.version),
    expiresAt: integer(row.expires_at),
    ...anchorOf(row),
  } as unknown as Conversation;
}

function anchorOf(row: Row): { anchor?: TranscriptAnchor } {
  if (row.anchor_seq === null) return {};
  return { anchor: { seq: integer(row.anchor_seq), mac: bytes(row.anchor_mac) } };
}
