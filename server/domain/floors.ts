/**
 * The lowest version of a record that can be genuine, kept in the store of keys: an older copy that is put back, a deleted
 * one that comes back and one that was taken away show against it.
 */
export interface RecordFloor {
  readonly kind: string;
  readonly id: string;
  /** The account that it belongs to, if it belongs to one. */
  readonly owner?: string;
  readonly version: number;
  /** The record is there. False while it is being made or deleted. */
  readonly settled: boolean;
  /** The record's own end; both go then. */
  readonly expiresAt?: number;
  /** Of all this, under a key of the deployment. */
  readonly mac: string;
}

/** How far what a data key opens has come; each part never goes back. */
export interface Reach {
  /** Last message. */
  readonly seq: number;
  /** Version of the conversation. */
  readonly version: number;
  /** How often the profile was written. */
  readonly profile: number;
}

export const NO_REACH: Reach = { seq: 0, version: 0, profile: 0 };

/** A reach as it lies beside its data key, and ends with it. */
export interface KeyFloor extends Reach {
  readonly mac: string;
}
