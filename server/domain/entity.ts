/** A thing with an id and a version that a store keeps whole. Times are epoch milliseconds throughout the server. */
export interface Entity {
  readonly id: string;
  /** Counts up with each change; a change names the version that it saw. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** An entity that belongs to one account. */
export interface AccountEntity extends Entity {
  readonly accountId: string;
}

/** Milliseconds in a day. */
export const DAY_MS = 86_400_000;
