import { type AccountKeyRecord, type DataKeyRecord, INSTANCE, type KeyRotation } from '../../domain/index.ts';
import type { KeyVault } from '../../pipeline/key-vault.ts';
import { type ChangeBus, IntegrityError, type Stores, WrongKeyError } from '../../ports/index.ts';

/** Keys in one step; between steps the progress is noted and live chats get their turn. */
const STEP = 64;

export type RotationStores = Pick<Stores, 'accountKeys' | 'dataKeys' | 'namedKeys'>;

export interface RotationWorkDeps {
  readonly stores: RotationStores;
  readonly vault: KeyVault;
  readonly bus: Pick<ChangeBus, 'publish'>;
}

/** What one step did. */
export interface RotationStep {
  readonly rewrapped: number;
  readonly failed: number;
  readonly finished: boolean;
}

/**
 * The steps of a rotation. Each key is put under its new one by a conditional write of its own, so that it can stop
 * anywhere, go on anywhere, and run on two nodes at once, while keys are made and destroyed.
 */
export interface RotationWork {
  /** Keys that are not under the target yet. */
  count(): Promise<number>;
  step(): Promise<RotationStep>;
}

export function rotationWork(
  deps: RotationWorkDeps,
  rotation: Pick<KeyRotation, 'accountId' | 'target'>,
): RotationWork {
  return rotation.accountId === INSTANCE
    ? new MasterKeyWork(deps, rotation.target)
    : new AccountKeyWork(deps, rotation.accountId, Number(rotation.target));
}

/** Puts the keys of all accounts, and the installation's named keys, under a master key. */
class MasterKeyWork implements RotationWork {
  readonly #deps: RotationWorkDeps;
  readonly #target: string;
  readonly #unreadable = new Set<string>();

  constructor(deps: RotationWorkDeps, target: string) {
    this.#deps = deps;
    this.#target = target;
  }

  async count(): Promise<number> {
    const uses = await this.#deps.stores.accountKeys.underMasterKeys();
    const others = uses.filter(({ masterKeyId }) => masterKeyId !== this.#target);
    return others.reduce((sum, { count }) => sum + count, (await this.#namedKeys()).length);
  }

  async step(): Promise<RotationStep> {
    const nameOf = ({ accountId, version }: AccountKeyRecord) => `${accountId}\n${version}`;
    const found = await this.#deps.stores.accountKeys.notUnder(this.#target, STEP + this.#unreadable.size);
    const batch = found.filter((record) => !this.#unreadable.has(nameOf(record)));
    if (batch.length > 0) {
      const done = await rewrapAll(batch, (record) => this.#deps.vault.rewrapAccountKey(record));
      for (const record of done.unreadable) this.#unreadable.add(nameOf(record));
      return { rewrapped: done.rewrapped, failed: done.unreadable.length, finished: false };
    }
    const named = await rewrapAll(await this.#namedKeys(), (record) =>
      this.#deps.vault.rewrapNamedKey(record),
    );
    return { rewrapped: named.rewrapped, failed: named.unreadable.length, finished: true };
  }

  async #namedKeys() {
    const named = await this.#deps.stores.namedKeys.list(INSTANCE);
    return named.filter(({ wrappedBy }) => wrappedBy !== this.#target);
  }
}

/** Makes a version of an account's key, puts what the account has under it, and retires the older ones. */
class AccountKeyWork implements RotationWork {
  readonly #deps: RotationWorkDeps;
  readonly #accountId: string;
  readonly #version: number;
  readonly #unreadable = new Set<string>();

  constructor(deps: RotationWorkDeps, accountId: string, version: number) {
    this.#deps = deps;
    this.#accountId = accountId;
    this.#version = version;
  }

  async count(): Promise<number> {
    const counts = await this.#olderCounts();
    return [...counts.values()].reduce((sum, count) => sum + count, (await this.#namedKeys()).length);
  }

  async step(): Promise<RotationStep> {
    await this.#deps.vault.createAccountKey(this.#accountId, this.#version);
    const batch = await this.#nextDataKeys();
    if (batch.length > 0) {
      const done = await rewrapAll(batch, (record) => this.#deps.vault.rewrapDataKey(record));
      for (const { conversationId } of done.unreadable) this.#unreadable.add(conversationId);
      return { rewrapped: done.rewrapped, failed: done.unreadable.length, finished: false };
    }
    const named = await rewrapAll(await this.#namedKeys(), (record) =>
      this.#deps.vault.rewrapNamedKey(record),
    );
    const finished = await this.#retire(named.unreadable.map(({ wrappedBy }) => Number(wrappedBy)));
    return { rewrapped: named.rewrapped, failed: named.unreadable.length, finished };
  }

  async #nextDataKeys(): Promise<readonly DataKeyRecord[]> {
    const found = await this.#deps.stores.dataKeys.wrappedBefore({
      accountId: this.#accountId,
      version: this.#version,
      limit: STEP + this.#unreadable.size,
    });
    return found.filter(({ conversationId }) => !this.#unreadable.has(conversationId));
  }

  /**
   * Destroys the older versions that wrap nothing any more. Who made a key under one of them meanwhile looks again
   * after storing it (see `KeyVault.createDataKey`). Answers whether nothing is left but what cannot be opened.
   */
  async #retire(stillNamed: readonly number[]): Promise<boolean> {
    const { accountKeys } = this.#deps.stores;
    const counts = await this.#olderCounts();
    for (const { version } of await accountKeys.versions(this.#accountId)) {
      const inUse = counts.has(version) || stillNamed.includes(version) || version >= this.#version;
      if (!inUse) await accountKeys.destroy(this.#accountId, version);
    }
    this.#deps.bus.publish({ kind: 'keys', accountId: this.#accountId });
    return [...counts.values()].reduce((sum, count) => sum + count, 0) <= this.#unreadable.size;
  }

  async #olderCounts(): Promise<ReadonlyMap<number, number>> {
    const counts = await this.#deps.stores.dataKeys.countByVersion(this.#accountId);
    return new Map([...counts].filter(([version]) => version < this.#version));
  }

  async #namedKeys() {
    const named = await this.#deps.stores.namedKeys.list(this.#accountId);
    return named.filter(({ wrappedBy }) => Number(wrappedBy) < this.#version);
  }
}

/** Those that another worker did, or that are destroyed by now, count nowhere. */
async function rewrapAll<T>(
  records: readonly T[],
  rewrap: (record: T) => Promise<boolean>,
): Promise<{ rewrapped: number; unreadable: readonly T[] }> {
  let rewrapped = 0;
  const unreadable: T[] = [];
  const one = async (record: T): Promise<void> => {
    try {
      if (await rewrap(record)) rewrapped += 1;
    } catch (error) {
      if (!(error instanceof IntegrityError || error instanceof WrongKeyError)) throw error;
      unreadable.push(record);
    }
  };
  await Promise.all(records.map(one));
  return { rewrapped, unreadable };
}
