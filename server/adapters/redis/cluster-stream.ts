import { type Redis, ReplyError } from 'ioredis';
import type { Clock, Logger, Metrics } from '../../ports/index.ts';
import { createReader, createWriter } from './connect.ts';
import type { EntrySeal, Notice } from './entry-seal.ts';
import { type Entry, StreamReader } from './stream-reader.ts';

/** Entries kept at the most; each holds all that one node said in one turn of its event loop. */
const MAX_ENTRIES = 10_000;
/** Entries older than this are deleted: whoever was away for longer drops its caches and asks the store. */
const KEEP_MS = 60_000;
const TRIM_MS = 5_000;
const BLOCK_MS = 2_000;
const PER_ENTRY = 500;
/** What waits while Redis is away; the oldest goes first. */
const MAX_WAITING = 20_000;
const START_MS = 5_000;
const CLOSE_MS = 1_000;

export interface ClusterStreamDeps {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count' | 'gauge'>;
}

interface Waiting extends Notice {
  readonly since: number;
}

type Sealed = ReturnType<EntrySeal['close']>;

/**
 * What the nodes of a cluster tell one another: one Redis stream, every entry sealed. Each node reads on from where it
 * was, so a connection that breaks loses nothing that is younger than a minute. Whatever may have been lost is told to
 * {@link onReturn} on every node.
 */
export class ClusterStream {
  readonly #deps: ClusterStreamDeps;
  readonly #writer: Redis;
  readonly #reader: StreamReader;
  readonly #listeners = new Map<string, (body: unknown, from: string) => void>();
  readonly #returnListeners: (() => void)[] = [];
  readonly #waiting: Waiting[] = [];
  #seal: EntrySeal | undefined;
  /** An entry that Redis may have or not: it is sent again as it is, and whoever has read it knows it. */
  #inDoubt: Sealed | undefined;
  #stopTrim: () => void = () => {};
  #flushing: Promise<void> | undefined;
  #up = false;
  /** Something that this node had to say was never said. */
  #lost = false;
  #newestId: string | undefined;

