import { Refusal, type Sealed, type Stored } from '../domain/index.ts';
import type { AppendOutcome, Clock, Logger, MessageStore, Metrics } from '../ports/index.ts';
import { logId, StoreError } from '../ports/index.ts';
import type { Lane, LaneEntry, Persisted } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { ChainHead, Sealer } from './seal.ts';
import type { Standing } from './standing.ts';
import type { TranscriptReader } from './transcript-reader.ts';

export interface GroupCommitDeps {
  readonly messages: MessageStore;
  readonly lanes: Lanes;
  readonly sealer: Sealer;
  readonly reader: TranscriptReader;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** In a cluster: what other nodes may have done meanwhile. */
  readonly standing?: Pick<Standing, 'settle'> | undefined;
  /** Looks at what waits again: it was looked at before the lane knew what another writer had stored. */
  readonly recheck: (lane: Lane) => Promise<void>;
  readonly limits: {
    /** Messages in one write at the most. */
    readonly maxBatch: number;
    /** Messages of one conversation in one write at the most, so that a busy one delays nobody. */
    readonly maxPerConversation: number;
  };
}

/** Pauses before a failed write is tried again, in milliseconds; after the last one its senders are told. */
const RETRY_PAUSES_MS = [50, 250, 1_000];
/** A write that has no answer after this long is given up, in milliseconds. */
const WRITE_DEADLINE_MS = 8_000;
/** A writer that loses its place so often in a row gives up. */
const MAX_ATTEMPTS = 20;

interface BatchItem {
  readonly lane: Lane;
  readonly entry: LaneEntry;
  readonly sealed: Sealed;
}

/**
 * Group commit: what arrives while one write runs goes into the next, so that durability costs one round
 * trip shared by all who write in the same moment. Acknowledgement and delivery follow the write.
 */
export class GroupCommit {
  readonly #deps: GroupCommitDeps;
  readonly #dirty = new Set<Lane>();
  #running: Promise<void> | undefined;

  constructor(deps: GroupCommitDeps) {
    this.#deps = deps;
  }

  /** Hands a message to the next write. The same client key again answers what became of the first. */
  submit(lane: Lane, input: Pick<LaneEntry, 'message' | 'clientKey' | 'deliver'>): Promise<Persisted> {
    const known = lane.recent(input.clientKey);
    if (known !== undefined) return known.then((first) => ({ ...first, fresh: false }));
    const outcome = new Promise<Persisted>((resolve, reject) => {
      lane.pending.push({ ...input, attempts: 0, resolve, reject });
    });
    lane.remember(input.clientKey, outcome);
    outcome.catch(() => lane.forget(input.clientKey));
    this.#dirty.add(lane);
    this.#running ??= this.#run().catch((error) => this.#failAll(error));
    return outcome;
  }

  /** Resolves when nothing waits and nothing is being written. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#dirty.size > 0) {
        await afterPendingInput();
        await this.#refreshStaleLanes();
        await this.#commit(this.#takeBatch());
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #refreshStaleLanes(): Promise<void> {
    const stale = [...this.#dirty].filter((lane) => lane.stale);
    await Promise.all(
      stale.map((lane) =>
        this.#deps.lanes
          .reloadHead(lane)
          .then(() => this.#answerRepeats(lane))
          .then(() => this.#deps.recheck(lane))
          .catch((error) => this.#failLane(lane, error)),
      ),
    );
  }

  /**
   * Of what lost its place, answers all that was kept before. Each write finds one repeat alone, and whoever was cut
   * off with many messages under way sends as many again.
   */
  async #answerRepeats(lane: Lane): Promise<void> {
    const again = lane.pending.filter(({ attempts }) => attempts > 0);
    const known = await Promise.all(
      again.map(({ clientKey }) => this.#deps.messages.findByClientKey(lane.id, clientKey)),
    );
    for (const [index, entry] of again.entries()) {
      if (known[index] === undefined) continue;
      lane.pending.splice(lane.pending.indexOf(entry), 1);
      this.#answerRepeat(lane, entry);
    }
    if (lane.pending.length > 0) return;
    this.#dirty.delete(lane);
    lane.settled();
  }

