import { io, type Socket } from 'socket.io-client';
import type { Ack, ResumedChat, SentMessage, VisitorEvents } from '../../shared/protocol/index.ts';

export interface ResumingSenderOptions {
  readonly url: string;
  /** Handshake token of the visitor. */
  readonly token: string;
  /** Sent in this order, under the client ids `0`, `1`, ... */
  readonly texts: readonly string[];
  /** Messages under way at one time. */
  readonly window: number;
  /** Told of every acknowledgement. */
  readonly onAck: () => void;
}

/** A pause between attempts to reach a server that is not there. */
const RECONNECT_MS = 50;

/**
 * A visitor's client as the protocol asks for: after every reconnect it resumes from the last message it knows and
 * sends again, under the same client ids and in their order, what was not acknowledged (rules R1 and R2).
 */
export class ResumingSender {
  readonly #options: ResumingSenderOptions;
  readonly #socket: Socket;
  readonly #acked = new Map<number, SentMessage>();
  readonly #finished: Promise<void>;
  #succeed: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  /** What a resume answered that does not fit what was sent and acknowledged before. */
  readonly contradictions: string[] = [];
  conversationId = '';
  connections = 0;
  /** Messages sent again after a break. */
  resent = 0;
  #next = 0;
  #sentUpTo = 0;

  constructor(options: ResumingSenderOptions) {
    this.#options = options;
    this.#finished = new Promise((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = reject;
    });
    this.#socket = io(`${options.url}/visitor`, {
      auth: { token: options.token },
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: RECONNECT_MS,
      reconnectionDelayMax: RECONNECT_MS,
    });
    this.#socket.on('connect', () => {
      this.connections += 1;
      this.#takeUp(this.connections).catch((error) => this.#fail(error));
    });
  }

  /** Every acknowledged message, in the order of sending. */
  get acked(): readonly SentMessage[] {
    return [...this.#acked].sort(([a], [b]) => a - b).map(([, message]) => message);
  }

  /** Messages that were sent and not acknowledged. */
  get underWay(): number {
    return this.#sentUpTo - this.#acked.size;
  }

  /** Resolves when every text is acknowledged. @throws Error when one is refused */
  finished(): Promise<void> {
    return this.#finished;
  }

  close(): void {
    this.#socket.disconnect();
  }

  async #takeUp(connection: number): Promise<void> {
    if (this.conversationId === '') {
      const started = await this.#emit('chat:start', {}, connection);
      if (started === undefined) return;
      this.conversationId = started.conversationId;
    } else if (!(await this.#resume(connection))) return;
    this.#next = 0;
    for (let inFlight = 0; inFlight < this.#options.window; inFlight += 1) this.#sendNext(connection);
  }

  /** False when the connection broke meanwhile. */
  async #resume(connection: number): Promise<boolean> {
    const { conversationId } = this;
    const afterSeq = this.#lastSeqWithoutGap();
    const resumed = await this.#emit('chat:resume', { conversationId, afterSeq }, connection);
    if (resumed === undefined) return false;
    this.#compare(resumed, afterSeq);
    return true;
  }

  #lastSeqWithoutGap(): number {
    const seqs = new Set(this.acked.map(({ seq }) => seq));
    let last = 0;
    while (seqs.has(last + 1)) last += 1;
    return last;
  }

  /** Later messages come without a gap, and each is one of ours: acknowledged as it stands, or still under way. */
  #compare({ messages }: ResumedChat, afterSeq: number): void {
    for (const [index, { seq, id, text, clientId }] of messages.entries()) {
      const sent = Number(clientId);
      const acked = this.#acked.get(sent);
      const fits = acked === undefined ? text === this.#options.texts[sent] : acked.id === id;
      if (!fits || seq !== afterSeq + 1 + index)
        this.contradictions.push(`seq ${seq}, client id ${clientId}`);
    }
  }

  #sendNext(connection: number): void {
    const { texts } = this.#options;
    while (this.#acked.has(this.#next)) this.#next += 1;
    const index = this.#next;
    const text = texts[index];
    if (text === undefined) return;
    this.#next += 1;
    if (index < this.#sentUpTo) this.resent += 1;
    this.#sentUpTo = Math.max(this.#sentUpTo, index + 1);
    this.#emit(
      'message:send',
      { conversationId: this.conversationId, clientId: String(index), text },
      connection,
    )
      .then((message) => {
        if (message !== undefined) this.#settle(index, message, connection);
      })
      .catch((error) => this.#fail(error));
  }

  #settle(index: number, message: SentMessage, connection: number): void {
    this.#acked.set(index, message);
    this.#options.onAck();
    if (this.#acked.size === this.#options.texts.length) this.#succeed();
    else this.#sendNext(connection);
  }

  /** Undefined when the answer did not come on this connection. @throws Error when it is a refusal for good */
  #emit<Name extends keyof VisitorEvents>(
    name: Name,
    payload: VisitorEvents[Name]['payload'],
    connection: number,
  ): Promise<VisitorEvents[Name]['data'] | undefined> {
    // Kept back by Socket.IO, it would go out on the next connection before anything older that is still to be resent.
    if (!this.#socket.connected) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#socket.emit(name, payload, (ack: Ack<VisitorEvents[Name]['data']>) => {
        if (connection !== this.connections) resolve(undefined);
        else if (ack.ok) resolve(ack.data);
        else if (ack.error.retryable) {
          // Tried again on a new connection, with all else that is under way.
          this.#socket.io.engine.close();
          resolve(undefined);
        } else reject(new Error(`${name} was refused: ${ack.error.code}`));
      });
    });
  }
}
