import { LRUCache } from 'lru-cache';
import { type AccountKeyRecord, type DataKeyRecord, INSTANCE, type NamedKeyRecord } from '../domain/index.ts';
import {
  type AccountKeyStore,
  type Cipher,
  type Clock,
  type DataKeyStore,
  IntegrityError,
  type KeyRing,
  type NamedKeyStore,
} from '../ports/index.ts';
import { accountKeyContext, dataKeyContext, namedKeyContext } from './key-contexts.ts';

const CACHED_ACCOUNT_KEYS = 1_000;
const CACHED_NAMED_KEYS = 1_000;

export interface KeyVaultDeps {
  readonly cipher: Cipher;
  readonly keyRing: KeyRing;
  readonly accountKeys: AccountKeyStore;
  readonly dataKeys: DataKeyStore;
  readonly namedKeys: NamedKeyStore;
  readonly clock: Clock;
}

/** Whose key, and how long it may live. Times are epoch milliseconds. */
export interface DataKeyOwner {
  readonly accountId: string;
  readonly conversationId: string;
  readonly retainFrom: number;
  readonly expiresAt: number;
}

/** A version of an account's key, opened. */
export interface AccountKey {
  readonly version: number;
  readonly key: Uint8Array;
}

/**
 * The envelope: the master key wraps an account's key, the account's key wraps a data key for each conversation and
 * the account's named keys. Opened account keys and named keys are cached; data keys are held by the conversation's
 * lane.
 */
export class KeyVault {
  readonly #deps: KeyVaultDeps;
  readonly #accountKeys = new LRUCache<string, Uint8Array>({ max: CACHED_ACCOUNT_KEYS });
  readonly #namedKeys = new LRUCache<string, Uint8Array>({ max: CACHED_NAMED_KEYS });

  constructor(deps: KeyVaultDeps) {
    this.#deps = deps;
  }

  /**
   * Makes a data key for a conversation, or answers the one that stands.
   * @throws WrongKeyError when the master key is not the account key's
   */
  async createDataKey(owner: DataKeyOwner): Promise<Uint8Array> {
    const { cipher, dataKeys } = this.#deps;
    const { version: accountKeyVersion, key: accountKey } = await this.newestAccountKey(owner.accountId);
    const made = cipher.newKey();
    const wrapped = cipher.seal(accountKey, made, dataKeyContext(owner));
    const standing = await dataKeys.create({ ...owner, accountKeyVersion, wrapped });
    const dataKey = cipher.equal(standing.wrapped, wrapped) ? made : await this.#openDataKey(standing);
    if (await this.#outrun(standing.accountId, standing.accountKeyVersion)) {
      await this.rewrapDataKey(standing, dataKey);
    }
    return dataKey;
  }

  /**
   * The conversation's data key; undefined when it was destroyed or never was, and when its time is over, so that
   * nothing can be read any more even while a purge is late.
   */
  dataKey(conversationId: string): Promise<Uint8Array | undefined> {
    return readAgainIfRetired(async () => {
      const record = await this.#deps.dataKeys.get(conversationId);
      return record === undefined || this.#hasExpired(record) ? undefined : this.#openDataKey(record);
    });
  }

  /** Forgets nothing else: whoever holds the opened key must drop it too. */
  async destroyDataKey(conversationId: string): Promise<boolean> {
    return this.#deps.dataKeys.destroy(conversationId);
  }

