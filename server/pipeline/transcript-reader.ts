import { Refusal, type TranscriptAnchor } from '../domain/index.ts';
import { IntegrityError, type Logger, logId, type MessageStore, type Metrics } from '../ports/index.ts';
import { CHAIN_START, type ChainHead, type OpenedMessage, type SealContext, type Sealer } from './seal.ts';

const PAGE = 500;

export interface TranscriptReaderDeps {
  readonly messages: MessageStore;
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
      throw this.#reported(error, context);
    }
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
    const opened: OpenedMessage[] = [];
    let head = await this.#headAt(context, range.afterSeq);
    let anchored = range.anchor === undefined || range.anchor.seq <= range.afterSeq;
    for (;;) {
      const query = { conversationId: context.conversationId, afterSeq: head.seq, limit: PAGE };
      const records = await this.#deps.messages.read(query);
      for (const record of records) {
        opened.push(this.#deps.sealer.open(record, context, head));
        head = { seq: record.seq, hash: record.hash };
        if (range.anchor?.seq === head.seq) {
          if (!this.#deps.sealer.anchorHolds(context, range.anchor, head)) throw new IntegrityError();
          anchored = true;
        }
      }
      if (records.length < PAGE) break;
    }
    if (!anchored) throw new IntegrityError();
    return opened;
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
