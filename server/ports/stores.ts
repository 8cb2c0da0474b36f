import type {
  ActivityRecord,
  AgentPresence,
  AttachmentPiece,
  AuditChain,
  AuditLink,
  AuditPoint,
  Conversation,
  ConversationStatus,
  KeptPresence,
  MessageRecord,
  ProfileRecord,
  Reader,
  Sealed,
  SealedPiece,
  StoredAuditEntry,
  TranscriptAnchor,
} from '../domain/index.ts';
import type { EntityStores, StorePage } from './entity-stores.ts';
import type { ErasureList } from './erasure-list.ts';
import type { AccountKeyStore, DataKeyStore, NamedKeyStore } from './key-stores.ts';
import type { RecordFloors } from './record-floors.ts';

export interface ConversationFilter {
  readonly accountId: string;
  readonly agentId?: string;
  readonly sessionId?: string;
  readonly status?: ConversationStatus;
  readonly caseId?: string;
  /** It has this tag, among others or alone. */
  readonly tag?: string;
  readonly departmentId?: string;
  /** Only those of one of these departments, and so none that has no department. */
  readonly departments?: readonly string[];
  /** Only what this reader is kept to. */
  readonly reader?: Reader;
  /** `startedAt` bounds, inclusive, epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly cursor?: string;
}

/** The queue of an account, or of some of its departments; `null` stands for conversations without one. */
export interface QueueFilter {
  readonly accountId: string;
  readonly departments?: readonly (string | null)[];
}

/** The end of a transcript, and whose. */
export interface PlacedAnchor {
  readonly accountId: string;
  readonly conversationId: string;
  readonly anchor: TranscriptAnchor;
  /** Of a lane, which may not know that another node has sealed the transcript anew. */
  readonly onlyFurther?: boolean;
}

/** How a conversation stands, for whoever knew it a moment ago. */
export type ConversationMark = Pick<Conversation, 'version' | 'anchor'>;

export interface ConversationStore {
  /**
   * Keeps a new conversation unless its session has an open one (status other than `closed`): a unique
   * partial index decides, so two starts at once make one room. Answers the one that stands.
   */
  create(conversation: Conversation): Promise<Conversation>;
  get(accountId: string, id: string): Promise<Conversation | undefined>;
  /** Replaces it when the stored version is `next.version - 1`: the one conditional write that decides ownership. */
  replace(next: Conversation): Promise<boolean>;
  /** Newest first (by `startedAt`, then `id`). */
  list(filter: ConversationFilter): Promise<StorePage<Conversation>>;
  findOpenBySession(sessionId: string): Promise<Conversation | undefined>;
  /** Queued ones in order of arrival (`queuedAt`, then `id`). */
  queue(filter: QueueFilter & { readonly limit: number }): Promise<readonly Conversation[]>;
  queueLength(filter: QueueFilter): Promise<number>;
  /** What the account's queue is made of: each department with queued conversations; `null` for those without one. */
  queuedDepartments(accountId: string): Promise<readonly (string | null)[]>;
  /** How many started within `from` (inclusive) and `to` (exclusive) and are under no legal hold. */
  countFree(query: { accountId: string; from: number; to: number }): Promise<number>;
  /** Open conversations (not closed) of one agent. */
  openOfAgent(accountId: string, agentId: string): Promise<readonly Conversation[]>;
  /** Accounts that have queued conversations. */
  accountsWithQueue(): Promise<readonly string[]>;
  /**
   * Writes the ends of transcripts, never back (a lower `seq` than stored changes nothing; the same one again is
   * that of a transcript that was sealed anew, unless `onlyFurther` says that it is not). No version change.
   */
  anchor(anchors: readonly PlacedAnchor[]): Promise<void>;
  /** How conversations stand now, by id; those that are gone are left out. One read for many. */
  marks(ids: readonly string[]): Promise<ReadonlyMap<string, ConversationMark>>;
  delete(accountId: string, id: string): Promise<boolean>;
}

/** What became of one message of a batch. */
export type AppendOutcome =
  | { readonly kind: 'stored' }
  /** This sender's `clientKey` is there already. */
  | { readonly kind: 'duplicate' }
  /** The `seq` is taken (another writer), or an earlier message of the same conversation in the batch failed. */
  | { readonly kind: 'conflict' };

export interface MessageStore {
  /**
   * One write for many messages; durable when it resolves (SQLite: fsync; MongoDB: majority, journaled). Messages
   * of one conversation come in `seq` order; when one of them fails, those behind it in the batch are not stored
   * (`conflict`). Other conversations are not touched by it. Rejects when nothing is known to be stored.
   * Outcomes are in the order of the batch.
   */
  append(batch: readonly Sealed[]): Promise<readonly AppendOutcome[]>;
  /** Messages with `seq > afterSeq` in order; `limit` at the most. */
  read(query: { conversationId: string; afterSeq: number; limit: number }): Promise<readonly MessageRecord[]>;
  findByClientKey(conversationId: string, clientKey: string): Promise<MessageRecord | undefined>;
  /** The last record, where a writer takes up the chain. */
  last(conversationId: string): Promise<MessageRecord | undefined>;
  /**
   * Puts re-sealed records (a later redaction) in the place of stored ones, all or none as far as the technology
   * goes; each names the hash it replaces. False when one of them is not as expected; then nothing more is changed.
   */
  reseal(records: readonly { record: MessageRecord; replaces: Uint8Array }[]): Promise<boolean>;
  deleteConversation(conversationId: string): Promise<number>;
}

/** Files of conversations, in sealed pieces. */
export interface AttachmentStore {
  /** Keeps pieces, each in the place of the one that has its index; durable when it resolves. */
  put(pieces: readonly SealedPiece[]): Promise<void>;
  /** The pieces of one file, in order. */
  read(conversationId: string, attachmentId: string): Promise<readonly AttachmentPiece[]>;
  /** Ids of the files of a conversation that have their first piece, in no order that matters. */
  list(conversationId: string): Promise<readonly string[]>;
  delete(conversationId: string, attachmentId: string): Promise<void>;
  /** Answers how many files there were. */
  deleteConversation(conversationId: string): Promise<number>;
}

export interface ProfileStore {
  put(record: ProfileRecord): Promise<void>;
  get(conversationId: string): Promise<ProfileRecord | undefined>;
  delete(conversationId: string): Promise<boolean>;
}

export interface ActivityStore {
  /** One write for many. */
  append(records: readonly ActivityRecord[]): Promise<void>;
  /** When connections ended, and the seals over their entries as they are then; without an end, the seal alone. */
  disconnected(ends: readonly { id: string; at?: number; mac?: string }[]): Promise<void>;
  get(id: string): Promise<ActivityRecord | undefined>;
  /** By id; of one account or of all. */
  list(query: { accountId?: string; limit: number; cursor?: string }): Promise<StorePage<ActivityRecord>>;
  /** Newest first. Exactly one of `sessionId` and `ip` is given. */
  find(query: {
    accountId: string;
    sessionId?: string;
    ip?: string;
    limit: number;
    cursor?: string;
  }): Promise<StorePage<ActivityRecord>>;
  deleteByIp(accountId: string, ip: string): Promise<number>;
  /** All of one session, or of the whole account. */
  deleteOf(query: { accountId: string; sessionId?: string }): Promise<number>;
}

/** What a search of the audit log looks for; times are epoch milliseconds, inclusive. */
export interface AuditFilter {
  readonly accountId: string;
  readonly action?: string;
  readonly actorId?: string;
  readonly targetKind?: string;
  readonly targetId?: string;
  readonly from?: number;
  readonly to?: number;
}

/** The audit log: one chain for each account. Nothing changes a link once it is there. */
export interface AuditStore {
  /**
   * Adds links to the end of one account's chain, in the order of their `seq`; a unique index on (account, seq)
   * decides between writers. Answers how many are stored: those before the first whose `seq` was taken. When all
   * are, `head` is written down with them and the store never goes back behind it. Durable when it resolves.
   */
  append(links: readonly AuditLink[], head: AuditPoint): Promise<number>;
  /** The end of the chain, where a writer goes on. */
  last(accountId: string): Promise<AuditLink | undefined>;
  /** Links with `seq > afterSeq` in order; `limit` at the most. */
  read(query: { accountId: string; afterSeq: number; limit: number }): Promise<readonly AuditLink[]>;
  chain(accountId: string): Promise<AuditChain | undefined>;
  /** How many entries stand outside the chain: those from before there was one. */
  unchained(accountId: string): Promise<number>;
  /** Newest first. */
  list(query: AuditFilter & { limit: number; cursor?: string }): Promise<StorePage<StoredAuditEntry>>;
  /**
   * Writes down `base`, which never goes back, then deletes the links up to it and the entries outside the chain
   * that are older than `before`. Answers how many were deleted.
   */
  purge(query: { accountId: string; base: AuditPoint; before: number }): Promise<number>;
  /** The end of an account takes its whole chain. Answers how many entries there were. */
  deleteAccount(accountId: string): Promise<number>;
}

export interface PresenceStore {
  /** Creates or changes intent and lease; `active` is kept as it is (0 when new). Answers what stands. */
  put(presence: Omit<AgentPresence, 'active'>): Promise<AgentPresence>;
  get(accountId: string, agentId: string): Promise<AgentPresence | undefined>;
  list(accountId: string): Promise<readonly AgentPresence[]>;
  renewLease(query: { accountId: string; agentIds: readonly string[]; leaseUntil: number }): Promise<void>;
  /**
   * Takes one slot in one conditional write: online, lease alive at `now`, `active < capacity`. False when any is not so.
   * `force` skips all three (a supervisor's or an agent's own decision) and only counts.
   */
  takeSlot(query: { accountId: string; agentId: string; now: number; force?: boolean }): Promise<boolean>;
  /** Gives a slot back, never below 0. */
  releaseSlot(accountId: string, agentId: string): Promise<void>;
  /** Sets the number of slots taken to what was counted, when it is still `seen`. */
  correctActive(query: {
    accountId: string;
    agentId: string;
    seen: number;
    counted: number;
  }): Promise<boolean>;
  /** Agents whose lease ended before `now` and who are online or away, or have chats still. */
  expired(now: number, limit: number): Promise<readonly AgentPresence[]>;
  /** Answers how many there were. */
  deleteAccount(accountId: string): Promise<number>;
}

/** Presences as a technology keeps them; what they mean is the {@link PresenceStore}'s. */
export interface PresenceRecords {
  get(accountId: string, agentId: string): Promise<KeptPresence | undefined>;
  /** By agent. */
  list(accountId: string): Promise<readonly KeptPresence[]>;
  /**
   * One conditional write: keeps it when the version before it stands, or it is the first (version 1) and nothing does.
   * False when it is not so.
   */
  put(next: KeptPresence): Promise<boolean>;
  /** Keeps it whatever stands. */
  force(next: KeptPresence): Promise<void>;
  /** Agents whose lease ended before `now` and who are online or away, or have chats still; the longest gone first. */
  expired(now: number, limit: number): Promise<readonly KeptPresence[]>;
  /** Answers how many there were. */
  deleteAccount(accountId: string): Promise<number>;
}

/** What the retention needs of both technologies. */
export interface RetentionStore {
  /** Deletes everything that has `expiresAt <= now`: at most `limit` per kind, keys before what they open. */
  purge(now: number, limit: number): Promise<PurgeCounts>;
  /** Conversations that have expired, to tell their live parties before they go. */
  expiredConversations(now: number, limit: number): Promise<readonly { accountId: string; id: string }[]>;
  /**
   * `expiresAt = retainFrom + retentionMs` on all conversations, messages, files, profiles and data keys of an account,
   * and on kinds of entities that are `retained`; what a legal hold keeps stays as it is.
   */
  applyTranscriptRetention(accountId: string, retentionMs: number): Promise<void>;
  /** Likewise for its activity log. */
  applyActivityRetention(accountId: string, retentionMs: number): Promise<void>;
  /** A new end for one conversation and all that lives as long as it: `HELD_UNTIL`, or that of its retention. */
  setTranscriptEnd(query: { accountId: string; conversationId: string; expiresAt: number }): Promise<void>;
  /**
   * A new end for what a visitor did in one session, its key and the session itself: `HELD_UNTIL` when held, else
   * counted anew from the start with this retention.
   */
  setSessionEnd(query: {
    accountId: string;
    sessionId: string;
    end: 'held' | { readonly retentionMs: number };
  }): Promise<void>;
  /**
   * What was changed or deleted before the call stands in no file of the embedded store any more, its log included.
   * A database server keeps its own files; there it does nothing.
   */
  forget(): Promise<void>;
}

/** Records deleted, by kind. */
export type PurgeCounts = Readonly<
  Record<
    'dataKeys' | 'messages' | 'attachments' | 'profiles' | 'conversations' | 'activity' | 'entities',
    number
  >
>;

/** Everything the server keeps, on one technology. */
export interface Stores {
  readonly technology: 'sqlite' | 'mongodb';
  /** Whether a restore was begun and not finished: what is there is part of a store, and nobody may work on it. */
  isHalfRestored(): Promise<boolean>;
  readonly entities: EntityStores;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly attachments: AttachmentStore;
  readonly dataKeys: DataKeyStore;
  readonly accountKeys: AccountKeyStore;
  readonly namedKeys: NamedKeyStore;
  readonly erasureList: ErasureList;
  readonly floors: RecordFloors;
  readonly profiles: ProfileStore;
  readonly activity: ActivityStore;
  readonly audit: AuditStore;
  readonly presence: PresenceStore;
  readonly retention: RetentionStore;
  /** Names of what the technology keeps beside records to find them by, and does not agree with them. */
  brokenIndexes(): Promise<readonly string[]>;
  /** Resolves when the database answers; rejects with the reason otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The stores as a technology has them, before a guard stands between them and the server. */
export type RawStores = Omit<Stores, 'presence'> & { readonly presence: PresenceRecords };
