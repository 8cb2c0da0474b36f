import { type Conversation, Refusal } from '../domain/index.ts';
import {
  type Change,
  type Clock,
  type ConversationStore,
  IntegrityError,
  type MessageStore,
} from '../ports/index.ts';
import type { Floors } from './floors.ts';
import type { KeyVault } from './key-vault.ts';
import { Lane } from './lane.ts';
import { CHAIN_START, type ChainHead, type SealContext, type Sealer } from './seal.ts';

/** A lane that nobody used for so long is dropped from memory, its key with it. */
const IDLE_LANE_MS = 5 * 60_000;
const SWEEP_MS = 30_000;
/** Records read back for the tails of a lane that is loaded again. */
const TAIL_RECORDS = 8;

export interface LanesDeps {
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly vault: KeyVault;
  readonly sealer: Sealer;
  readonly floors: Pick<Floors, 'reachOf'>;
  readonly clock: Clock;
}

/** The conversations that this node has at hand. */
export class Lanes {
  readonly #deps: LanesDeps;
  readonly #lanes = new Map<string, Lane>();
  readonly #loading = new Map<string, Promise<Lane>>();
  readonly #stopSweep: () => void;

  constructor(deps: LanesDeps) {
    this.#deps = deps;
    this.#stopSweep = deps.clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** The lane if it is at hand. */
  peek(conversationId: string): Lane | undefined {
    return this.#lanes.get(conversationId);
  }

  /** @throws Refusal `not_found` when the account has no such conversation, it is erased, or its time is over */
  async open(accountId: string, conversationId: string): Promise<Lane> {
    const lane = this.#lanes.get(conversationId) ?? (await this.#load(accountId, conversationId));
    const now = this.#deps.clock.now();
    const isOver = lane.gone || lane.context.expiresAt <= now;
    if (lane.context.accountId !== accountId || isOver) throw noConversation(conversationId);
    lane.lastUsedAt = now;
    return lane;
  }

  /** Makes the lane of a conversation that was just created: its key is new and it has no messages. */
  async create(conversation: Conversation): Promise<Lane> {
    const { id: conversationId, accountId, startedAt: retainFrom, expiresAt } = conversation;
    const owner = { accountId, conversationId, retainFrom, expiresAt };
    const key = await this.#deps.vault.createDataKey(owner);
    const lane = this.#lane(conversation, key, CHAIN_START);
    this.#lanes.set(conversationId, lane);
    return lane;
  }

  /** Takes back a lane whose conversation did not come about. */
  async discard(conversationId: string): Promise<void> {
    this.drop(conversationId);
    await this.#deps.vault.destroyDataKey(conversationId);
  }

  /** Tells the lane of a new state of its conversation. */
  update(conversation: Conversation): void {
    const lane = this.#lanes.get(conversation.id);
    if (lane !== undefined && lane.conversation.version <= conversation.version)
      lane.conversation = conversation;
  }

  /** Drops the lane and its key from memory; what it has in flight is still finished. */
  drop(conversationId: string): void {
    this.#lanes.delete(conversationId);
    this.#loading.delete(conversationId);
  }

  /** The conversation is no more: nothing is written through its lane from here on, nor through one being loaded. */
  end(conversationId: string): void {
    const lane = this.#lanes.get(conversationId);
    if (lane !== undefined) lane.gone = true;
    void this.#loading.get(conversationId)?.then(
      (loaded) => {
        loaded.gone = true;
      },
      () => {},
    );
    this.drop(conversationId);
  }

  /** Drops the lanes of an account, so that new lifetimes are read; a busy one when it has finished. */
  dropAccount(accountId: string): void {
    this.#dropWhere((lane) => lane.context.accountId === accountId);
  }

  /** Lets go of a lane that was opened in passing, unless somebody else uses it. */
  release(lane: Lane, openedAt: number): void {
    if (lane.lastUsedAt <= openedAt) lane.lastUsedAt = openedAt - IDLE_LANE_MS;
  }

  /** All lanes at hand. */
  all(): Iterable<Lane> {
    return this.#lanes.values();
  }

  /** Reads the end of the chain and its last texts again, after another writer has moved it. */
  async reloadHead(lane: Lane): Promise<void> {
    const last = await this.#deps.messages.last(lane.id);
    lane.head = last === undefined ? CHAIN_START : { seq: last.seq, hash: last.hash };
    await this.#readTails(lane);
    lane.stale = false;
  }

