import { ENTITY_SPECS } from '../../ports/index.ts';
import { entitySchema } from './entity-schema.ts';

/** Raised by a release that changes a table in a way that older releases cannot work with. */
export const SCHEMA_VERSION = 1;

/** Columns that came after their table. */
export const LATER_COLUMNS = [
  { table: 'agent_presence', column: 'version', definition: 'INTEGER NOT NULL DEFAULT 0' },
  { table: 'agent_presence', column: 'mac', definition: 'TEXT' },
  { table: 'activity_log', column: 'mac', definition: 'TEXT' },
] as const;

/** Everything but keys and addresses. */
export const ENGAGEMENT_DB = 'engagement.db';
/** Keys of conversations and accounts, apart so that they can be backed up apart, or not at all. */
export const KEYS_DB = 'keys.db';
/** Files of conversations, apart so that a large one holds up no message. */
export const ATTACHMENTS_DB = 'attachments.db';
/** The only file that holds an address. */
export const ACTIVITY_DB = 'activity.db';

const CONVERSATIONS = `
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  status TEXT NOT NULL,
  agent_id TEXT,
  case_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  anchor_seq INTEGER,
  anchor_mac BLOB,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS conversations_open_session ON conversations (session_id) WHERE status <> 'closed';
CREATE INDEX IF NOT EXISTS conversations_queue ON conversations (account_id, queued_at, id) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS conversations_waiting ON conversations (account_id, started_at, id) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS conversations_open_agent ON conversations (account_id, agent_id) WHERE status <> 'closed';
CREATE INDEX IF NOT EXISTS conversations_time ON conversations (account_id, started_at, id);
CREATE INDEX IF NOT EXISTS conversations_agent ON conversations (account_id, agent_id, started_at, id);
CREATE INDEX IF NOT EXISTS conversations_case ON conversations (account_id, case_id, started_at, id);
CREATE INDEX IF NOT EXISTS conversations_session ON conversations (account_id, session_id, started_at, id);
CREATE INDEX IF NOT EXISTS conversations_department
  ON conversations (account_id, (body ->> '$.departmentId'), started_at, id);
CREATE INDEX IF NOT EXISTS conversations_expiry ON conversations (expires_at);
`;

/** Who has had a conversation, kept by the database itself from what stands in its body. */
const PARTICIPANTS = `
CREATE TABLE IF NOT EXISTS conversation_participants (
  account TEXT NOT NULL,
  agent TEXT NOT NULL,
  began INTEGER NOT NULL,
  conversation TEXT NOT NULL,
  PRIMARY KEY (account, agent, began, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversation_participants_conversation ON conversation_participants (conversation);
CREATE TRIGGER IF NOT EXISTS conversations_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversation_participants
    SELECT new.account_id, j.value, new.started_at, new.id FROM json_each(new.body, '$.participants') j
    WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER IF NOT EXISTS conversations_update AFTER UPDATE OF body ON conversations BEGIN
  DELETE FROM conversation_participants WHERE conversation = new.id;
  INSERT INTO conversation_participants
    SELECT new.account_id, j.value, new.started_at, new.id FROM json_each(new.body, '$.participants') j
    WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER IF NOT EXISTS conversations_delete AFTER DELETE ON conversations BEGIN
  DELETE FROM conversation_participants WHERE conversation = old.id;
END;
`;

/**
 * A message is a row at the end of its table, and two short index entries: a conversation stands in them as a
 * number, so that the pages that a batch touches are few, which is what a batch costs. What all messages of a
 * conversation share is kept once, in its transcript; so a changed retention is one row, not one per message, and
 * a message that is written with the old one cannot bring it back. Rows go in through the view, which makes the
 * transcript when it is not there; a broken constraint undoes the whole statement.
 */
const MESSAGES = `
CREATE TABLE IF NOT EXISTS transcripts (
  id INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  retain_from INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS transcripts_account ON transcripts (account_id);
CREATE INDEX IF NOT EXISTS transcripts_expiry ON transcripts (expires_at);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY,
  transcript INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  client_key TEXT NOT NULL,
  sealed BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS messages_seq ON messages (transcript, seq);
CREATE UNIQUE INDEX IF NOT EXISTS messages_client_key ON messages (transcript, client_key);
CREATE VIEW IF NOT EXISTS message_records AS
  SELECT t.conversation_id, t.account_id, t.retain_from, t.expires_at, m.seq, m.client_key, m.sealed, m.hash
  FROM transcripts t JOIN messages m ON m.transcript = t.id;
CREATE TRIGGER IF NOT EXISTS message_records_insert INSTEAD OF INSERT ON message_records BEGIN
  INSERT INTO transcripts (conversation_id, account_id, retain_from, expires_at)
    VALUES (new.conversation_id, new.account_id, new.retain_from, new.expires_at) ON CONFLICT DO NOTHING;
  INSERT INTO messages (transcript, seq, client_key, sealed, hash)
    VALUES ((SELECT id FROM transcripts WHERE conversation_id = new.conversation_id),
      new.seq, new.client_key, new.sealed, new.hash);
END;
`;

