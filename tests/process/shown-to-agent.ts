import { io, type Socket } from 'socket.io-client';
import { AGENT_NAMESPACE, type WireMessage } from '../../shared/protocol/index.ts';
import type { StaffSession } from './rest-client.ts';

const CAPACITY = 100;

/** An agent's client that comes back after every break and keeps what it was ever shown. */
export class ShownToAgent {
  readonly byConversation = new Map<string, WireMessage[]>();
  readonly #socket: Socket;
  readonly #online: Promise<void>;

  constructor(url: string, { token, accountId }: StaffSession) {
    this.#socket = io(`${url}${AGENT_NAMESPACE}`, {
      auth: { token, accountId },
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 50,
    });
    this.#socket.on('message:new', (message: WireMessage) => this.#keep(message));
    this.#online = new Promise((resolve) => {
      this.#socket.on('connect', () => {
        this.#socket.emit('presence:set', { status: 'online', capacity: CAPACITY }, () => resolve());
      });
    });
  }

  /** Resolves once the agent is given chats. */
  online(): Promise<void> {
    return this.#online;
  }

  close(): void {
    this.#socket.disconnect();
  }

  #keep(message: WireMessage): void {
    const known = this.byConversation.get(message.conversationId);
    if (known === undefined) this.byConversation.set(message.conversationId, [message]);
    else known.push(message);
  }
}
