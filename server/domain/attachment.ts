import type { FileKind, RemovedData, WireFile } from '../../shared/protocol/index.ts';

declare const cleanFile: unique symbol;
declare const sealedPiece: unique symbol;

/** A file as it came in; nothing is known of it but what its sender says. */
export interface UploadedFile {
  readonly name: string;
  /** As the client gave it; lower case, without parameters. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A file that is of a kind that the account takes, and from which everything was taken that must not be kept. */
export interface CleanFile {
  readonly kind: FileKind;
  readonly bytes: Uint8Array;
  /** How many pieces redaction took out of its content. */
  readonly redacted: number;
  readonly removed: readonly RemovedData[];
  readonly [cleanFile]: true;
}

/** A part of a file as a database holds it, under the conversation's data key. */
export interface AttachmentPiece {
  readonly accountId: string;
  readonly conversationId: string;
  readonly attachmentId: string;
  /** From 0; the first also says what the file is. */
  readonly index: number;
  /** Nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes). */
  readonly sealed: Uint8Array;
  /** Start of the conversation, from which its life is counted. */
  readonly retainFrom: number;
  readonly expiresAt: number;
}

/** What an attachment store takes: only the seal stage makes it, and only of a {@link CleanFile}. */
export type SealedPiece = AttachmentPiece & { readonly [sealedPiece]: true };

/** What a message says of its file, and what redaction took out of the file. */
export interface MessageFile extends WireFile {
  readonly redacted: number;
  readonly removed: readonly RemovedData[];
}