  /** Seals what waits, lane by lane; a lane that cannot be sealed fails alone. */
  #takeBatch(): BatchItem[] {
    const batch: BatchItem[] = [];
    for (const lane of this.#dirty) {
      if (batch.length >= this.#deps.limits.maxBatch) break;
      try {
        batch.push(...this.#takeFrom(lane));
      } catch (error) {
        this.#failLane(lane, error);
      }
    }
    return batch;
  }

  #takeFrom(lane: Lane): BatchItem[] {
    if (lane.gone) throw new Refusal('not_found');
    const entries = lane.pending.slice(0, this.#deps.limits.maxPerConversation);
    let head: ChainHead = lane.head;
    const items = entries.map((entry) => {
      const sealed = this.#deps.sealer.seal(entry, lane.context, head);
      head = sealed.record;
      return { lane, entry, sealed };
    });
    lane.pending.splice(0, entries.length);
    lane.inFlight += entries.length;
    if (lane.pending.length === 0) this.#dirty.delete(lane);
    return items;
  }

  async #commit(batch: readonly BatchItem[]): Promise<void> {
    if (batch.length === 0) return;
    const startedAt = performance.now();
    const outcomes = await this.#lookAgain(batch, await this.#append(batch));
    this.#deps.metrics.observe('commit_seconds', (performance.now() - startedAt) / 1_000);
    this.#deps.metrics.observe('commit_batch_size', batch.length);
    const again = new Map<Lane, LaneEntry[]>();
    for (const [index, item] of batch.entries()) {
      item.lane.inFlight -= 1;
      this.#settle(item, outcomes[index] ?? new Refusal('store.unavailable'), again);
    }
    for (const [lane, entries] of again) this.#requeue(lane, entries);
    for (const { lane } of batch) lane.settled();
  }