  constructor(deps: ClusterStreamDeps) {
    this.#deps = deps;
    this.#writer = createWriter(deps.url);
    const reader = createReader(deps.url, BLOCK_MS);
    this.#reader = new StreamReader(reader, { blockMs: BLOCK_MS, take: (entry) => this.#take(entry) });
    for (const client of [this.#writer, reader]) {
      client.on('ready', () => this.#rise());
      client.on('close', () => this.#fall());
    }
  }

  /** Whether both connections stand. */
  get isUp(): boolean {
    return this.#up;
  }

  /** For other commands than the stream's own; they fail at once while Redis is away. */
  get client(): Redis {
    return this.#writer;
  }

  /** A key of this cluster in Redis, from whose name `what` cannot be read. @throws Error before the start */
  nameOf(what: string): string {
    if (this.#seal === undefined) throw new Error('the cluster has not been joined');
    return this.#seal.nameOf(what);
  }

  /** Tells all other nodes, in order. While Redis is away it waits, for a minute at the most. */
  publish(topic: string, body: unknown): void {
    this.#waiting.push({ topic, body, since: this.#deps.clock.now() });
    if (this.#waiting.length > MAX_WAITING) this.#drop(this.#waiting.length - MAX_WAITING);
    this.#flush();
  }

  /** Called for what other nodes tell on the topic, in the order of each; one listener for a topic. */
  listen(topic: string, listener: (body: unknown, from: string) => void): void {
    this.#listeners.set(topic, listener);
  }

  /** Called when notices of others may have been missed. */
  onReturn(listener: () => void): void {
    this.#returnListeners.push(listener);
  }

  /** Resolves when it is connected, or after five seconds without: then it goes on trying. */
  async start(seal: EntrySeal): Promise<void> {
    this.#seal = seal;
    this.#stopTrim = this.#deps.clock.every(TRIM_MS, () => this.#trim());
    const connecting = Promise.all([this.#writer.connect(), this.#reader.start(seal.streamName)]);
    const connected = await within(START_MS, connecting);
    if (!connected) this.#deps.logger.error('Redis cannot be reached', undefined);
    else await this.#reader.findPlace().catch(() => {});
    this.#flush();
  }

  /** Says what is left to say, if that takes no longer than a second. */
  async close(): Promise<void> {
    this.#stopTrim();
    await within(CLOSE_MS, this.#flushing ?? Promise.resolve());
    this.#seal = undefined;
    this.#writer.disconnect();
    await this.#reader.close();
  }

  #rise(): void {
    if (this.#up || this.#writer.status !== 'ready' || !this.#reader.isReady) return;
    this.#up = true;
    this.#deps.metrics.gauge('cluster_link', 1);
    this.#deps.logger.info('the link to Redis stands');
    if (this.#lost) {
      this.#lost = false;
      this.#tellMissed();
    }
    this.#returned();
    this.#flush();
  }

  #fall(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#deps.metrics.gauge('cluster_link', 0);
    if (this.#seal === undefined) return;
    this.#deps.metrics.count('cluster_link_lost_total');
    this.#deps.logger.error('the link to Redis is lost', undefined);
  }

  #returned(): void {
    for (const tell of this.#returnListeners) tell();
  }

  #flush(): void {
    if (this.#seal === undefined || this.#writer.status !== 'ready') return;
    this.#flushing ??= this.#flushAll(this.#seal)
      .catch((error) => this.#notTaken(error))
      .finally(() => {
        this.#flushing = undefined;
      });
  }

  async #flushAll(seal: EntrySeal): Promise<void> {
    while (this.#writer.status === 'ready') {
      // What one turn of the event loop says goes into one entry.
      await new Promise((resolve) => setImmediate(resolve));
      this.#dropOld();
      const batch = this.#inDoubt === undefined ? this.#waiting.splice(0, PER_ENTRY) : [];
      if (batch.length > 0) this.#inDoubt = seal.close(batch);
      if (this.#inDoubt === undefined) return;
      await this.#write(seal.streamName, this.#inDoubt);
      this.#inDoubt = undefined;
    }
  }

  async #write(stream: string, { from, sealed }: Sealed): Promise<void> {
    const data = Buffer.from(sealed);
    const id = await this.#writer.xadd(stream, 'MAXLEN', '~', MAX_ENTRIES, '*', 'n', from, 'd', data);
    const isFirst = this.#newestId === undefined;
    this.#newestId = id ?? this.#newestId;
    // A node that ends soon leaves a stream that ends too.
    if (isFirst) this.#expire();
    this.#deps.metrics.count('cluster_entries_total', { outcome: 'sent' });
  }

  /** Without an answer the connection is made anew; a refusal is tried again with the next trim. */
  #notTaken(error: unknown): void {
    this.#deps.logger.error('Redis took no entry', error);
    if (!(error instanceof ReplyError) && this.#writer.status === 'ready') this.#writer.disconnect(true);
  }

  #take({ from, sealed }: Entry): void {
    const notices = this.#seal?.open(from, sealed);
    if (notices === 'own' || notices === 'known' || notices === undefined) return;
    const outcome = notices === 'strange' ? 'refused' : 'read';
    this.#deps.metrics.count('cluster_entries_total', { outcome });
    if (notices === 'strange') return;
    for (const { topic, body } of notices) this.#hear(topic, body, from);
  }

  #hear(topic: string, body: unknown, from: string): void {
    if (topic === MISSED) {
      this.#returned();
      return;
    }
    try {
      this.#listeners.get(topic)?.(body, from);
    } catch (error) {
      this.#deps.logger.error('a notice of another node was not heeded', error);
    }
  }

  #dropOld(): void {
    const oldest = this.#deps.clock.now() - KEEP_MS;
    const young = this.#waiting.findIndex(({ since }) => since >= oldest);
    const count = young === -1 ? this.#waiting.length : young;
    if (count > 0) this.#drop(count);
  }

  #drop(count: number): void {
    this.#waiting.splice(0, count);
    this.#deps.metrics.count('cluster_notices_lost_total', {}, count);
    if (this.#up) this.#tellMissed();
    else this.#lost = true;
  }

  #tellMissed(): void {
    this.#waiting.unshift({ topic: MISSED, body: null, since: this.#deps.clock.now() });
  }

  /** Redis counts time, for what is deleted is told by the ids that it gave. An idle cluster leaves nothing behind. */
  #trim(): void {
    this.#flush();
    this.#expire();
  }

  #expire(): void {
    const newest = Number(this.#newestId?.split('-')[0]);
    if (this.#seal === undefined || !this.#up || !Number.isFinite(newest)) return;
    const { streamName } = this.#seal;
    this.#writer
      .pipeline()
      .xtrim(streamName, 'MINID', newest - KEEP_MS)
      .pexpire(streamName, KEEP_MS)
      .exec()
      .catch(() => {});
  }
}

/** Nodes may have missed something; no listener of its own. */
const MISSED = 'missed';

/** Whether it was done in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
