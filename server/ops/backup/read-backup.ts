import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { type Cipher, IntegrityError, type KeyRing, WrongKeyError } from '../../ports/index.ts';
import {
  BackupFault,
  type BackupIdentity,
  BIN,
  backupKeyContext,
  CHUNKS,
  type ChunkHeader,
  chunkContext,
  FORMAT,
  LENGTH_BYTES,
  MANIFEST,
  MAX_CHUNK_BYTES,
  type Manifest,
  manifestMac,
} from './format.ts';

/** A chunk that opened, as it stands in its file and in the list, and what is in it. */
export interface Chunk {
  readonly frame: Buffer;
  readonly listed: string;
  readonly last: boolean;
  readonly header: ChunkHeader;
  readonly rows: readonly string[];
}

/** A whole backup whose manifest is genuine, with its opened key. */
export interface OpenBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly key: Uint8Array;
  readonly cipher: Cipher;
}

/**
 * Reads the manifest and opens the backup's key with whichever ring has the key that wraps it.
 * @throws BackupFault when there is none, it is altered, or no key opens it
 */
export async function openBackup(
  folder: string,
  tools: { cipher: Cipher; keyRings: readonly KeyRing[] },
): Promise<OpenBackup> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new BackupFault(`no finished backup: ${MANIFEST} is missing`);
  });
  const manifest = parseManifest(text);
  const ring = tools.keyRings.find(({ knownKeyIds }) => knownKeyIds.includes(manifest.wrappedBy));
  if (ring === undefined) {
    throw new BackupFault(
      `the master key ${manifest.wrappedBy} that this backup is under is not at hand: give it as ENCRYPTION_MASTER_KEY, or put its file into DATA_DIR`,
    );
  }
  const wrapped = Buffer.from(manifest.wrappedKey, 'base64');
  const by = { keyId: manifest.wrappedBy, context: backupKeyContext(manifest) };
  const key = await ring.unwrap(wrapped, by).catch((error) => {
    throw error instanceof WrongKeyError
      ? new BackupFault('the manifest is altered: its key does not open')
      : error;
  });
  if (manifestMac(tools.cipher, key, manifest) !== manifest.mac) {
    throw new BackupFault('the manifest is altered');
  }
  return { folder, manifest, key, cipher: tools.cipher };
}

function parseManifest(text: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch {
    throw new BackupFault('the manifest is damaged');
  }
  if (manifest.format !== FORMAT) throw new BackupFault('the backup is of another release');
  return manifest;
}

/**
 * The chunks of a backup in order, each checked and opened; one at a time is in memory. A `partial` one ends quietly where
 * a broken backup stopped.
 * @throws BackupFault that names the first chunk that is not as it was written
 */
export async function* readChunks(
  of: { folder: string; identity: BackupIdentity; key: Uint8Array; cipher: Cipher },
  { partial }: { partial: boolean },
): AsyncGenerator<Chunk> {
  const lines = await readFile(join(of.folder, CHUNKS), 'utf8').catch(() => '');
  const bin = await open(join(of.folder, BIN), 'r').catch(() => {
    throw new BackupFault(`${BIN} is missing`);
  });
  try {
    let position = 0;
    for (const [index, line] of lines.split('\n').slice(0, -1).entries()) {
      const frame = await frameAt(bin, position);
      if (frame === undefined && partial) return;
      const chunk = frame && opened(of, { index, line, frame });
      if (chunk === undefined)
        throw new BackupFault(`chunk ${index} is damaged, missing or not of this backup`);
      yield chunk;
      position += chunk.frame.byteLength;
    }
    if (!partial && (await bin.stat()).size !== position)
      throw new BackupFault('there is more than the list names');
  } finally {
    await bin.close();
  }
}

/** Undefined where the file ends within it. */
async function frameAt(bin: FileHandle, position: number): Promise<Buffer | undefined> {
  const length = Buffer.alloc(LENGTH_BYTES);
  if ((await bin.read(length, 0, LENGTH_BYTES, position)).bytesRead < LENGTH_BYTES) return undefined;
  const sealedBytes = length.readUInt32BE();
  if (sealedBytes > MAX_CHUNK_BYTES) return undefined;
  const sealed = Buffer.alloc(sealedBytes);
  const { bytesRead } = await bin.read(sealed, 0, sealedBytes, position + LENGTH_BYTES);
  return bytesRead < sealedBytes ? undefined : Buffer.concat([length, sealed]);
}

function opened(
  of: { identity: BackupIdentity; key: Uint8Array; cipher: Cipher },
  { index, line, frame }: { index: number; line: string; frame: Buffer },
): Chunk | undefined {
  const last = line.endsWith(' last');
  const sha256 = createHash('sha256').update(frame).digest('hex');
  if (line !== `${index} ${frame.byteLength} ${sha256} ${last ? 'last' : 'more'}`) return undefined;
  try {
    const context = chunkContext(of.identity, { index, last });
    const plain = inflateRawSync(of.cipher.open(of.key, frame.subarray(LENGTH_BYTES), context));
    const [header = '', ...rows] = plain.toString('utf8').split('\n');
    return { frame, listed: `${line}\n`, last, header: JSON.parse(header) as ChunkHeader, rows };
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

/**
 * Reads a whole backup and checks everything that there is to check; calls back for each chunk that is good.
 * @throws BackupFault
 */
export async function verifyBackup(
  backup: OpenBackup,
  onChunk: (chunk: Chunk, index: number) => Promise<void> | void = () => {},
): Promise<void> {
  const { manifest } = backup;
  const whole = createHash('sha256');
  let [chunks, bytes, rows, ended] = [0, 0, 0, false];
  for await (const chunk of readChunks({ ...backup, identity: manifest }, { partial: false })) {
    whole.update(chunk.frame);
    bytes += chunk.frame.byteLength;
    rows += chunk.rows.length;
    ended = chunk.last;
    await onChunk(chunk, chunks);
    chunks += 1;
  }
  if (!ended) throw new BackupFault('the backup is cut short: its last chunk is missing');
  const asPromised = chunks === manifest.chunks && bytes === manifest.bytes && rows === manifest.rows;
  if (!asPromised || whole.digest('hex') !== manifest.sha256) {
    throw new BackupFault('the backup is not what its manifest says');
  }
}
