import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Archive, ArchivePart, Cipher, KeyRing } from '../../ports/index.ts';
import {
  type BackupIdentity,
  BIN,
  backupKeyContext,
  CHUNKS,
  type ChunkHeader,
  chunkContext,
  FORMAT,
  LENGTH_BYTES,
  MANIFEST,
  type Manifest,
  manifestMac,
  STATE,
} from './format.ts';
import { readChunks } from './read-backup.ts';

/** Few, because a row may be a piece of a file. */
const PAGE_ROWS = 64;
/** Bytes of rows in one chunk before they are deflated: what memory a backup takes. */
const CHUNK_BYTES = 1024 * 1024;

export interface BackupTools {
  readonly cipher: Cipher;
  /** Wraps the key of each backup. */
  readonly keyRing: KeyRing;
  /** Rows written so far, and how many there were in all at the start. */
  readonly onProgress: (done: number, total: number) => void;
  readonly now: () => number;
}

/** Writes one part of a store into a folder, from where an earlier try stopped. Answers its manifest. */
export async function writeBackup(
  input: { archive: Archive; part: ArchivePart; folder: string; id: string },
  tools: BackupTools,
): Promise<Manifest> {
  await mkdir(input.folder, { recursive: true, mode: 0o700 });
  const identity = await identityOf(input, tools);
  const key = await tools.keyRing.unwrap(Buffer.from(identity.wrappedKey, 'base64'), {
    keyId: identity.wrappedBy,
    context: backupKeyContext(identity),
  });
  const writer = await ChunkWriter.open({ ...input, identity, key, cipher: tools.cipher });
  try {
    if (!writer.ended) await copyAll(input, writer, tools.onProgress);
    return await finish(writer, { ...input, identity, key }, tools);
  } finally {
    await writer.close();
  }
}

/** The identity that an earlier try began with, or a new one with a key of its own. */
async function identityOf(
  { archive, part, folder, id }: { archive: Archive; part: ArchivePart; folder: string; id: string },
  { cipher, keyRing, now }: BackupTools,
): Promise<BackupIdentity> {
  const path = join(folder, STATE);
  const begun = await readFile(path, 'utf8').catch(() => undefined);
  if (begun !== undefined) return JSON.parse(begun) as BackupIdentity;
  const wrapped = await keyRing.wrap(cipher.newKey(), backupKeyContext({ id, part }));
  const identity: BackupIdentity = {
    ...{ format: FORMAT, id, part, technology: archive.technology },
    startedAt: new Date(now()).toISOString(),
    wrappedBy: keyRing.masterKeyId,
    wrappedKey: Buffer.from(wrapped).toString('base64'),
  };
  await writeWhole(path, JSON.stringify(identity));
  return identity;
}

async function copyAll(
  { archive, part }: { archive: Archive; part: ArchivePart },
  writer: ChunkWriter,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const collections = await archive.collections(part);
  let total = 0;
  for (const collection of collections) total += await archive.count(part, collection);
  const from = writer.position;
  const start = from === undefined ? 0 : collections.indexOf(from.collection);
  for (const collection of collections.slice(start)) {
    let after = collection === from?.collection ? from.next : undefined;
    if (collection === from?.collection && after === undefined) continue;
    do {
      const { rows, next } = await chunkOf(archive, { part, collection, after });
      await writer.append({ collection, ...(next !== undefined && { next }) }, rows);
      onProgress(writer.rows, Math.max(total, writer.rows));
      after = next;
    } while (after !== undefined);
  }
  await writer.end();
}

/** Pages until they fill a chunk. */
async function chunkOf(
  archive: Archive,
  query: { part: ArchivePart; collection: string; after: string | undefined },
): Promise<{ rows: string[]; next: string | undefined }> {
  const rows: string[] = [];
  let bytes = 0;
  let { after: next } = query;
  do {
    const page = await archive.read({ ...query, after: next, limit: PAGE_ROWS });
    for (const row of page.rows) {
      rows.push(row);
      bytes += row.length;
    }
    next = page.next;
  } while (next !== undefined && bytes < CHUNK_BYTES);
  return { rows, next };
}