const PROFILES = `
CREATE TABLE IF NOT EXISTS profiles (
  conversation_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  retain_from INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS profiles_account ON profiles (account_id);
CREATE INDEX IF NOT EXISTS profiles_expiry ON profiles (expires_at);
`;

const AUDIT = `
CREATE TABLE IF NOT EXISTS audit_log (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS audit_log_time ON audit_log (account_id, at, id);
CREATE INDEX IF NOT EXISTS audit_log_action ON audit_log (account_id, action, at, id);
CREATE UNIQUE INDEX IF NOT EXISTS audit_log_seq ON audit_log (account_id, body ->> '$.seq');
CREATE INDEX IF NOT EXISTS audit_log_actor ON audit_log (account_id, body ->> '$.actor.id', at, id);
CREATE INDEX IF NOT EXISTS audit_log_target ON audit_log (account_id, body ->> '$.target.id', at, id);
CREATE TABLE IF NOT EXISTS audit_chains (
  account_id TEXT PRIMARY KEY,
  head_seq INTEGER NOT NULL,
  head TEXT NOT NULL,
  base_seq INTEGER NOT NULL DEFAULT 0,
  base TEXT
) STRICT, WITHOUT ROWID;
`;

const PRESENCE = `
CREATE TABLE IF NOT EXISTS agent_presence (
  account_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  capacity INTEGER NOT NULL,
  active INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 0,
  mac TEXT,
  PRIMARY KEY (account_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agent_presence_gone ON agent_presence (lease_until) WHERE status <> 'offline' OR active > 0;
`;

export const ENGAGEMENT_SCHEMA: string = [
  CONVERSATIONS,
  PARTICIPANTS,
  MESSAGES,
  PROFILES,
  AUDIT,
  PRESENCE,
  ...Object.entries(ENTITY_SPECS).map(([kind, spec]) => entitySchema(kind, spec)),
].join('\n');

export const KEYS_SCHEMA = `
CREATE TABLE IF NOT EXISTS data_keys (
  conversation_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  account_key_version INTEGER NOT NULL,
  wrapped BLOB NOT NULL,
  retain_from INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS data_keys_version ON data_keys (account_id, account_key_version);
CREATE INDEX IF NOT EXISTS data_keys_expiry ON data_keys (expires_at);
CREATE TABLE IF NOT EXISTS account_keys (
  account_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  master_key_id TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS account_keys_master ON account_keys (master_key_id);
CREATE TABLE IF NOT EXISTS named_keys (
  owner TEXT NOT NULL,
  purpose TEXT NOT NULL,
  wrapped_by TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (owner, purpose)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erasure_list (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS erasure_list_time ON erasure_list (at, id);
CREATE TABLE IF NOT EXISTS key_floors (
  conversation_id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  version INTEGER NOT NULL,
  profile INTEGER NOT NULL,
  mac TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS key_floors_end AFTER DELETE ON data_keys BEGIN
  DELETE FROM key_floors WHERE conversation_id = old.conversation_id;
END;
CREATE TABLE IF NOT EXISTS record_floors (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  owner TEXT,
  version INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  expires_at INTEGER,
  mac TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX IF NOT EXISTS record_floors_owner ON record_floors (kind, owner);
CREATE INDEX IF NOT EXISTS record_floors_expiry ON record_floors (expires_at);
`;

export const ACTIVITY_SCHEMA = `
CREATE TABLE IF NOT EXISTS activity_log (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  connected_at INTEGER NOT NULL,
  disconnected_at INTEGER,
  retain_from INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  mac TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS activity_log_session ON activity_log (account_id, session_id, connected_at, id);
CREATE INDEX IF NOT EXISTS activity_log_ip ON activity_log (account_id, ip, connected_at, id);
CREATE INDEX IF NOT EXISTS activity_log_expiry ON activity_log (expires_at);
`;

/** A piece is read by its file; its first one also stands for the file. */
export const ATTACHMENTS_SCHEMA = `
CREATE TABLE IF NOT EXISTS attachments (
  id INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  attachment_id TEXT NOT NULL,
  piece INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  retain_from INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS attachments_piece ON attachments (conversation_id, attachment_id, piece);
CREATE INDEX IF NOT EXISTS attachments_account ON attachments (account_id);
CREATE INDEX IF NOT EXISTS attachments_expiry ON attachments (expires_at);
`;
