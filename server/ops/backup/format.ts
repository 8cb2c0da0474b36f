import type { ArchivePart, Cipher } from '../../ports/index.ts';

/**
 * A backup is a folder: `data.bin` holds sealed chunks, each behind its length in 4 bytes (big-endian); `chunks` has a line
 * with the SHA-256 of each; `manifest.json` says what it is and stands there once it is whole. A chunk is AES-256-GCM
 * under a key of this backup alone, over deflated lines: a header, then rows. The additional data binds the backup, the
 * part, the place and whether it is the last, so that a chunk that is altered, moved, left out or from elsewhere does
 * not open.
 */
export const FORMAT = 1;
export const BIN = 'data.bin';
export const CHUNKS = 'chunks';
export const MANIFEST = 'manifest.json';
/** What an unfinished backup has in the place of a manifest. */
export const STATE = 'state.json';
export const LENGTH_BYTES = 4;
/** A length beyond this is damage: chunks are cut at a fraction of it. */
export const MAX_CHUNK_BYTES = 64 * 1024 * 1024;

/** Which backup it is, and its key as wrapped by a master key or the backup key. */
export interface BackupIdentity {
  readonly format: number;
  readonly id: string;
  readonly part: ArchivePart;
  readonly technology: 'sqlite' | 'mongodb';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly wrappedBy: string;
  /** Base64. */
  readonly wrappedKey: string;
}

export interface Manifest extends BackupIdentity {
  readonly finishedAt: string;
  readonly chunks: number;
  readonly bytes: number;
  readonly rows: number;
  /** SHA-256 of `data.bin` as a whole, hex. */
  readonly sha256: string;
  /** HMAC-SHA-256 of all the rest under a key made from the backup's, hex. */
  readonly mac: string;
}

/** The first line of a chunk. The last chunk has no rows. */
export interface ChunkHeader {
  readonly collection: string;
  /** Where the collection goes on after this chunk; absent when this was its end. */
  readonly next?: string;
  /** Rows in all chunks up to this one. */
  readonly total: number;
}

/** A backup that cannot be used, in words for whoever runs the command. */
/** What everybody is told who opens a store into which a restore was broken off. */
export const HALF_RESTORED =
  'a restore into this store is not finished: run the same `npm run restore` again, and it goes on';

export class BackupFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackupFault';
  }
}

export function chunkContext(of: BackupIdentity, place: { index: number; last: boolean }): Uint8Array {
  return Buffer.from(`backup-chunk\n${of.id}\n${of.part}\n${place.index}\n${place.last ? 'last' : 'more'}`);
}

export function backupKeyContext({ id, part }: Pick<BackupIdentity, 'id' | 'part'>): string {
  return `backup-key\n${id}\n${part}`;
}

/** Everything but the MAC itself, in a fixed order of names. */
export function manifestMac(cipher: Cipher, key: Uint8Array, manifest: Omit<Manifest, 'mac'>): string {
  const macKey = cipher.mac(key, Buffer.from('backup-manifest'));
  const fields = Object.entries(manifest).filter(([name]) => name !== 'mac');
  const text = JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(cipher.mac(macKey, Buffer.from(text))).toString('hex');
}
