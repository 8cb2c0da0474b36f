import { FILE_KINDS, type FileKind, type WireFile } from '../../shared/protocol/index.ts';
import type { AttachmentPiece, CleanFile, SealedPiece } from '../domain/index.ts';
import { type Cipher, IntegrityError } from '../ports/index.ts';
import type { SealContext } from './seal.ts';

/** Bytes of one piece: a few fit into one write, and a text file is always one piece. */
export const PIECE_BYTES = 2 * 1024 * 1024;
const HEAD_LENGTH_BYTES = 4;

/** What the first piece says of the whole. */
interface FileHead {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly pieces: number;
  /** How often it was sealed anew; 0 when absent. */
  readonly revision?: number;
}

/** Seals files piece by piece under the conversation's data key; the additional data binds file and place. */
export class FileSealer {
  readonly #cipher: Cipher;

  constructor(cipher: Cipher) {
    this.#cipher = cipher;
  }

  /** In the order of the file. The first piece stands for the whole, so it is to be written last. */
  seal(
    file: Pick<CleanFile, 'kind' | 'bytes'>,
    context: SealContext,
    { id, revision }: { readonly id: string; readonly revision: number },
  ): readonly SealedPiece[] {
    const pieces = Math.max(1, Math.ceil(file.bytes.byteLength / PIECE_BYTES));
    const head = headBytes({ kind: file.kind, sizeBytes: file.bytes.byteLength, pieces, revision });
    return Array.from({ length: pieces }, (_, index) => {
      const part = file.bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
      const plain = index === 0 ? Buffer.concat([head, part]) : part;
      const { accountId, conversationId, retainFrom, expiresAt } = context;
      return {
        accountId,
        conversationId,
        attachmentId: id,
        index,
        sealed: this.#cipher.seal(context.key, plain, pieceData(context, id, index)),
        retainFrom,
        expiresAt,
      } as SealedPiece;
    });
  }

  /** @throws IntegrityError when a piece is missing or is not what was kept */
  open(
    pieces: readonly AttachmentPiece[],
    context: SealContext,
    id: string,
  ): { file: WireFile; bytes: Uint8Array; revision: number } {
    const parts = pieces.map(({ sealed, index }) =>
      this.#cipher.open(context.key, sealed, pieceData(context, id, index)),
    );
    const [first, ...rest] = parts;
    if (first === undefined) throw new IntegrityError();
    const headEnd = HEAD_LENGTH_BYTES + Buffer.from(first).readUInt32BE(0);
    const head = JSON.parse(Buffer.from(first.subarray(HEAD_LENGTH_BYTES, headEnd)).toString()) as FileHead;
    const bytes = Buffer.concat([first.subarray(headEnd), ...rest]);
    if (head.pieces !== pieces.length || head.sizeBytes !== bytes.byteLength) throw new IntegrityError();
    return { file: wireFile(id, head), bytes, revision: head.revision ?? 0 };
  }
}

/** What everyone is told of a file. */
export function wireFile(id: string, file: { kind: FileKind; sizeBytes: number }): WireFile {
  const { kind, sizeBytes } = file;
  return { id, kind, contentType: FILE_KINDS[kind].contentType, sizeBytes };
}

function headBytes(head: FileHead): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(HEAD_LENGTH_BYTES);
  length.writeUInt32BE(json.byteLength);
  return Buffer.concat([length, json]);
}

function pieceData({ accountId, conversationId }: SealContext, id: string, index: number): Uint8Array {
  return Buffer.from(`attachment\n${id}\n${index}\n${accountId}\n${conversationId}`);
}
