import { INSTANCE } from '../../domain/index.ts';
import type { KeyRing, Stores } from '../../ports/index.ts';

export interface KeysDeps {
  readonly stores: Pick<Stores, 'accountKeys' | 'dataKeys' | 'namedKeys'>;
  readonly keyRing: Pick<KeyRing, 'masterKeyId' | 'knownKeyIds'>;
}

/** A master key by its id: whether the server has it, and how much it wraps. */
export interface MasterKeyStatus {
  readonly id: string;
  readonly current: boolean;
  readonly available: boolean;
  readonly accountKeys: number;
  readonly namedKeys: number;
}

/** The keys of one account; never their bytes. */
export interface AccountKeysStatus {
  readonly versions: readonly {
    readonly version: number;
    readonly current: boolean;
    readonly masterKeyId: string;
    readonly createdAt: number;
    /** Conversations whose data keys it wraps. */
    readonly dataKeys: number;
  }[];
  readonly namedKeys: readonly {
    readonly purpose: string;
    readonly version: number;
    readonly createdAt: number;
  }[];
}

/** Which keys there are: ids, versions, ages and counts. */
export class Keys {
  readonly #deps: KeysDeps;

  constructor(deps: KeysDeps) {
    this.#deps = deps;
  }

  /** The current one first, then earlier ones that are at hand, then any that something is under but is missing. */
  async masterKeys(): Promise<readonly MasterKeyStatus[]> {
    const { stores, keyRing } = this.#deps;
    const uses = await stores.accountKeys.underMasterKeys();
    const accountKeys = new Map(uses.map(({ masterKeyId, count }) => [masterKeyId, count]));
    const named = await stores.namedKeys.list(INSTANCE);
    const ids = new Set([
      ...keyRing.knownKeyIds,
      ...accountKeys.keys(),
      ...named.map((key) => key.wrappedBy),
    ]);
    return [...ids].map((id) => ({
      id,
      current: id === keyRing.masterKeyId,
      available: keyRing.knownKeyIds.includes(id),
      accountKeys: accountKeys.get(id) ?? 0,
      namedKeys: named.filter(({ wrappedBy }) => wrappedBy === id).length,
    }));
  }

  async accountKeys(accountId: string): Promise<AccountKeysStatus> {
    const { stores } = this.#deps;
    const versions = await stores.accountKeys.versions(accountId);
    const counts = await stores.dataKeys.countByVersion(accountId);
    const named = await stores.namedKeys.list(accountId);
    const newest = versions.at(-1)?.version;
    return {
      versions: versions.map(({ version, masterKeyId, createdAt }) => {
        const dataKeys = counts.get(version) ?? 0;
        return { version, current: version === newest, masterKeyId, createdAt, dataKeys };
      }),
      namedKeys: named.map(({ purpose, wrappedBy, createdAt }) => {
        return { purpose, version: Number(wrappedBy), createdAt };
      }),
    };
  }
}
