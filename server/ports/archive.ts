/** A backup has two parts, kept apart: keys, of which only the newest copy may exist, and everything else. */
export type ArchivePart = 'data' | 'keys';

/** Rows as lines of JSON, in the order of their keys; `next` is where to go on, absent at the end. */
export interface ArchivedRows {
  readonly rows: readonly string[];
  readonly next?: string;
}

/**
 * A whole store as rows, for backup and restore. The form of a row is the technology's own, so a backup goes back
 * into the technology that it came from. Activity logs and sign-ins are in no part: an address must not outlive its
 * log, and nobody is signed in again by a restore.
 */
export interface Archive {
  readonly technology: 'sqlite' | 'mongodb';
  /** In the order in which they are read and put back. */
  collections(part: ArchivePart): Promise<readonly string[]>;
  count(part: ArchivePart, collection: string): Promise<number>;
  read(query: {
    part: ArchivePart;
    collection: string;
    after?: string | undefined;
    limit: number;
  }): Promise<ArchivedRows>;
  /** Puts rows in place, over those of the same key. Durable when it resolves. */
  write(part: ArchivePart, collection: string, rows: readonly string[]): Promise<void>;
  /** Whether there is no account, no conversation and no key. */
  isEmpty(): Promise<boolean>;
  /** Deletes everything but the erasure list, the activity log included. */
  clear(): Promise<void>;
  /** What a restore noted last of how far it has come. While there is something, nothing else opens the store. */
  restoreState(): Promise<string | undefined>;
  /** Durable when it resolves; `undefined` when the restore is whole. */
  noteRestore(state: string | undefined): Promise<void>;
  close(): Promise<void>;
}
