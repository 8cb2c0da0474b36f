import type { SentMessage } from '../../shared/protocol/index.ts';
import { type Draft, Refusal } from '../domain/index.ts';
import type { Broadcaster, Clock, ConversationEvents, Metrics } from '../ports/index.ts';
import { presentSent } from '../presenters/message-presenter.ts';
import { admit, type Sender } from './admit.ts';
import { deliver } from './deliver.ts';
import type { Lane, Persisted } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { GroupCommit } from './persist.ts';
import type { CompiledRules, Redactor } from './redact.ts';
import type { Sealer } from './seal.ts';
import type { SplitGuard } from './split-guard.ts';
import type { TranscriptReader } from './transcript-reader.ts';

export interface MessagePipelineDeps {
  readonly lanes: Lanes;
  readonly redactor: Redactor;
  readonly sealer: Sealer;
  readonly splitGuard: SplitGuard;
  readonly commit: GroupCommit;
  readonly reader: TranscriptReader;
  readonly broadcaster: Broadcaster;
  readonly events: Pick<ConversationEvents, 'tell'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Characters of a message; stops long texts in a row, each of which costs searching, sealing and showing. */
  readonly maxLength: number;
}

/** One message and who brings it. */
export interface Submission {
  readonly draft: Draft;
  readonly sender: Sender;
  /** The socket that it came from: it gets the acknowledgement and not the broadcast. */
  readonly socketId?: string;
}

/**
 * One message's whole way: admit, redact, seal, persist, deliver. Messages of one conversation keep their
 * order; nobody is shown a message, and no sender is told yes, before the store has it.
 */
export class MessagePipeline {
  readonly #deps: MessagePipelineDeps;

  constructor(deps: MessagePipelineDeps) {
    this.#deps = deps;
  }

  /**
   * Takes a message and answers it as stored; the same client id again gets the first answer.
   * @throws Refusal
   */
  async send(submission: Submission): Promise<SentMessage> {
    const { draft } = submission;
    const beganAt = performance.now();
    const lane = await this.#deps.lanes.open(draft.accountId, draft.conversationId);
    const rules = await this.#deps.redactor.rulesOf(draft.accountId);
    while (lane.gate !== undefined) await lane.gate;
    const persisted = await this.#sendInOrder(submission, lane, rules);
    this.#deps.metrics.observe('message_seconds', (performance.now() - beganAt) / 1_000);
    return presentSent(persisted.content, persisted.seq);
  }

  /** Runs without a pause up to the hand-over to the commit, so that order is kept. */
  #sendInOrder(submission: Submission, lane: Lane, rules: CompiledRules): Promise<Persisted> {
    const { draft, sender, socketId } = submission;
    const clientKey = this.#deps.sealer.clientKeyOf(lane.context, draft);
    const known = lane.recent(clientKey);
    if (known !== undefined) return known.then((first) => ({ ...first, fresh: false }));
    let admitted: ReturnType<typeof admit>;
    try {
      admitted = admit(draft, lane.conversation, {
        sender,
        now: this.#deps.clock.now(),
        maxLength: this.#deps.maxLength,
      });
    } catch (refusal) {
      return this.#answerIfKnown(lane, clientKey, refusal);
    }
    const redacted = this.#deps.redactor.redact(admitted, rules);
    const checked = this.#deps.splitGuard.check(lane, redacted, rules);
    return this.#deps.commit.submit(lane, {
      message: checked,
      clientKey,
      deliver: (stored) => {
        const { broadcaster, events } = this.#deps;
        deliver(stored, lane.conversation, { broadcaster, senderSocketId: socketId });
        events.tell({ name: 'message.created', conversation: lane.conversation, message: stored });
      },
    });
  }

  /** A repeat of a message that was stored before the conversation closed still gets its first answer. */
  async #answerIfKnown(lane: Lane, clientKey: string, refusal: unknown): Promise<Persisted> {
    const closed = refusal instanceof Refusal && refusal.code === 'conversation.closed';
    const known = closed ? await this.#deps.reader.findByClientKey(lane.context, clientKey) : undefined;
    if (known === undefined) throw refusal;
    return { seq: known.seq, content: known, fresh: false };
  }
}
