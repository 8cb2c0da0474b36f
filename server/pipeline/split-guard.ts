import type { MessageAuthor } from '../../shared/protocol/index.ts';
import type { MessageRecord, Redacted, TranscriptAnchor } from '../domain/index.ts';
import { findSplitMatches, type RedactedText, type RedactionWhere } from '../domain/redaction/index.ts';
import type { Broadcaster, ChangeBus, ConversationStore, Logger, MessageStore } from '../ports/index.ts';
import { IntegrityError, logId } from '../ports/index.ts';
import type { Lane } from './lane.ts';
import type { CompiledRules, Redactor } from './redact.ts';
import type { ChainHead, OpenedMessage, SealContext, Sealer } from './seal.ts';
import type { TranscriptReader } from './transcript-reader.ts';

/** Messages of another node that are sealed anew at once. */
const CATCH_UP = 100;

export interface SplitGuardDeps {
  readonly redactor: Redactor;
  readonly reader: TranscriptReader;
  readonly sealer: Sealer;
  readonly messages: MessageStore;
  readonly conversations: Pick<ConversationStore, 'anchor'>;
  readonly broadcaster: Broadcaster;
  readonly bus: Pick<ChangeBus, 'publish'>;
  readonly logger: Logger;
}

/** A stored message whose text must change. */
export interface TextChange {
  readonly text: RedactedText;
  readonly count: number;
}

/**
 * Catches what is split over up to three messages of one sender. The part at hand and parts that still wait
 * are redacted before they are written; parts that are stored already are sealed anew, and everyone's screen is
 * corrected.
 */
export class SplitGuard {
  readonly #deps: SplitGuardDeps;

  constructor(deps: SplitGuardDeps) {
    this.#deps = deps;
  }

  /** The message to write in the place of `message`. Does not pause, so that order is kept. */
  check(lane: Lane, message: Redacted, rules: CompiledRules): Redacted {
    const tail = lane.tailOf(message.from);
    const texts = tail.map(({ text }) => text);
    const split = findSplitMatches(rules.set, texts, message.text, messageOf(message.from));
    if (split === undefined) {
      lane.extendTail(message.from, { id: message.id, text: message.text });
      return message;
    }
    const changes = new Map<string, TextChange>();
    for (const [index, item] of tail.entries()) {
      const text = split.texts[index];
      if (text === undefined) continue;
      item.text = text;
      const change = { text, count: 1 };
      if (!lane.replacePending(item.id, (waiting) => withText(waiting, change))) changes.set(item.id, change);
    }
    if (changes.size > 0) this.#resealSoon(lane, changes);
    const checked = this.#withOwnPart(message, split, rules);
    lane.extendTail(message.from, { id: checked.id, text: checked.text });
    return checked;
  }

  /** As {@link check} for all that waits, after the lane's last texts were read again. */
  async recheck(lane: Lane): Promise<void> {
    if (lane.pending.length === 0) return;
    const rules = await this.#deps.redactor.rulesOf(lane.context.accountId);
    for (const { message } of lane.pending) lane.cutFromTail(message.from, message.id);
    for (const entry of lane.pending) entry.message = this.check(lane, entry.message, rules);
  }

  /** A text that is not sent yet, without what would complete a number with the sender's last messages. */
  preview(
    lane: Lane,
    typed: { from: MessageAuthor; text: RedactedText },
    rules: CompiledRules,
  ): RedactedText {
    const { from, text } = typed;
    const tail = lane.tailOf(from).map((item) => item.text);
    return findSplitMatches(rules.set, tail, text, messageOf(from))?.texts.at(-1) ?? text;
  }