  /** What was stored of a conversation that is gone by now is refused; so is all, to be sent again, when nobody can tell. */
  async #lookAgain(
    batch: readonly BatchItem[],
    outcomes: readonly (AppendOutcome | Error)[],
  ): Promise<readonly (AppendOutcome | Error)[]> {
    const { standing, logger } = this.#deps;
    if (standing === undefined) return outcomes;
    const isStored = (index: number): boolean => {
      const outcome = outcomes[index];
      return outcome !== undefined && 'kind' in outcome && outcome.kind === 'stored';
    };
    const written = batch.filter((_, index) => isStored(index));
    if (written.length === 0) return outcomes;
    try {
      const gone = await standing.settle(written);
      if (gone.size === 0) return outcomes;
      return outcomes.map((outcome, at) =>
        isStored(at) && gone.has((batch[at] as BatchItem).lane) ? new Refusal('not_found') : outcome,
      );
    } catch (error) {
      logger.error('how conversations stand could not be read', error, { messages: written.length });
      return outcomes.map((outcome, at) => (isStored(at) ? new Refusal('store.unavailable') : outcome));
    }
  }

  #settle(item: BatchItem, outcome: AppendOutcome | Error, again: Map<Lane, LaneEntry[]>): void {
    const { lane, entry, sealed } = item;
    if (outcome instanceof Error) {
      lane.stale = true;
      entry.reject(outcome);
      return;
    }
    switch (outcome.kind) {
      case 'stored':
        this.#settleStored(item);
        return;
      case 'duplicate':
        lane.stale = true;
        this.#answerRepeat(lane, entry);
        return;
      case 'conflict':
        lane.stale = true;
        entry.attempts += 1;
        if (entry.attempts > MAX_ATTEMPTS) entry.reject(new Refusal('conflict'));
        else again.set(lane, [...(again.get(lane) ?? []), entry]);
        return;
      default:
        entry.reject(new Error(`unknown outcome for seq ${sealed.record.seq}`));
    }
  }

  #settleStored({ lane, entry, sealed }: BatchItem): void {
    lane.head = { seq: sealed.record.seq, hash: sealed.record.hash };
    const stored = { seq: sealed.record.seq, content: sealed.content } as Stored;
    this.#deps.metrics.count('messages_stored_total');
    try {
      entry.deliver(stored);
    } catch (error) {
      this.#deps.logger.error('delivery failed', error, { conversationId: logId(lane.id) });
    }
    entry.resolve({ seq: stored.seq, content: stored.content, fresh: true });
  }

  /** Kept before, perhaps by another node or before a restart: answers what was kept then. */
  #answerRepeat(lane: Lane, entry: LaneEntry): void {
    lane.cutFromTail(entry.message.from, entry.message.id);
    this.#deps.metrics.count('messages_duplicate_total');
    this.#deps.reader
      .findByClientKey(lane.context, entry.clientKey)
      .then((message) => {
        if (message === undefined) entry.reject(new Refusal('conflict'));
        else entry.resolve({ seq: message.seq, content: message, fresh: false });
      })
      .catch((error) => entry.reject(error));
  }

  #requeue(lane: Lane, entries: readonly LaneEntry[]): void {
    lane.pending.unshift(...entries);
    this.#dirty.add(lane);
  }

  /** A fault of the commit itself: every waiting sender is told, and the next message begins anew. */
  #failAll(error: unknown): void {
    this.#deps.logger.error('the commit failed', error);
    for (const lane of [...this.#dirty]) this.#failLane(lane, error);
  }

  #failLane(lane: Lane, error: unknown): void {
    const entries = lane.pending.splice(0);
    this.#dirty.delete(lane);
    for (const entry of entries) entry.reject(error);
    lane.settled();
  }

  /**
   * Writes the batch; a failed write is tried again as it is (a record that is there already counts as
   * stored). When it keeps failing, each conversation is tried alone, so that one bad record harms no other.
   */
  async #append(batch: readonly BatchItem[]): Promise<readonly (AppendOutcome | Error)[]> {
    for (const pauseMs of [...RETRY_PAUSES_MS, undefined]) {
      try {
        return await this.#write(batch);
      } catch (error) {
        this.#deps.logger.error('message write failed', error, { messages: batch.length });
        if (pauseMs !== undefined) await this.#pause(pauseMs);
      }
    }
    return this.#appendOneByOne(batch);
  }

  async #appendOneByOne(batch: readonly BatchItem[]): Promise<readonly (AppendOutcome | Error)[]> {
    const outcomes = new Map<BatchItem, AppendOutcome | Error>();
    for (const [, items] of groupByLane(batch)) {
      try {
        const settled = await this.#write(items);
        for (const [index, item] of items.entries()) outcomes.set(item, settled[index] as AppendOutcome);
      } catch {
        for (const item of items) outcomes.set(item, new Refusal('store.unavailable'));
      }
    }
    return batch.map((item) => outcomes.get(item) ?? new Refusal('store.unavailable'));
  }

  /**
   * One write with a deadline: a connection that died may leave it without an answer, and everyone waits behind it.
   * What is given up is in doubt, and safe to send again, because stored records are recognised by their hash.
   */
  #write(batch: readonly BatchItem[]): Promise<readonly AppendOutcome[]> {
    return new Promise((resolve, reject) => {
      const cancel = this.#deps.clock.after(WRITE_DEADLINE_MS, () => reject(new StoreError('DEADLINE')));
      this.#deps.messages
        .append(batch.map(({ sealed }) => sealed))
        .then(resolve, reject)
        .finally(cancel);
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.after(ms, resolve);
    });
  }
}

function groupByLane(batch: readonly BatchItem[]): Map<Lane, BatchItem[]> {
  const groups = new Map<Lane, BatchItem[]>();
  for (const item of batch) {
    const group = groups.get(item.lane);
    if (group === undefined) groups.set(item.lane, [item]);
    else group.push(item);
  }
  return groups;
}

/** Lets the event loop read everything that has arrived, so that it shares the next write. */
function afterPendingInput(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
