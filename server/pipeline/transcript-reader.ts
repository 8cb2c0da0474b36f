import { Refusal, type TranscriptAnchor } from '../domain/index.ts';
import {
  type ConversationStore,
  IntegrityError,
  type Logger,
  logId,
  type MessageStore,
  type Metrics,
} from '../ports/index.ts';
import { CHAIN_START, type ChainHead, type OpenedMessage, type SealContext, type Sealer } from './seal.ts';

const PAGE = 500;

export interface TranscriptReaderDeps {
  readonly messages: MessageStore;
  readonly conversations: Pick<ConversationStore, 'get'>;
  readonly sealer: Sealer;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Reads messages back: opens each record, checks the chain, and serves nothing when a check fails. */
export class TranscriptReader {
  readonly #deps: TranscriptReaderDeps;

  constructor(deps: TranscriptReaderDeps) {
    this.#deps = deps;
  }

  /**
   * The messages after `afterSeq`, in order. With an anchor, a transcript cut short at its end is noticed too.
   * @throws Refusal `transcript.tampered`
   */
  async read(
    context: SealContext,
    range: { afterSeq: number; anchor?: TranscriptAnchor | undefined },
  ): Promise<readonly OpenedMessage[]> {
    try {
      return await this.#readChecked(context, range);
    } catch (error) {
      const moved = await this.#movedAnchor(context, range.anchor, error);
      if (moved !== undefined) return this.read(context, { ...range, anchor: moved });
      throw this.#reported(error, context);
    }
  }

  /** The newer anchor, when the transcript was sealed anew between the caller's look at it and the reading. */
  async #movedAnchor(
    { accountId, conversationId }: SealContext,
    seen: TranscriptAnchor | undefined,
    error: unknown,
  ): Promise<TranscriptAnchor | undefined> {
    if (!(error instanceof IntegrityError) || seen === undefined) return undefined;
    const anchor = (await this.#deps.conversations.get(accountId, conversationId))?.anchor;
    const same = anchor === undefined || Buffer.compare(anchor.mac, seen.mac) === 0;
    return same ? undefined : anchor;
  }

  /** The whole transcript with the hashes that its records stand under, to seal it anew. */
  async readWithHashes(
    context: SealContext,
  ): Promise<readonly { message: OpenedMessage; hash: Uint8Array; before: ChainHead }[]> {
    const whole: { message: OpenedMessage; hash: Uint8Array; before: ChainHead }[] = [];
    try {
      for await (const item of this.#walk(context, CHAIN_START)) whole.push(item);
    } catch (error) {
      throw this.#reported(error, context);
    }
    return whole;
  }

  /** The message that a sender sent under this client key, if there is one. */
  async findByClientKey(context: SealContext, clientKey: string): Promise<OpenedMessage | undefined> {
    const record = await this.#deps.messages.findByClientKey(context.conversationId, clientKey);
    if (record === undefined) return undefined;
    const [message] = await this.read(context, { afterSeq: record.seq - 1 });
    return message?.seq === record.seq ? message : undefined;
  }

  async #readChecked(
    context: SealContext,
    range: { afterSeq: number; anchor?: TranscriptAnchor | undefined },
  ): Promise<readonly OpenedMessage[]> {
    const { anchor, afterSeq } = range;
    const opened: OpenedMessage[] = [];
    let anchored = anchor === undefined || anchor.seq <= afterSeq;
    for await (const { message, hash } of this.#walk(context, await this.#headAt(context, afterSeq))) {
      opened.push(message);
      if (anchor?.seq !== message.seq) continue;
      if (!this.#deps.sealer.anchorHolds(context, anchor, { seq: message.seq, hash }))
        throw new IntegrityError();
      anchored = true;
    }
    if (!anchored) throw new IntegrityError();
    return opened;
  }

  /** Opens record after record, each checked against the one before it. */
  async *#walk(
    context: SealContext,
    from: ChainHead,
  ): AsyncGenerator<{ message: OpenedMessage; hash: Uint8Array; before: ChainHead }> {
    let before = from;
    for (;;) {
      const query = { conversationId: context.conversationId, afterSeq: before.seq, limit: PAGE };
      const records = await this.#deps.messages.read(query);
      for (const record of records) {
        yield { message: this.#deps.sealer.open(record, context, before), hash: record.hash, before };
        before = { seq: record.seq, hash: record.hash };
      }
      if (records.length < PAGE) return;
    }
  }

  /** The chain as it stands at `seq`; reads one record for any but the start. */
  async #headAt(context: SealContext, seq: number): Promise<ChainHead> {
    if (seq === 0) return CHAIN_START;
    const query = { conversationId: context.conversationId, afterSeq: seq - 1, limit: 1 };
    const [record] = await this.#deps.messages.read(query);
    if (record?.seq === seq) return { seq, hash: record.hash };
    const last = await this.#deps.messages.last(context.conversationId);
    if ((last?.seq ?? 0) > seq) throw new IntegrityError();
    // The caller is ahead of the store, so there is nothing after it.
    return { seq, hash: CHAIN_START.hash };
  }

  #reported(error: unknown, context: SealContext): unknown {
    if (!(error instanceof IntegrityError)) return error;
    this.#deps.metrics.count('integrity_failures_total');
    this.#deps.logger.error('a transcript failed its integrity check', error, {
      conversationId: logId(context.conversationId),
    });
    return new Refusal('transcript.tampered');
  }
}
