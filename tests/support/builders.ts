import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type {
  AccountKeyRecord,
  ActiveConversation,
  ActivityRecord,
  AgentPresence,
  AttachmentPiece,
  AuditEntry,
  AuditLink,
  AuditPoint,
  ClosedConversation,
  DataKeyRecord,
  MessageRecord,
  NamedKeyRecord,
  ProfileRecord,
  QueuedConversation,
  RefreshFamily,
  Sealed,
  SealedPiece,
  Site,
  StoredRedactionRule,
  User,
  VisitorSession,
} from '../../server/domain/index.ts';
import { DAY_MS, DEFAULT_THEME } from '../../server/domain/index.ts';

/**
 * The moment around which test data lives. Far ahead, so that a database that expires records by the real clock
 * leaves them alone.
 */
export const T0 = Date.UTC(2100, 0, 1);

/** An id that no other test has. */
export function freshId(prefix: string): string {
  return `${prefix}_${randomUUID()}`;
}

/** Bytes that no other test has. */
export function freshBytes(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

/** A queued conversation of its own account and session unless told otherwise. */
export function aConversation(with_: Partial<QueuedConversation> = {}): QueuedConversation {
  const startedAt = with_.startedAt ?? T0;
  return {
    id: freshId('conversation'),
    accountId: freshId('account'),
    siteId: 'site-1',
    sessionId: freshId('session'),
    caseId: freshId('case'),
    tags: [],
    status: 'queued',
    version: 1,
    startedAt,
    queuedAt: startedAt,
    expiresAt: startedAt + 14 * DAY_MS,
    ...with_,
  };
}

/** The next version of a conversation, with an agent. */
export function assigned(
  conversation: QueuedConversation | ActiveConversation,
  agentId: string,
): ActiveConversation {
  return {
    ...conversation,
    status: 'active',
    agentId,
    assignedAt: conversation.startedAt + 1_000,
    participants: [...(conversation.participants ?? []), agentId],
    version: conversation.version + 1,
  };
}

/** The next version of a conversation, closed by its visitor. */
export function closed(conversation: QueuedConversation | ActiveConversation): ClosedConversation {
  return {
    ...conversation,
    status: 'closed',
    closedAt: conversation.startedAt + 2_000,
    closedBy: 'visitor',
    version: conversation.version + 1,
  };
}

/** A stored message; its bytes are its own, its life is the conversation's. */
export function aMessageRecord(with_: Partial<MessageRecord> = {}): MessageRecord {
  const seq = with_.seq ?? 1;
  const retainFrom = with_.retainFrom ?? T0;
  return {
    accountId: 'account-1',
    conversationId: 'conversation-1',
    seq,
    clientKey: `visitor:${freshId('client')}`,
    sealed: freshBytes(28 + (seq % 300)),
    hash: freshBytes(32),
    retainFrom,
    expiresAt: retainFrom + 14 * DAY_MS,
    ...with_,
  };
}

/** What the seal stage makes of a record. Only tests may cast: in the product the stage's own file does. */
export function sealedOf(record: MessageRecord): Sealed {
  return { record, content: undefined } as unknown as Sealed;
}

/** A sealed message; see {@link aMessageRecord}. */
export function aSealed(with_: Partial<MessageRecord> = {}): Sealed {
  return sealedOf(aMessageRecord(with_));
}

/** `count` sealed messages of one conversation, from `firstSeq` on. */
export function sealedRun(query: {
  conversationId: string;
  count: number;
  firstSeq?: number;
  with?: Partial<MessageRecord>;
}): Sealed[] {
  const first = query.firstSeq ?? 1;
  return Array.from({ length: query.count }, (_, index) =>
    aSealed({ ...query.with, conversationId: query.conversationId, seq: first + index }),
  );
}

export function aDataKey(with_: Partial<DataKeyRecord> = {}): DataKeyRecord {
  const retainFrom = with_.retainFrom ?? T0;
  return {
    conversationId: freshId('conversation'),
    accountId: 'account-1',
    accountKeyVersion: 1,
    wrapped: freshBytes(60),
    retainFrom,
    expiresAt: retainFrom + 14 * DAY_MS,
    ...with_,
  };
}

export function anAccountKey(with_: Partial<AccountKeyRecord> = {}): AccountKeyRecord {
  return {
    accountId: freshId('account'),
    version: 1,
    masterKeyId: 'master-1',
    wrapped: freshBytes(60),
    createdAt: T0,
    ...with_,
  };
}

export function aNamedKey(with_: Partial<NamedKeyRecord> = {}): NamedKeyRecord {
  return {
    owner: freshId('account'),
    purpose: 'blind-index',
    wrappedBy: '1',
    wrapped: freshBytes(60),
    createdAt: T0,
    ...with_,
  };
}

export function aProfileRecord(with_: Partial<ProfileRecord> = {}): ProfileRecord {
  const retainFrom = with_.retainFrom ?? T0;
  return {
    conversationId: freshId('conversation'),
    accountId: 'account-1',
    sessionId: freshId('session'),
    sealed: freshBytes(120),
    retainFrom,
    expiresAt: retainFrom + 14 * DAY_MS,
    ...with_,
  };
}

/** The address is from the range that RFC 5737 sets aside for documentation. */
export function anActivityRecord(with_: Partial<ActivityRecord> = {}): ActivityRecord {
  const retainFrom = with_.retainFrom ?? T0;
  return {
    id: freshId('activity'),
    accountId: 'account-1',
    sessionId: freshId('session'),
    ip: '192.0.2.1',
    userAgent: 'test-agent',
    connectedAt: retainFrom,
    retainFrom,
    expiresAt: retainFrom + 7 * DAY_MS,
    ...with_,
  };
}

export function anAuditEntry(with_: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: freshId('audit'),
    accountId: 'account-1',
    at: T0,
    actor: { kind: 'user', id: 'user-1' },
    action: 'transcript.read',
    details: { count: 3, complete: true, format: 'json' },
    ...with_,
  };
}

