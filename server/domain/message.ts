import type { MessageAuthor, MessageKind, RemovedData, WireFile } from '../../shared/protocol/index.ts';
import type { MessageFile } from './attachment.ts';
import type { Private } from './private.ts';
import type { RedactedText } from './redaction/index.ts';

/**
 * The stages of one message's way. Each stage takes only its predecessor, and only the pipeline file of
 * the stage's name makes its brand (a test reads the source for it). Plaintext cannot reach a store by type.
 */
declare const stage: unique symbol;
interface Stage<Name extends string> {
  readonly [stage]: Name;
}

interface Envelope {
  readonly accountId: string;
  readonly conversationId: string;
  /** Unique per sender and conversation; the same again is the same message. */
  readonly clientId: string;
  readonly from: MessageAuthor;
  readonly kind: MessageKind;
}

/** As it came in: nothing is known of it. */
export interface Draft extends Envelope {
  readonly text: Private<string>;
  /** With kind `file`; the text is then the file's name. */
  readonly file?: MessageFile;
}

/** Checked: the sender may write here, the length is right, and it has its time. */
export interface Admitted extends Envelope, Stage<'admitted'> {
  readonly text: Private<string>;
  readonly file?: MessageFile;
  /** Epoch milliseconds on the server's clock. */
  readonly at: number;
}

/** Free of everything the account's rules take out. */
export interface Redacted extends Envelope, Stage<'redacted'> {
  readonly id: string;
  readonly at: number;
  readonly text: RedactedText;
  readonly redacted: number;
  readonly removed: readonly RemovedData[];
  readonly file?: WireFile;
  /** What the live agent may see when the account delivers originals; never stored. */
  readonly original?: Private<string>;
}

/** Encrypted and chained: what a message store takes. */
export interface Sealed extends Stage<'sealed'> {
  readonly record: MessageRecord;
  readonly content: Redacted;
}

/** Kept by the store. */
export interface Stored extends Stage<'stored'> {
  readonly seq: number;
  readonly content: Redacted;
}

/** A message as a database holds it: nothing of it can be read without the conversation's data key. */
export interface MessageRecord {
  readonly accountId: string;
  readonly conversationId: string;
  /** From 1 without gaps. */
  readonly seq: number;
  /** Sender and their own id of the message; unique in the conversation. */
  readonly clientKey: string;
  /** Nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes). */
  readonly sealed: Uint8Array;
  /** SHA-256 over the hash before it and this record; 32 bytes. */
  readonly hash: Uint8Array;
  /** Start of the conversation, from which its life is counted. */
  readonly retainFrom: number;
  readonly expiresAt: number;
}
