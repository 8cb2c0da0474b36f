import type { MessageAuthor, MessageKind, RemovedData, WireFile } from '../../shared/protocol/index.ts';
import type { MessageRecord, Redacted, Sealed, TranscriptAnchor } from '../domain/index.ts';
import type { RedactedText } from '../domain/redaction/index.ts';
import { type Cipher, IntegrityError } from '../ports/index.ts';

/** What stands inside a sealed record, with short names because it is written once for each message. */
interface SealedBody {
  readonly i: string;
  readonly c: string;
  readonly f: MessageAuthor;
  readonly k: MessageKind;
  readonly t: string;
  readonly a: number;
  readonly r: number;
  readonly m?: readonly RemovedData[];
  readonly d?: WireFile;
}

/** A message taken out of its record again. */
export interface OpenedMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly clientId: string;
  readonly seq: number;
  readonly from: MessageAuthor;
  readonly kind: MessageKind;
  readonly text: RedactedText;
  readonly at: number;
  readonly redacted: number;
  readonly removed: readonly RemovedData[];
  readonly file?: WireFile;
}

/** The end of a conversation's hash chain; `seq` 0 and 32 zero bytes before its first message. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** Where a record belongs: the conversation, its key and its life. */
export interface SealContext {
  readonly accountId: string;
  readonly conversationId: string;
  readonly key: Uint8Array;
  readonly retainFrom: number;
  readonly expiresAt: number;
}

export const CHAIN_START: ChainHead = { seq: 0, hash: new Uint8Array(32) };

/** HMAC-SHA-256. */
const MAC_BYTES = 32;

/**
 * Seals messages and opens them again. The additional data binds account, conversation, seq and the hash of
 * the record before, so that a record altered, moved or taken out of the chain no longer opens.
 */
export class Sealer {
  readonly #cipher: Cipher;

  constructor(cipher: Cipher) {
    this.#cipher = cipher;
  }

  /**
   * Unique per sender and conversation. Scoped to the sender, so that one party can neither collide with
   * nor read another's acknowledgement. A client chooses its ids, and could put anything into them, so the
   * store gets a keyed digest: what it was cannot be guessed from a copy of the database.
   */
  clientKeyOf(context: SealContext, message: { from: MessageAuthor; clientId: string }): string {
    const { kind, id = '' } = message.from;
    const name = `client\n${context.conversationId}\n${kind}\n${id}\n${message.clientId}`;
    return this.#cipher.macText(context.key, name);
  }

  /** Encrypts one message as the next of its chain; `clientKey` is that of {@link clientKeyOf}. */
  seal(
    { message, clientKey }: { readonly message: Redacted; readonly clientKey: string },
    context: SealContext,
    head: ChainHead,
  ): Sealed {
    const place = { seq: head.seq + 1, before: head.hash };
    return {
      record: this.#record({ body: toBody(message), clientKey }, context, place),
      content: message,
    } as Sealed;
  }

  /** Seals an opened message again in its old place, with another text or behind another hash. */
  reseal(message: OpenedMessage, context: SealContext, before: Uint8Array): MessageRecord {
    const clientKey = this.clientKeyOf(context, message);
    return this.#record({ body: toBody(message), clientKey }, context, { seq: message.seq, before });
  }