/** `count` links of one account's chain, from `firstSeq` on; hashes are their own, not computed. */
export function auditLinks(query: {
  accountId: string;
  count: number;
  firstSeq?: number;
  with?: (index: number) => Partial<AuditEntry>;
}): AuditLink[] {
  const { accountId, count, firstSeq = 1 } = query;
  return Array.from({ length: count }, (_, index) => ({
    ...anAuditEntry({ accountId, ...query.with?.(index) }),
    seq: firstSeq + index,
    previous: String(firstSeq + index - 1).padStart(64, '0'),
    hash: String(firstSeq + index).padStart(64, '0'),
  }));
}

/** The place of the last link. */
export function auditPoint(links: readonly AuditLink[]): AuditPoint {
  const last = links.at(-1);
  return { seq: last?.seq ?? 0, hash: last?.hash ?? '', mac: 'ab'.repeat(32) };
}

export function aPresence(with_: Partial<AgentPresence> = {}): AgentPresence {
  return {
    accountId: freshId('account'),
    agentId: freshId('agent'),
    name: 'Alva',
    status: 'online',
    capacity: 4,
    active: 0,
    leaseUntil: T0 + 30_000,
    ...with_,
  };
}

export function aUser(with_: Partial<User> = {}): User {
  const id = with_.id ?? freshId('user');
  return {
    id,
    version: 1,
    createdAt: T0,
    updatedAt: T0,
    email: `${id}@example.com`,
    name: 'Alva',
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    memberships: [],
    disabled: false,
    ...with_,
  };
}

export function aSite(with_: Partial<Site> = {}): Site {
  return {
    id: freshId('site'),
    version: 1,
    createdAt: T0,
    updatedAt: T0,
    accountId: freshId('account'),
    name: 'Shop',
    siteKey: freshId('key'),
    locale: 'en',
    theme: DEFAULT_THEME,
    prechat: [],
    allowedOrigins: ['https://shop.example'],
    ...with_,
  };
}

export function aRefreshFamily(with_: Partial<RefreshFamily> = {}): RefreshFamily {
  return {
    id: freshId('family'),
    version: 1,
    createdAt: T0,
    updatedAt: T0,
    userId: freshId('user'),
    currentHash: createHash('sha256').update(randomUUID()).digest('hex'),
    expiresAt: T0 + DAY_MS,
    ...with_,
  };
}

/** A sealed piece of a file. Only tests may cast: in the product the seal stage does. */
export function aPiece(with_: Partial<AttachmentPiece> = {}): SealedPiece {
  return {
    accountId: 'account-1',
    conversationId: 'conversation-1',
    attachmentId: 'file-1',
    index: 0,
    sealed: freshBytes(64),
    retainFrom: T0,
    expiresAt: T0 + 14 * DAY_MS,
    ...with_,
  } as SealedPiece;
}

export function aVisitorSession(with_: Partial<VisitorSession> = {}): VisitorSession {
  return {
    id: freshId('session'),
    version: 1,
    createdAt: T0,
    updatedAt: T0,
    accountId: freshId('account'),
    siteId: freshId('site'),
    visitorHash: freshId('hash'),
    visits: 1,
    expiresAt: T0 + DAY_MS,
    ...with_,
  };
}

export function aRedactionRule(with_: Partial<StoredRedactionRule> = {}): StoredRedactionRule {
  return {
    id: freshId('rule'),
    version: 1,
    createdAt: T0,
    updatedAt: T0,
    accountId: freshId('account'),
    name: 'Order numbers',
    pattern: '\\bORD-\\d{6}\\b',
    flags: 'i',
    replacement: '█',
    scope: { from: ['visitor', 'agent'], places: ['message'] },
    enabled: true,
    order: 1,
    digitWords: false,
    examples: { match: ['ORD-123456'], noMatch: ['ORD-1'] },
    ...with_,
  };
}