  /**
   * A random 32-byte key for one purpose of an account (its id) or of the whole installation (`'instance'`): made at
   * first use, the same ever after and on every node, rotated with the rest, gone with the account.
   * @throws WrongKeyError when the master key is not the one that it is under
   */
  async namedKey(owner: string, purpose: string): Promise<Uint8Array> {
    const name = namedKeyContext({ owner, purpose });
    const cached = this.#namedKeys.get(name);
    if (cached !== undefined) return cached;
    const key = (await this.#readNamedKey(owner, purpose)) ?? (await this.#createNamedKey(owner, purpose));
    this.#namedKeys.set(name, key);
    return key;
  }

  /** @throws WrongKeyError, IntegrityError when the stored key does not open */
  async checkAccountKey(record: AccountKeyRecord): Promise<void> {
    await this.#deps.keyRing.unwrap(record.wrapped, {
      keyId: record.masterKeyId,
      context: accountKeyContext(record),
    });
  }

  /** @throws WrongKeyError, IntegrityError when the stored key does not open */
  async checkDataKey(record: DataKeyRecord): Promise<void> {
    await this.#openDataKey(record);
  }

  /** Destroys every key of an account: whatever is under them can never be read again, in no copy without them. */
  async destroyAccount(accountId: string): Promise<void> {
    await this.#deps.accountKeys.destroyAll(accountId);
    await this.#deps.namedKeys.destroyAll(accountId);
    this.forgetAccount(accountId);
  }

  /** Drops an account's keys from memory; they are read anew when they are asked for. */
  forgetAccount(accountId: string): void {
    for (const cache of [this.#accountKeys, this.#namedKeys]) {
      for (const name of cache.keys()) if (name.split('\n')[1] === accountId) cache.delete(name);
    }
  }

  /** Drops all keys from memory. */
  forgetAll(): void {
    this.#accountKeys.clear();
    this.#namedKeys.clear();
  }

  /**
   * Checks at start that the master keys at hand open what is stored.
   * @throws WrongKeyError
   */
  async verifyMasterKey(): Promise<void> {
    const { accountKeys, namedKeys, keyRing } = this.#deps;
    for (const { masterKeyId: keyId, sample } of await accountKeys.underMasterKeys()) {
      await keyRing.unwrap(sample.wrapped, { keyId, context: accountKeyContext(sample) });
    }
    for (const record of await namedKeys.list(INSTANCE)) await this.openNamedKey(record);
  }

  /** The newest version of an account's key; its first one is made here. */
  newestAccountKey(accountId: string): Promise<AccountKey> {
    return readAgainIfRetired(async () => {
      const newest = await this.#deps.accountKeys.newest(accountId);
      const version = newest?.version ?? 1;
      if (newest === undefined) await this.createAccountKey(accountId, version);
      return { version, key: await this.#accountKey(accountId, version) };
    });
  }

  /** Makes a version of an account's key unless it is there. */
  async createAccountKey(accountId: string, version: number): Promise<void> {
    const { keyRing, cipher, accountKeys, clock } = this.#deps;
    const wrapped = await keyRing.wrap(cipher.newKey(), accountKeyContext({ accountId, version }));
    await accountKeys.create({
      accountId,
      version,
      masterKeyId: keyRing.masterKeyId,
      wrapped,
      createdAt: clock.now(),
    });
  }

  /** Puts a version of an account's key under the current master key; false when another did, or it is destroyed. */
  async rewrapAccountKey(record: AccountKeyRecord): Promise<boolean> {
    const { keyRing, accountKeys } = this.#deps;
    const context = accountKeyContext(record);
    const key = await keyRing.unwrap(record.wrapped, { keyId: record.masterKeyId, context });
    const next = { ...record, masterKeyId: keyRing.masterKeyId, wrapped: await keyRing.wrap(key, context) };
    return accountKeys.rewrap(next, record.masterKeyId);
  }

  /** Puts a data key under the newest version of its account's key; false when another did, or it is destroyed. */
  async rewrapDataKey(record: DataKeyRecord, opened?: Uint8Array): Promise<boolean> {
    const dataKey = opened ?? (await this.#openDataKey(record));
    const { version, key } = await this.newestAccountKey(record.accountId);
    const wrapped = this.#deps.cipher.seal(key, dataKey, dataKeyContext(record));
    return this.#deps.dataKeys.rewrap(
      { ...record, wrapped, accountKeyVersion: version },
      record.accountKeyVersion,
    );
  }

  /** Puts a named key under the newest key of its kind; false when another did, or it is destroyed. */
  async rewrapNamedKey(record: NamedKeyRecord): Promise<boolean> {
    const next = await this.#wrapNamedKey(record, await this.openNamedKey(record));
    return this.#deps.namedKeys.rewrap(next, record.wrappedBy);
  }

  /** @throws WrongKeyError, IntegrityError */
  async openNamedKey(record: NamedKeyRecord): Promise<Uint8Array> {
    const context = namedKeyContext(record);
    if (record.owner === INSTANCE) {
      return this.#deps.keyRing.unwrap(record.wrapped, { keyId: record.wrappedBy, context });
    }
    const accountKey = await this.#accountKey(record.owner, Number(record.wrappedBy));
    return this.#deps.cipher.open(accountKey, record.wrapped, Buffer.from(context));
  }

  #readNamedKey(owner: string, purpose: string): Promise<Uint8Array | undefined> {
    return readAgainIfRetired(async () => {
      const record = await this.#deps.namedKeys.get(owner, purpose);
      return record === undefined ? undefined : this.openNamedKey(record);
    });
  }

  async #createNamedKey(owner: string, purpose: string): Promise<Uint8Array> {
    const draft = { owner, purpose, createdAt: this.#deps.clock.now() };
    const standing = await this.#deps.namedKeys.create(
      await this.#wrapNamedKey(draft, this.#deps.cipher.newKey()),
    );
    const key = await this.openNamedKey(standing);
    if (owner !== INSTANCE && (await this.#outrun(owner, Number(standing.wrappedBy)))) {
      await this.rewrapNamedKey(standing);
    }
    return key;
  }

  async #wrapNamedKey(
    of: Pick<NamedKeyRecord, 'owner' | 'purpose' | 'createdAt'>,
    key: Uint8Array,
  ): Promise<NamedKeyRecord> {
    const { owner, purpose, createdAt } = of;
    const context = namedKeyContext(of);
    if (owner === INSTANCE) {
      const { keyRing } = this.#deps;
      const wrapped = await keyRing.wrap(key, context);
      return { owner, purpose, createdAt, wrappedBy: keyRing.masterKeyId, wrapped };
    }
    const { version, key: accountKey } = await this.newestAccountKey(owner);
    const wrapped = this.#deps.cipher.seal(accountKey, key, Buffer.from(context));
    return { owner, purpose, createdAt, wrappedBy: String(version), wrapped };
  }

  /**
   * Whether a rotation began while a key was being made under this version. It may have looked for keys before this
   * one was there, and retires the version: so whoever makes a key looks again after it is stored.
   */
  async #outrun(accountId: string, version: number): Promise<boolean> {
    const newest = await this.#deps.accountKeys.newest(accountId);
    return newest !== undefined && newest.version > version;
  }

  #hasExpired({ expiresAt }: DataKeyRecord): boolean {
    return expiresAt <= this.#deps.clock.now();
  }

  async #openDataKey(record: DataKeyRecord): Promise<Uint8Array> {
    const accountKey = await this.#accountKey(record.accountId, record.accountKeyVersion);
    return this.#deps.cipher.open(accountKey, record.wrapped, dataKeyContext(record));
  }

  async #accountKey(accountId: string, version: number): Promise<Uint8Array> {
    const context = accountKeyContext({ accountId, version });
    const cached = this.#accountKeys.get(context);
    if (cached !== undefined) return cached;
    const record = await this.#deps.accountKeys.get(accountId, version);
    if (record === undefined) throw new IntegrityError();
    const key = await this.#deps.keyRing.unwrap(record.wrapped, { keyId: record.masterKeyId, context });
    this.#accountKeys.set(context, key);
    return key;
  }
}

/** A rotation may have wrapped a key anew, and retired the one that it was under, between the two reads. */
async function readAgainIfRetired<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return read();
  }
}