  /** Another node has changed the conversation: new messages wait until its new state is here. */
  refresh(lane: Lane): void {
    lane.exclusive(() => this.#readState(lane)).catch(() => this.drop(lane.id));
  }

  /** What another node told of, or what of it may have been missed. A lane that knows already does nothing. */
  heed(change: Change): void {
    if (change.kind === 'account') this.dropAccount(change.accountId);
    if (change.kind === 'missed') this.#dropWhere(() => true);
    if (change.kind !== 'conversation' && change.kind !== 'resealed') return;
    const lane = this.#lanes.get(change.conversationId);
    // What is being read now may have been read too early.
    if (lane === undefined) this.#loading.delete(change.conversationId);
    else if (change.kind === 'resealed') this.#resealed(lane, change.head);
    else if (change.version > lane.conversation.version) this.refresh(lane);
  }

  close(): void {
    this.#stopSweep();
    this.#lanes.clear();
  }

  /** Loads once however many ask, and in their order. */
  #load(accountId: string, conversationId: string): Promise<Lane> {
    const running = this.#loading.get(conversationId);
    if (running !== undefined) return running;
    const loading = this.#read(accountId, conversationId)
      .then((lane) => {
        if (this.#loading.get(conversationId) === loading) this.#lanes.set(conversationId, lane);
        return lane;
      })
      .finally(() => this.#loading.delete(conversationId));
    this.#loading.set(conversationId, loading);
    return loading;
  }

  async #read(accountId: string, conversationId: string): Promise<Lane> {
    const reach = await this.#deps.floors.reachOf(conversationId);
    const [conversation, key, last] = await Promise.all([
      this.#deps.conversations.get(accountId, conversationId),
      this.#deps.vault.dataKey(conversationId),
      this.#deps.messages.last(conversationId),
    ]);
    if (conversation === undefined || key === undefined) throw noConversation(conversationId);
    const head = last === undefined ? CHAIN_START : { seq: last.seq, hash: last.hash };
    // Nothing is written behind a transcript that was put back to an earlier end.
    if (head.seq < reach.seq) throw new IntegrityError();
    const lane = this.#lane(conversation, key, head);
    await this.#readTails(lane);
    return lane;
  }

  /** What the last senders wrote, so that a number split over a restart is still seen. */
  async #readTails(lane: Lane): Promise<void> {
    const afterSeq = Math.max(0, lane.head.seq - TAIL_RECORDS - 1);
    const records = await this.#deps.messages.read({
      conversationId: lane.id,
      afterSeq,
      limit: TAIL_RECORDS + 1,
    });
    lane.forgetTails();
    let before: ChainHead | undefined = afterSeq === 0 ? CHAIN_START : undefined;
    for (const record of records) {
      if (before !== undefined) this.#extendTail(lane, record, before);
      before = { seq: record.seq, hash: record.hash };
    }
  }

  /** A record that fails its check adds nothing; reading the transcript reports it. */
  #extendTail(lane: Lane, record: Parameters<Sealer['open']>[0], before: ChainHead): void {
    try {
      const message = this.#deps.sealer.open(record, lane.context, before);
      lane.extendTail(message.from, { id: message.id, text: message.text });
      // Who was cut off sends its last lines again; they are known at once, and are not taken for new parts.
      lane.remember(record.clientKey, Promise.resolve({ seq: record.seq, content: message, fresh: false }));
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
    }
  }

  #dropWhere(isMeant: (lane: Lane) => boolean): void {
    for (const lane of this.#lanes.values()) {
      if (!isMeant(lane)) continue;
      if (lane.quiet) this.drop(lane.id);
      else void lane.exclusive(async () => this.drop(lane.id));
    }
  }

  /** Its texts may have changed, also those that the lane keeps to find numbers split over messages. */
  #resealed(lane: Lane, head: string): void {
    if (Buffer.from(lane.head.hash).toString('base64') === head) return;
    lane.exclusive(() => this.reloadHead(lane)).catch(() => this.drop(lane.id));
  }

  async #readState(lane: Lane): Promise<void> {
    const { accountId, conversationId } = lane.context;
    const conversation = await this.#deps.conversations.get(accountId, conversationId);
    if (conversation !== undefined) {
      this.update(conversation);
      return;
    }
    lane.gone = true;
    this.drop(conversationId);
  }

  #lane(conversation: Conversation, key: Uint8Array, head: ChainHead): Lane {
    const context: SealContext = {
      accountId: conversation.accountId,
      conversationId: conversation.id,
      key,
      retainFrom: conversation.startedAt,
      expiresAt: conversation.expiresAt,
    };
    return new Lane({ conversation, context, head, now: this.#deps.clock.now() });
  }

  #sweep(): void {
    const before = this.#deps.clock.now() - IDLE_LANE_MS;
    for (const lane of this.#lanes.values()) {
      const anchored = lane.anchoredSeq >= lane.head.seq;
      if (lane.lastUsedAt <= before && lane.quiet && anchored) this.#lanes.delete(lane.id);
    }
  }
}

function noConversation(id: string): Refusal {
  return new Refusal('not_found', { missing: { kind: 'conversation', id } });
}
