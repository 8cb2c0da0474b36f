import type { AccountKeyRecord, DataKeyRecord, KeyFloor, NamedKeyRecord } from '../domain/index.ts';
import type { StorePage } from './entity-stores.ts';

/**
 * Stores of wrapped keys. A `rewrap` puts the bytes of the same key under another wrapping key in place, in one
 * conditional write: it changes nothing (false) when the stored record is no longer wrapped as the caller saw it.
 */
export interface DataKeyStore {
  /** Keeps the key unless there is one; answers the one that stands. */
  create(record: DataKeyRecord): Promise<DataKeyRecord>;
  get(conversationId: string): Promise<DataKeyRecord | undefined>;
  destroy(conversationId: string): Promise<boolean>;
  /** By the name of what they open. */
  list(query: { limit: number; cursor?: string }): Promise<StorePage<DataKeyRecord>>;
  /** Keys of an account that are wrapped by a version of its key before this one, in no order. */
  wrappedBefore(query: {
    accountId: string;
    version: number;
    limit: number;
  }): Promise<readonly DataKeyRecord[]>;
  /** Changes `wrapped` and `accountKeyVersion` alone; how long the key lives is the retention's. */
  rewrap(next: DataKeyRecord, seenVersion: number): Promise<boolean>;
  /** How many keys of the account each version of its key wraps; versions that wrap none are left out. */
  countByVersion(accountId: string): Promise<ReadonlyMap<number, number>>;
  /** How far what the key opens was known to be; undefined when nothing was noted yet. It goes with the key. */
  floor(conversationId: string): Promise<KeyFloor | undefined>;
  /** Notes floors of keys that are there; none of whose parts is lower than noted before. One write for many. */
  raise(floors: readonly { readonly conversationId: string; readonly floor: KeyFloor }[]): Promise<void>;
}

export interface AccountKeyStore {
  /** Keeps the key unless this version is there; answers the one that stands. */
  create(record: AccountKeyRecord): Promise<AccountKeyRecord>;
  get(accountId: string, version: number): Promise<AccountKeyRecord | undefined>;
  newest(accountId: string): Promise<AccountKeyRecord | undefined>;
  /** All versions of one account, oldest first. */
  versions(accountId: string): Promise<readonly AccountKeyRecord[]>;
  /** For each master key that wraps something: how many it wraps, and one of them. */
  underMasterKeys(): Promise<readonly MasterKeyUse<AccountKeyRecord>[]>;
  /** Keys that this master key does not wrap, in no order. */
  notUnder(masterKeyId: string, limit: number): Promise<readonly AccountKeyRecord[]>;
  rewrap(next: AccountKeyRecord, seenMasterKeyId: string): Promise<boolean>;
  destroy(accountId: string, version: number): Promise<boolean>;
  /** Destroys every version; answers how many there were. */
  destroyAll(accountId: string): Promise<number>;
}

/** What a master key wraps in one store. */
export interface MasterKeyUse<Record> {
  readonly masterKeyId: string;
  readonly count: number;
  readonly sample: Record;
}

/** Keys with a purpose of their own; few of each owner. */
export interface NamedKeyStore {
  /** Keeps the key unless the owner has one for this purpose; answers the one that stands. */
  create(record: NamedKeyRecord): Promise<NamedKeyRecord>;
  get(owner: string, purpose: string): Promise<NamedKeyRecord | undefined>;
  /** All of one owner, by purpose. */
  list(owner: string): Promise<readonly NamedKeyRecord[]>;
  rewrap(next: NamedKeyRecord, seenWrappedBy: string): Promise<boolean>;
  /** Destroys all keys of an owner; answers how many there were. */
  destroyAll(owner: string): Promise<number>;
}