  #record(
    { body, clientKey }: { readonly body: SealedBody; readonly clientKey: string },
    context: SealContext,
    place: { readonly seq: number; readonly before: Uint8Array },
  ): MessageRecord {
    const { accountId, conversationId, retainFrom, expiresAt } = context;
    const aad = additionalData(context, place);
    const sealed = this.#cipher.seal(context.key, Buffer.from(JSON.stringify(body)), aad);
    return {
      accountId,
      conversationId,
      seq: place.seq,
      clientKey,
      sealed,
      hash: this.#cipher.hash(aad, sealed),
      retainFrom,
      expiresAt,
    };
  }

  /**
   * Decrypts one record that stands behind `before`, after checking its place.
   * @throws IntegrityError
   */
  open(record: MessageRecord, context: SealContext, before: ChainHead): OpenedMessage {
    if (record.seq !== before.seq + 1) throw new IntegrityError();
    const aad = additionalData(context, { seq: record.seq, before: before.hash });
    const plain = this.#cipher.open(context.key, record.sealed, aad);
    if (!this.#cipher.equal(this.#cipher.hash(aad, record.sealed), record.hash)) throw new IntegrityError();
    const opened = fromBody(JSON.parse(Buffer.from(plain).toString('utf8')) as SealedBody, record);
    if (this.clientKeyOf(context, opened) !== record.clientKey) throw new IntegrityError();
    return opened;
  }

  /** Notes the end of a chain, authenticated with the data key. */
  anchor(context: SealContext, head: ChainHead): TranscriptAnchor {
    return { seq: head.seq, mac: this.#cipher.mac(context.key, anchorData(context, head)) };
  }

  /**
   * Notes the end of a chain that is about to be sealed anew: it holds before and after, so that a stop in
   * between leaves no transcript that looks tampered with.
   */
  anchorOfEither(context: SealContext, heads: readonly [ChainHead, ChainHead]): TranscriptAnchor {
    const macs = heads.map((head) => this.anchor(context, head).mac);
    return { seq: heads[0].seq, mac: Buffer.concat(macs) };
  }

  /** Whether the anchor was made for exactly this head. */
  anchorHolds(context: SealContext, anchor: TranscriptAnchor, head: ChainHead): boolean {
    if (anchor.seq !== head.seq) return false;
    const mac = this.#cipher.mac(context.key, anchorData(context, head));
    for (let at = 0; at < anchor.mac.byteLength; at += MAC_BYTES) {
      if (this.#cipher.equal(anchor.mac.subarray(at, at + MAC_BYTES), mac)) return true;
    }
    return false;
  }

  /** As {@link anchorHolds}, and the anchor holds for no other head. */
  anchorIsOf(context: SealContext, anchor: TranscriptAnchor, head: ChainHead): boolean {
    return anchor.mac.byteLength === MAC_BYTES && this.anchorHolds(context, anchor, head);
  }

  /** Encrypts a conversation's profile or another part of it; `part` is authenticated. */
  sealPart(context: SealContext, part: string, plain: unknown): Uint8Array {
    return this.#cipher.seal(context.key, Buffer.from(JSON.stringify(plain)), partData(context, part));
  }

  /** @throws IntegrityError */
  openPart(context: SealContext, part: string, sealed: Uint8Array): unknown {
    return JSON.parse(
      Buffer.from(this.#cipher.open(context.key, sealed, partData(context, part))).toString('utf8'),
    );
  }
}

function additionalData(context: SealContext, place: { seq: number; before: Uint8Array }): Uint8Array {
  const head = Buffer.from(`message\n${context.accountId}\n${context.conversationId}\n${place.seq}\n`);
  return Buffer.concat([head, place.before]);
}

function anchorData(context: SealContext, head: ChainHead): Uint8Array {
  return additionalData(context, { seq: head.seq, before: head.hash });
}

function partData(context: SealContext, part: string): Uint8Array {
  return Buffer.from(`${part}\n${context.accountId}\n${context.conversationId}`);
}

function toBody(message: Redacted | OpenedMessage): SealedBody {
  return {
    i: message.id,
    c: message.clientId,
    f: message.from,
    k: message.kind,
    t: message.text,
    a: message.at,
    r: message.redacted,
    ...(message.removed.length > 0 && { m: message.removed }),
    ...(message.file !== undefined && { d: message.file }),
  };
}

function fromBody(body: SealedBody, record: MessageRecord): OpenedMessage {
  return {
    id: body.i,
    conversationId: record.conversationId,
    clientId: body.c,
    seq: record.seq,
    from: body.f,
    kind: body.k,
    // What was sealed had been redacted before: only a Redacted message is ever sealed.
    text: body.t as RedactedText,
    at: body.a,
    redacted: body.r,
    removed: body.m ?? [],
    ...(body.d !== undefined && { file: body.d }),
  };
}