async function finish(
  writer: ChunkWriter,
  input: { folder: string; identity: BackupIdentity; key: Uint8Array },
  { cipher, now }: BackupTools,
): Promise<Manifest> {
  const { identity, key, folder } = input;
  const { chunks, bytes, rows, sha256 } = writer;
  const whole = { ...identity, finishedAt: new Date(now()).toISOString(), chunks, bytes, rows, sha256 };
  const manifest = { ...whole, mac: manifestMac(cipher, key, whole) };
  await writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(join(folder, STATE), { force: true });
  return manifest;
}

/** Appends sealed chunks; what an earlier try left whole stays, and is checked. */
class ChunkWriter {
  readonly #identity: BackupIdentity;
  readonly #key: Uint8Array;
  readonly #cipher: Cipher;
  readonly #bin: FileHandle;
  readonly #list: FileHandle;
  readonly #hash: Hash;
  chunks = 0;
  bytes = 0;
  rows = 0;
  ended = false;
  position: Pick<ChunkHeader, 'collection' | 'next'> | undefined;

  private constructor(
    files: { bin: FileHandle; list: FileHandle },
    of: { identity: BackupIdentity; key: Uint8Array; cipher: Cipher },
  ) {
    this.#bin = files.bin;
    this.#list = files.list;
    this.#identity = of.identity;
    this.#key = of.key;
    this.#cipher = of.cipher;
    this.#hash = createHash('sha256');
  }

  static async open(of: {
    folder: string;
    identity: BackupIdentity;
    key: Uint8Array;
    cipher: Cipher;
  }): Promise<ChunkWriter> {
    const [binPath, listPath] = [join(of.folder, BIN), join(of.folder, CHUNKS)];
    const bin = await open(binPath, 'a', 0o600);
    const writer = new ChunkWriter({ bin, list: await open(listPath, 'a', 0o600) }, of);
    let listBytes = 0;
    for await (const chunk of readChunks(of, { partial: true })) {
      writer.#hash.update(chunk.frame);
      writer.chunks += 1;
      writer.bytes += chunk.frame.byteLength;
      writer.rows = chunk.header.total;
      writer.ended = chunk.last;
      writer.position = chunk.header;
      listBytes += Buffer.byteLength(chunk.listed);
    }
    await truncate(binPath, writer.bytes);
    await truncate(listPath, listBytes);
    return writer;
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  append(at: Pick<ChunkHeader, 'collection' | 'next'>, rows: readonly string[]): Promise<void> {
    this.rows += rows.length;
    return this.#write({ ...at, total: this.rows }, rows, false);
  }

  async end(): Promise<void> {
    await this.#write({ collection: '', total: this.rows }, [], true);
    this.ended = true;
  }

  async close(): Promise<void> {
    await this.#bin.close();
    await this.#list.close();
  }

  /** The chunk is on the disk before its line in the list is. */
  async #write(header: ChunkHeader, rows: readonly string[], last: boolean): Promise<void> {
    const plain = deflateRawSync([JSON.stringify(header), ...rows].join('\n'));
    const context = chunkContext(this.#identity, { index: this.chunks, last });
    const sealed = this.#cipher.seal(this.#key, plain, context);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.byteLength);
    const frame = Buffer.concat([length, sealed]);
    await this.#bin.write(frame);
    await this.#bin.sync();
    const sha256 = createHash('sha256').update(frame).digest('hex');
    await this.#list.write(`${this.chunks} ${frame.byteLength} ${sha256} ${last ? 'last' : 'more'}\n`);
    await this.#list.sync();
    this.#hash.update(frame);
    this.chunks += 1;
    this.bytes += frame.byteLength;
  }
}

/** Appears whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
