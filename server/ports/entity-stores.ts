import type {
  AccessGrant,
  Account,
  ApiToken,
  CannedResponse,
  ConversationDay,
  DataRequest,
  Department,
  EngagementDay,
  Entity,
  ErasureCertificate,
  FieldSweep,
  HeldConversation,
  IdentityFlow,
  IdentityKey,
  IdentityLink,
  KeyRotation,
  LegalHold,
  PasswordReset,
  ProfileIndexEntry,
  RedactionDay,
  RedactionRescan,
  RedactionRuleChange,
  RefreshFamily,
  RuleSetVersion,
  SecondFactor,
  Site,
  StoredEngagementRule,
  StoredRedactionRule,
  StoredRole,
  User,
  VisitorRecord,
  VisitorRecording,
  VisitorSession,
  Webhook,
  WebhookDelivery,
} from '../domain/index.ts';

/** A page of a list; `nextCursor` is opaque and absent on the last page. */
export interface StorePage<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/** A value that must be unique is there already. `index` names which, e.g. `email`. */
export class UniqueViolation extends Error {
  readonly index: string;
  constructor(index: string) {
    super(`unique index violated: ${index}`);
    this.name = 'UniqueViolation';
    this.index = index;
  }
}

/**
 * Keeps entities of one kind whole. `unique` and `indexed` fields are named in `ENTITY_SPECS`, so that both
 * technologies build the same indexes. Every method is one atomic single-record operation.
 */
export interface EntityStore<T extends Entity> {
  get(id: string): Promise<T | undefined>;
  /** The one entity whose unique field has this value. */
  findBy(field: string, value: string): Promise<T | undefined>;
  /**
   * Oldest first (by `createdAt`, then `id`), or newest first; `where` compares indexed fields for equality. A
   * cursor goes with the order that it was given in.
   */
  list(query: {
    where?: Readonly<Record<string, string>>;
    newestFirst?: boolean;
    limit: number;
    cursor?: string;
  }): Promise<StorePage<T>>;
  /** @throws UniqueViolation */
  insert(entity: T): Promise<void>;
  /**
   * Replaces the entity when the stored version is `entity.version - 1`; false when it is not.
   * @throws UniqueViolation
   */
  replace(entity: T): Promise<boolean>;
  delete(id: string): Promise<boolean>;
  /** Deletes all whose indexed fields have these values, at least one; answers how many there were. */
  deleteWhere(where: Readonly<Record<string, string>>): Promise<number>;
}

/**
 * What a store must know of an entity kind. `expires`: it has `expiresAt` and is purged. A kind with
 * `conversationId`, `sessionId` or `accountId` among its indexed fields is erased with the conversation, the session or the account
 * that it names, unless `outlives` says that it stays as evidence. `retained`: it has `retainFrom` and
 * follows a changed retention of transcripts.
 */
export interface EntitySpec {
  readonly unique: readonly string[];
  readonly indexed: readonly string[];
  readonly expires: boolean;
  readonly outlives?: true;
  /**
   * It lives as long as the transcript that it belongs to, or `retentionMs` of its own when that is shorter: a
   * changed retention rewrites `expiresAt` from `retainFrom`. It has `accountId` among its indexed fields; a legal
   * hold keeps it when it has `conversationId` there too.
   */
  readonly retained?: true;
  /** It is written all the time: changes are noted in its floor ({@link RecordFloors}) in batches, not one by one. */
  readonly busy?: true;
}

export interface EntityStores {
  readonly accounts: EntityStore<Account>;
  readonly sites: EntityStore<Site>;
  readonly users: EntityStore<User>;
  readonly refreshFamilies: EntityStore<RefreshFamily>;
  readonly apiTokens: EntityStore<ApiToken>;
  readonly secondFactors: EntityStore<SecondFactor>;
  readonly identityFlows: EntityStore<IdentityFlow>;
  readonly identityLinks: EntityStore<IdentityLink>;
  readonly passwordResets: EntityStore<PasswordReset>;
  readonly visitorSessions: EntityStore<VisitorSession>;
  readonly visitorRecords: EntityStore<VisitorRecord>;
  readonly identityKeys: EntityStore<IdentityKey>;
  readonly engagementRules: EntityStore<StoredEngagementRule>;
  readonly engagementVersions: EntityStore<RuleSetVersion>;
  readonly engagementDays: EntityStore<EngagementDay>;
  readonly conversationDays: EntityStore<ConversationDay>;
  readonly visitorRecordings: EntityStore<VisitorRecording>;
  readonly redactionRules: EntityStore<StoredRedactionRule>;
  readonly redactionRescans: EntityStore<RedactionRescan>;
  readonly redactionRuleChanges: EntityStore<RedactionRuleChange>;
  readonly redactionCounts: EntityStore<RedactionDay>;
  readonly departments: EntityStore<Department>;
  readonly cannedResponses: EntityStore<CannedResponse>;
  readonly webhooks: EntityStore<Webhook>;
  readonly webhookDeliveries: EntityStore<WebhookDelivery>;
  readonly profileIndex: EntityStore<ProfileIndexEntry>;
  readonly fieldSweeps: EntityStore<FieldSweep>;
  readonly keyRotations: EntityStore<KeyRotation>;
  readonly roles: EntityStore<StoredRole>;
  readonly accessGrants: EntityStore<AccessGrant>;
  readonly legalHolds: EntityStore<LegalHold>;
  readonly heldConversations: EntityStore<HeldConversation>;
  readonly erasureCertificates: EntityStore<ErasureCertificate>;
  readonly dataRequests: EntityStore<DataRequest>;
}

