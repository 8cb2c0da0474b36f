import { LRUCache } from 'lru-cache';
import type { DataKeyRecord } from '../domain/index.ts';
import {
  type AccountKeyStore,
  type Cipher,
  type Clock,
  type DataKeyStore,
  IntegrityError,
  type KeyRing,
} from '../ports/index.ts';

const CACHED_ACCOUNT_KEYS = 1_000;

export interface KeyVaultDeps {
  readonly cipher: Cipher;
  readonly keyRing: KeyRing;
  readonly accountKeys: AccountKeyStore;
  readonly dataKeys: DataKeyStore;
  readonly clock: Clock;
}

/** Whose key, and how long it may live. Times are epoch milliseconds. */
export interface DataKeyOwner {
  readonly accountId: string;
  readonly conversationId: string;
  readonly retainFrom: number;
  readonly expiresAt: number;
}

/**
 * The envelope: the master key wraps an account's key, the account's key wraps a data key for each
 * conversation. Opened account keys are cached; data keys are held by the conversation's lane.
 */
export class KeyVault {
  readonly #deps: KeyVaultDeps;
  readonly #accountKeys = new LRUCache<string, Uint8Array>({ max: CACHED_ACCOUNT_KEYS });

  constructor(deps: KeyVaultDeps) {
    this.#deps = deps;
  }

  /**
   * Makes a data key for a conversation, or answers the one that stands.
   * @throws WrongKeyError when the master key is not the account key's
   */
  async createDataKey(owner: DataKeyOwner): Promise<Uint8Array> {
    const { version, key: accountKey } = await this.#newestAccountKey(owner.accountId);
    const dataKey = this.#deps.cipher.newKey();
    const record: DataKeyRecord = {
      ...owner,
      accountKeyVersion: version,
      wrapped: this.#deps.cipher.seal(accountKey, dataKey, dataKeyContext(owner)),
    };
    const standing = await this.#deps.dataKeys.create(record);
    return this.#openDataKey(standing);
  }

  /** The conversation's data key; undefined when it was destroyed or never was. */
  async dataKey(conversationId: string): Promise<Uint8Array | undefined> {
    const record = await this.#deps.dataKeys.get(conversationId);
    return record === undefined ? undefined : this.#openDataKey(record);
  }

  /** Forgets nothing else: whoever holds the opened key must drop it too. */
  async destroyDataKey(conversationId: string): Promise<boolean> {
    return this.#deps.dataKeys.destroy(conversationId);
  }

  /**
   * Checks at start that the master key at hand opens what is stored.
   * @throws WrongKeyError
   */
  async verifyMasterKey(): Promise<void> {
    const record = await this.#deps.accountKeys.any();
    if (record === undefined) return;
    await this.#deps.keyRing.unwrap(record.wrapped, accountKeyContext(record.accountId, record.version));
  }

  async #openDataKey(record: DataKeyRecord): Promise<Uint8Array> {
    const accountKey = await this.#accountKey(record.accountId, record.accountKeyVersion);
    return this.#deps.cipher.open(accountKey, record.wrapped, dataKeyContext(record));
  }

  async #newestAccountKey(accountId: string): Promise<{ version: number; key: Uint8Array }> {
    const newest = await this.#deps.accountKeys.newest(accountId);
    const version = newest?.version ?? 1;
    if (newest === undefined) await this.#createAccountKey(accountId, version);
    return { version, key: await this.#accountKey(accountId, version) };
  }

  async #createAccountKey(accountId: string, version: number): Promise<void> {
    const { keyRing, cipher, accountKeys, clock } = this.#deps;
    const wrapped = await keyRing.wrap(cipher.newKey(), accountKeyContext(accountId, version));
    await accountKeys.create({
      accountId,
      version,
      masterKeyId: keyRing.masterKeyId,
      wrapped,
      createdAt: clock.now(),
    });
  }

  async #accountKey(accountId: string, version: number): Promise<Uint8Array> {
    const name = accountKeyContext(accountId, version);
    const cached = this.#accountKeys.get(name);
    if (cached !== undefined) return cached;
    const record = await this.#deps.accountKeys.get(accountId, version);
    if (record === undefined) throw new IntegrityError();
    const key = await this.#deps.keyRing.unwrap(record.wrapped, name);
    this.#accountKeys.set(name, key);
    return key;
  }
}

function accountKeyContext(accountId: string, version: number): string {
  return `account-key\n${accountId}\n${version}`;
}

function dataKeyContext(owner: { accountId: string; conversationId: string }): Uint8Array {
  return Buffer.from(`data-key\n${owner.accountId}\n${owner.conversationId}`);
}
