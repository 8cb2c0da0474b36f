import type { Redis } from 'ioredis';

const AT_ONCE = 500;
/** A pause after a refusal of Redis that is no lost connection. */
const PAUSE_MS = 200;

/** An entry as it lies in the stream. */
export interface Entry {
  readonly from: string;
  readonly sealed: Uint8Array;
}

type Reply = [Buffer, [Buffer, Buffer[]][]][] | null;

/** Reads a stream from its end at the start on, entry after entry, over lost connections. */
export class StreamReader {
  readonly #client: Redis;
  readonly #options: { readonly blockMs: number; readonly take: (entry: Entry) => void };
  #stream = '';
  /** Id of the last entry that was read. */
  #place: string | undefined;
  #placeIsSure = false;
  #closed = false;
  #running: Promise<void> = Promise.resolve();
  #stopWaiting: () => void = () => {};

  constructor(client: Redis, options: { blockMs: number; take: (entry: Entry) => void }) {
    this.#client = client;
    this.#options = options;
    client.on('close', () => {
      this.#placeIsSure = false;
    });
  }

  get isReady(): boolean {
    return this.#client.status === 'ready';
  }

  /** Resolves when it is connected; goes on trying when it rejects. */
  async start(stream: string): Promise<void> {
    this.#stream = stream;
    const connecting = this.#client.connect();
    this.#running = this.#run();
    await connecting;
  }

  /**
   * Goes on behind the last entry read. A Redis that was emptied meanwhile may count from anew: then all that is
   * there is new.
   */
  async findPlace(): Promise<void> {
    if (this.#placeIsSure) return;
    const newest = (await this.#client.xrevrange(this.#stream, '+', '-', 'COUNT', 1))[0]?.[0];
    if (this.#place === undefined) this.#place = newest ?? '0-0';
    else if (newest === undefined || isBefore(newest, this.#place)) this.#place = '0-0';
    this.#placeIsSure = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#client.disconnect();
    // A client that waits to connect again says nothing when it is told not to.
    this.#stopWaiting();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        if (!this.isReady) await this.#whenReady();
        else await this.#readOn();
      } catch {
        if (this.isReady) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async #readOn(): Promise<void> {
    await this.findPlace();
    const reply = (await this.#client.xreadBuffer(
      'COUNT',
      AT_ONCE,
      'BLOCK',
      this.#options.blockMs,
      'STREAMS',
      this.#stream,
      this.#place ?? '0-0',
    )) as Reply;
    for (const [id, fields] of reply?.[0]?.[1] ?? []) {
      this.#place = id.toString();
      const [, from, , sealed] = fields;
      if (from !== undefined && sealed !== undefined) this.#options.take({ from: from.toString(), sealed });
    }
  }

  /** Or when it is closed. */
  #whenReady(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#client.off('ready', done);
        resolve();
      };
      this.#client.on('ready', done);
      this.#stopWaiting = done;
    });
  }
}

/** Ids are `milliseconds-number`. */
function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs < bMs || (aMs === bMs && aNumber < bNumber);
}