/** Field paths use dots; a path into an array (`memberships.accountId`) matches any element. */
export const ENTITY_SPECS: { readonly [Name in keyof EntityStores]: EntitySpec } = {
  accounts: { unique: [], indexed: [], expires: false },
  sites: { unique: ['siteKey'], indexed: ['accountId'], expires: false },
  users: { unique: ['email'], indexed: ['memberships.accountId', 'status'], expires: false },
  refreshFamilies: { unique: ['currentHash'], indexed: ['userId'], expires: true },
  visitorSessions: {
    unique: [],
    indexed: ['accountId', 'siteId', 'visitorHash'],
    expires: true,
    retained: true,
    busy: true,
  },
  visitorRecords: { unique: [], indexed: ['accountId'], expires: true, retained: true, busy: true },
  identityKeys: { unique: [], indexed: ['accountId'], expires: false },
  engagementRules: { unique: [], indexed: ['accountId'], expires: false },
  engagementVersions: { unique: [], indexed: ['accountId'], expires: false },
  engagementDays: { unique: [], indexed: ['accountId'], expires: true, busy: true },
  conversationDays: { unique: [], indexed: ['accountId'], expires: true, busy: true },
  apiTokens: { unique: ['tokenHash'], indexed: ['accountId', 'createdBy'], expires: false },
  identityFlows: { unique: [], indexed: [], expires: true },
  identityLinks: { unique: ['subjectHash'], indexed: ['userId'], expires: false },
  secondFactors: { unique: [], indexed: [], expires: false },
  passwordResets: { unique: ['tokenHash'], indexed: ['userId'], expires: true },
  visitorRecordings: {
    unique: [],
    indexed: ['accountId', 'sessionId'],
    expires: true,
    retained: true,
    busy: true,
  },
  redactionRules: { unique: [], indexed: ['accountId'], expires: false },
  redactionRescans: { unique: [], indexed: ['accountId', 'status'], expires: true },
  redactionRuleChanges: { unique: [], indexed: ['accountId', 'ruleId'], expires: true },
  redactionCounts: { unique: [], indexed: ['accountId'], expires: true, busy: true },
  departments: { unique: [], indexed: ['accountId'], expires: false },
  fieldSweeps: { unique: [], indexed: ['accountId', 'status'], expires: true },
  cannedResponses: { unique: ['key'], indexed: ['accountId'], expires: false },
  webhooks: { unique: [], indexed: ['accountId'], expires: false },
  webhookDeliveries: {
    unique: [],
    indexed: ['accountId', 'webhookId', 'conversationId', 'status'],
    expires: true,
    retained: true,
    busy: true,
  },
  profileIndex: {
    unique: [],
    indexed: ['accountId', 'conversationId', 'sessionId', 'accountField', 'lookup'],
    expires: true,
    retained: true,
    busy: true,
  },
  keyRotations: { unique: ['slot'], indexed: ['accountId', 'status'], expires: false },
  roles: { unique: [], indexed: ['accountId'], expires: false },
  accessGrants: { unique: [], indexed: ['accountId', 'userId'], expires: true },
  legalHolds: { unique: [], indexed: ['accountId', 'status'], expires: true },
  heldConversations: { unique: [], indexed: ['accountId', 'holdId', 'conversationId'], expires: false },
  erasureCertificates: { unique: [], indexed: ['accountId'], expires: true, outlives: true },
  dataRequests: { unique: [], indexed: ['accountId', 'purpose', 'status'], expires: true, outlives: true },
};

const KINDS = Object.keys(ENTITY_SPECS) as (keyof EntityStores)[];
/** Kinds that live with a transcript. */
export const RETAINED_KINDS: readonly (keyof EntityStores)[] = KINDS.filter(
  (kind) => ENTITY_SPECS[kind].retained,
);
/** Those that belong to a conversation, and are held with it. */
export const HELD_KINDS: readonly (keyof EntityStores)[] = RETAINED_KINDS.filter((kind) =>
  ENTITY_SPECS[kind].indexed.includes('conversationId'),
);
/** What is kept of one session, under its id. */
export const SESSION_KINDS = ['visitorRecords', 'visitorSessions', 'visitorRecordings'] as const;
