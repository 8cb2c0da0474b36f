/** Which master keys there are, by id. */
export interface WireMasterKeys {
  readonly items: readonly WireMasterKey[];
}

export interface WireMasterKey {
  /** A hash that names the key and does not reveal it. */
  readonly id: string;
  readonly current: boolean;
  /** Whether the server has it; one that wraps something and is missing is an alarm. */
  readonly available: boolean;
  /** How many keys of accounts and of the installation it wraps; 0 and 0: it can be taken out of the configuration. */
  readonly accountKeys: number;
  readonly namedKeys: number;
}

/** The keys of one account, without their bytes; oldest version first. */
export interface WireAccountKeys {
  readonly versions: readonly WireAccountKeyVersion[];
  readonly namedKeys: readonly WireNamedKey[];
}

export interface WireAccountKeyVersion {
  readonly version: number;
  readonly current: boolean;
  readonly masterKeyId: string;
  readonly createdAt: string;
  /** Conversations whose data keys it wraps. */
  readonly dataKeys: number;
}

export interface WireNamedKey {
  readonly purpose: string;
  /** Of the account's key that wraps it. */
  readonly version: number;
  readonly createdAt: string;
}

/** How far a rotation has come; counts are keys. */
export interface WireKeyRotation {
  readonly id: string;
  readonly status: 'running' | 'done';
  /** A user's id, or `command`. */
  readonly startedBy: string;
  /** The version of the account's key, or the id of the master key, that everything is put under. */
  readonly target: string;
  readonly total: number;
  readonly rewrapped: number;
  /** These could not be opened and are as they were. */
  readonly failed: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly finishedAt?: string;
}
