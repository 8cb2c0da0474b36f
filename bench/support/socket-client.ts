import { WebSocket } from 'ws';

export interface SocketClientOptions {
  /** `http://host:port` */
  readonly url: string;
  /** `/` or a namespace. */
  readonly namespace: string;
  readonly auth: Readonly<Record<string, unknown>>;
  /** Gets every event frame as it came, e.g. `42/agent,["message:new",{...}]`. */
  readonly onEvent?: (frame: string) => void;
}

/** Told whether the answer was `{ok: true, ...}`, and the frame as it came. */
export type OnAck = (ok: boolean, frame: string) => void;

/**
 * A Socket.IO 4 client with only what a load generator needs, at a fraction of the cost of the real one: frames
 * of the Engine.IO 4 and Socket.IO 5 protocols are put together by hand, and an acknowledgement is looked at only
 * as far as its `ok`. (https://socket.io/docs/v4/engine-io-protocol, https://socket.io/docs/v4/socket-io-protocol)
 */
export class SocketClient {
  readonly #socket: WebSocket;
  readonly #prefix: string;
  readonly #ackStart: string;
  readonly #eventStart: string;
  readonly #onEvent: (frame: string) => void;
  readonly #acks = new Map<number, OnAck>();
  #nextAck = 0;
  #closed = false;

  /** Resolves once the namespace is entered. @throws Error when it is refused */
  static open(options: SocketClientOptions): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const client: SocketClient = new SocketClient(options, (error) =>
        error === undefined ? resolve(client) : reject(error),
      );
    });
  }

  private constructor(options: SocketClientOptions, entered: (error?: Error) => void) {
    const { url, namespace, auth } = options;
    this.#prefix = namespace === '/' ? '' : `${namespace},`;
    this.#ackStart = `43${this.#prefix}`;
    this.#eventStart = `42${this.#prefix}`;
    this.#onEvent = options.onEvent ?? (() => {});
    const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    this.#socket = new WebSocket(address, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      // A mask of zeros: the server does the same work, the generator less.
      generateMask: () => {},
    });
    this.#socket.on('message', (data: Buffer) => this.#receive(data.toString('latin1'), { auth, entered }));
    this.#socket.on('error', entered);
    this.#socket.on('close', () => {
      this.#closed = true;
      entered(new Error('the connection was closed'));
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sends an event whose payload is JSON already. */
  emitJson(name: string, payload: string, onAck: OnAck): void {
    const id = this.#nextAck++;
    this.#acks.set(id, onAck);
    this.#socket.send(`42${this.#prefix}${id}["${name}",${payload}]`);
  }

  /** Sends an event and answers the data of its acknowledgement. @throws Error with the code of a refusal */
  emit<Data>(name: string, payload: unknown): Promise<Data> {
    return new Promise((resolve, reject) => {
      this.emitJson(name, JSON.stringify(payload), (ok, frame) => {
        const [ack] = JSON.parse(Buffer.from(frame.slice(frame.indexOf('[')), 'latin1').toString('utf8'));
        if (ok) resolve(ack.data as Data);
        else reject(new Error(`${name} was refused: ${ack?.error?.code}`));
      });
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(
    frame: string,
    opening: { auth: Readonly<Record<string, unknown>>; entered: (error?: Error) => void },
  ): void {
    if (frame.startsWith(this.#ackStart)) this.#settle(frame);
    else if (frame.startsWith(this.#eventStart)) this.#onEvent(frame);
    else if (frame === '2') this.#socket.send('3');
    else if (frame.startsWith('0')) this.#socket.send(`40${this.#prefix}${JSON.stringify(opening.auth)}`);
    else if (frame.startsWith('40')) opening.entered();
    else if (frame.startsWith('44')) opening.entered(new Error(`the handshake was refused: ${frame}`));
  }

  #settle(frame: string): void {
    const bracket = frame.indexOf('[', this.#ackStart.length);
    const id = Number(frame.slice(this.#ackStart.length, bracket));
    const onAck = this.#acks.get(id);
    if (onAck === undefined) return;
    this.#acks.delete(id);
    onAck(frame.startsWith('{"ok":true', bracket + 1), frame);
  }
}
