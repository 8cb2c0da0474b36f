import { fileTypeFromBuffer } from 'file-type/core';
import { FILE_KINDS, type FileKind, type FileKindSpec } from '../../shared/protocol/index.ts';
import { decodeText, utf16Mark } from '../domain/files/decode-text.ts';
import { MalformedImage, stripMetadata } from '../domain/files/strip-metadata.ts';
import { type CleanFile, Refusal, type UploadedFile } from '../domain/index.ts';
import type { CompiledRules, Redactor } from './redact.ts';
import { PIECE_BYTES } from './seal-file.ts';

/** Content types that say nothing. */
const UNSAID = new Set(['', 'application/octet-stream', 'binary/octet-stream']);
const NO_TEXT = { redacted: 0, removed: [] } as const;

export interface CleaningRules {
  readonly redactor: Redactor;
  readonly rules: CompiledRules;
  readonly from: 'visitor' | 'agent';
  /** Kinds that the account takes. */
  readonly kinds: readonly FileKind[];
  /** Bytes of a file that is searched as a text; stops files whose search keeps the server busy. */
  readonly maxTextBytes: number;
}

/**
 * The stage that every file goes through before it is kept: what it is is read from its bytes and must agree with its
 * name and type; a text goes through the redactor, a picture loses what it says beside its pixels.
 * @throws Refusal `attachment.type_refused`, `payload_too_large`
 */
export async function cleanFile(file: UploadedFile, by: CleaningRules): Promise<CleanFile> {
  const kind = await kindOf(file);
  if (kind === undefined || !by.kinds.includes(kind)) throw new Refusal('attachment.type_refused');
  const spec: FileKindSpec = FILE_KINDS[kind];
  if (spec.reading === 'text') return cleanTextFile(file.bytes, kind, by);
  const bytes = spec.reading === 'image' ? stripped(kind, file.bytes) : file.bytes;
  return { kind, bytes, ...NO_TEXT } as unknown as CleanFile;
}

/** Today's rules applied to a kept text file; undefined when nothing of it changes or it is no text. */
export async function cleanAgain(
  kept: { readonly kind: FileKind; readonly bytes: Uint8Array },
  by: Omit<CleaningRules, 'kinds'>,
): Promise<CleanFile | undefined> {
  if (FILE_KINDS[kept.kind].reading !== 'text') return undefined;
  const clean = await cleanTextFile(kept.bytes, kept.kind, { ...by, maxTextBytes: PIECE_BYTES });
  return clean.redacted === 0 ? undefined : clean;
}

/** Lets everyone else have their turn between the steps of a long search. */
async function cleanTextFile(
  bytes: Uint8Array,
  kind: FileKind,
  by: Omit<CleaningRules, 'kinds'>,
): Promise<CleanFile> {
  if (bytes.byteLength > by.maxTextBytes) throw new Refusal('payload_too_large');
  const text = decodeText(bytes);
  if (text === undefined) throw new Refusal('attachment.type_refused');
  const piece = await by.redactor.longText(by.rules, text, { from: by.from, place: 'message' });
  const encoded = Buffer.from(piece.text, 'utf8');
  if (encoded.byteLength > PIECE_BYTES / 2) throw new Refusal('payload_too_large');
  const { count: redacted, removed } = piece;
  return { kind, bytes: encoded, redacted, removed } as unknown as CleanFile;
}

function stripped(kind: FileKind, bytes: Uint8Array): Uint8Array {
  try {
    return stripMetadata(kind, bytes);
  } catch (error) {
    if (error instanceof MalformedImage) throw new Refusal('attachment.type_refused');
    throw error;
  }
}

/** The kind that bytes, name and type agree on. */
async function kindOf({ name, contentType, bytes }: UploadedFile): Promise<FileKind | undefined> {
  if (bytes.byteLength === 0) return undefined;
  const named = kindByName(name);
  if (named === undefined) return undefined;
  const spec: FileKindSpec = FILE_KINDS[named];
  const claims = [spec.contentType, ...spec.aliases];
  if (!UNSAID.has(contentType) && !claims.includes(contentType)) return undefined;
  // The mark of UTF-16 is also how a frame of MPEG audio may begin.
  if (spec.reading === 'text' && utf16Mark(bytes) !== undefined) return named;
  const detected = await fileTypeFromBuffer(bytes);
  if (spec.reading === 'text') return detected === undefined ? named : undefined;
  return detected?.mime === spec.contentType ? named : undefined;
}

function kindByName(name: string): FileKind | undefined {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase();
  const kinds = Object.keys(FILE_KINDS) as FileKind[];
  return kinds.find((kind) => {
    const { extensions }: FileKindSpec = FILE_KINDS[kind];
    return extensions.some((one) => one === extension);
  });
}