  #withOwnPart(
    message: Redacted,
    split: NonNullable<ReturnType<typeof findSplitMatches>>,
    rules: CompiledRules,
  ): Redacted {
    const text = split.texts.at(-1);
    if (text === undefined) return message;
    const { original: _original, ...rest } = message;
    const removed = this.#deps.redactor.removedBy(split.ruleIds, rules);
    const redacted = message.redacted + split.ruleIds.length;
    return { ...rest, text, redacted, removed: [...message.removed, ...removed] };
  }

  /** New messages of the conversation wait until the earlier ones are sealed anew. */
  #resealSoon(lane: Lane, changes: ReadonlyMap<string, TextChange>): void {
    // The message at hand is handed to the commit right after this, and is waited for too.
    lane
      .exclusive(() => this.reseal(lane, changes).catch(() => this.reseal(lane, changes)))
      .catch((error) => {
        this.#deps.logger.error('earlier messages could not be sealed anew', error, {
          conversationId: logId(lane.id),
        });
      });
  }

  /**
   * Puts new texts in the place of stored ones and renews the chain from the first of them on. The lane must be
   * idle. Answers how many messages changed.
   */
  async reseal(lane: Lane, changes: ReadonlyMap<string, TextChange>): Promise<number> {
    const opened = await this.#deps.reader.readWithHashes(lane.context);
    const first = opened.findIndex(({ message }) => changes.has(message.id));
    if (first === -1) return 0;
    const renewed = this.#renewed(lane.context, opened.slice(first), changes);
    const { records, changed } = renewed;
    const before = { seq: renewed.head.seq, hash: opened.at(-1)?.hash ?? renewed.head.hash };
    await this.#anchor(lane, this.#deps.sealer.anchorOfEither(lane.context, [before, renewed.head]));
    if (!(await this.#deps.messages.reseal(records))) {
      lane.stale = true;
      throw new Error('a record was not as it had been read');
    }
    const head = await this.#catchUp(lane, [before, renewed.head]);
    lane.head = head;
    for (const message of changed) {
      lane.correctTail(message.id, message.text);
      this.#tell(lane, message);
    }
    await this.#anchor(lane, this.#deps.sealer.anchor(lane.context, head));
    const hash = Buffer.from(head.hash).toString('base64');
    this.#deps.bus.publish({ kind: 'resealed', conversationId: lane.id, head: hash });
    return changed.length;
  }

  /**
   * What another node stored behind the old end meanwhile goes behind the new one. Answers where it ends. Each end is
   * anchored before it is sealed anew, and what is behind it is looked for afterwards; the other node looks at the anchor after
   * it has stored. So one of the two sees what the other did.
   */
  async #catchUp(lane: Lane, ends: readonly [ChainHead, ChainHead]): Promise<ChainHead> {
    const { context } = lane;
    for (;;) {
      let [old, head] = ends;
      const query = { conversationId: context.conversationId, afterSeq: head.seq, limit: CATCH_UP };
      const records = await this.#deps.messages.read(query);
      if (records.length === 0) return head;
      const renewed = records.map((record) => {
        const message = openBehind(this.#deps.sealer, { record, context, heads: [old, head] });
        const next = this.#deps.sealer.reseal(message, context, head.hash);
        old = { seq: record.seq, hash: record.hash };
        head = { seq: next.seq, hash: next.hash };
        return { record: next, replaces: record.hash };
      });
      await this.#anchor(lane, this.#deps.sealer.anchorOfEither(context, [old, head]));
      // Its own node may have been quicker: then it is read again.
      if (await this.#deps.messages.reseal(renewed)) return this.#catchUp(lane, [old, head]);
    }
  }

  async #anchor(lane: Lane, anchor: TranscriptAnchor): Promise<void> {
    const { accountId } = lane.context;
    await this.#deps.conversations.anchor([{ accountId, conversationId: lane.id, anchor }]);
    lane.anchoredSeq = anchor.seq;
  }

  #renewed(
    context: SealContext,
    rest: readonly { message: OpenedMessage; hash: Uint8Array; before: ChainHead }[],
    changes: ReadonlyMap<string, TextChange>,
  ) {
    const records: Parameters<MessageStore['reseal']>[0][number][] = [];
    const changed: OpenedMessage[] = [];
    let head = rest[0]?.before as ChainHead;
    for (const { message, hash } of rest) {
      const change = changes.get(message.id);
      const next = change === undefined ? message : withText(message, change);
      if (change !== undefined) changed.push(next);
      const record = this.#deps.sealer.reseal(next, context, head.hash);
      records.push({ record, replaces: hash });
      head = { seq: record.seq, hash: record.hash };
    }
    return { records, changed, head };
  }

  #tell(lane: Lane, { seq, text, redacted, kind, from }: OpenedMessage): void {
    const { conversation } = lane;
    const update = { conversationId: lane.id, seq, text, redacted };
    if (kind !== 'note') {
      this.#deps.broadcaster.toVisitor({ sessionId: conversation.sessionId }, 'message:update', update);
    }
    const { accountId } = conversation;
    const agentId = conversation.status === 'queued' ? undefined : conversation.agentId;
    this.#deps.broadcaster.toChat({ accountId, conversationId: lane.id, agentId }, 'message:update', update);
    const author = from.kind === 'agent' ? from.id : undefined;
    if (author === undefined || author === agentId) return;
    this.#deps.broadcaster.toAgent({ accountId, agentId: author }, 'message:update', update);
  }
}

/** Opens a record that stands behind one end or the other. @throws IntegrityError */
function openBehind(
  sealer: Sealer,
  of: { record: MessageRecord; context: SealContext; heads: readonly [ChainHead, ChainHead] },
): OpenedMessage {
  const { record, context, heads } = of;
  try {
    return sealer.open(record, context, heads[0]);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return sealer.open(record, context, heads[1]);
  }
}

/** A message's origin, for the scope of rules. */
function messageOf({ kind }: MessageAuthor): RedactionWhere {
  return { from: kind === 'visitor' ? 'visitor' : 'agent', place: 'message' };
}

function withText<M extends { readonly text: RedactedText; readonly redacted: number }>(
  message: M,
  change: TextChange,
): M {
  return { ...message, text: change.text, redacted: message.redacted + change.count };
}
