import type { WireFile } from './attachments.ts';

/** Who speaks in a conversation. */
export type SpeakerKind = 'visitor' | 'agent' | 'bot' | 'system';

/** What a message is. Notes are for staff and never reach the visitor. */
export type MessageKind = 'text' | 'note' | 'event' | 'file';

/** The author of a message; `name` is a staff member's display name, a visitor has none. */
export interface MessageAuthor {
  readonly kind: SpeakerKind;
  readonly id?: string;
  readonly name?: string;
}

/** One kind of data that redaction took out of a text: the rule's name and how often. */
export interface RemovedData {
  readonly ruleId: string;
  readonly name: string;
  readonly count: number;
}

/** A message as everyone sees it. `seq` counts from 1 without gaps within the conversation; `at` is ISO 8601 UTC. */
export interface WireMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  /** Only where the receiver is the sender: it recognises its own line by it. */
  readonly clientId?: string;
  readonly from: MessageAuthor;
  readonly kind: MessageKind;
  readonly text: string;
  readonly at: string;
  /** How many pieces redaction removed from the text. */
  readonly redacted: number;
  /** With kind `file`. */
  readonly file?: WireFile;
}

/** The answer to `message:send` and `note:add`: the message as stored. */
export interface SentMessage {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  /** The text as stored, after redaction. */
  readonly text: string;
  readonly redacted: number;
  /** What kinds of data were removed, for the sender's eyes. */
  readonly removed: readonly RemovedData[];
  /** With kind `file`. */
  readonly file?: WireFile;
}
