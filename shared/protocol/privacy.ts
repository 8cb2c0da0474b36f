/** What a check of an account's audit log found. */
export interface AuditVerification {
  readonly ok: boolean;
  /** Entries whose place in the chain was checked. */
  readonly entries: number;
  /** Entries outside the chain, from before there was one; none may come to them. */
  readonly unchained: number;
  readonly checkedAt: string;
  /** The end of what is whole. Kept elsewhere, it shows later that the log was put back to an older copy. */
  readonly head?: { readonly seq: number; readonly hash: string };
  /** The retention has deleted everything up to this number. */
  readonly purgedUpTo?: number;
  /** The first thing that is wrong, at or before entry `seq`. */
  readonly fault?: {
    readonly kind: 'head_missing' | 'anchor_forged' | 'altered' | 'missing' | 'truncated';
    readonly seq: number;
  };
}

/** A changed data-processing agreement as it is applied to what is stored; `total` and `scanned` count conversations. */
export interface WireFieldSweep {
  readonly id: string;
  readonly status: 'running' | 'done';
  readonly total: number;
  readonly scanned: number;
  /** Profiles and sessions from which values were taken. */
  readonly changed: number;
  /** These could not be read and are as they were. */
  readonly failed: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly finishedAt?: string;
}
