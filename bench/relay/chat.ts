import type { OnAck, SocketClient } from '../support/socket-client.ts';

/** One visitor's conversation as the generator sees it: what it has sent, and when each message arrived where. */
export class Chat {
  readonly conversationId: string;
  readonly #visitor: SocketClient;
  readonly #before: string;
  /** When each message that has not been delivered yet was sent, oldest first. */
  readonly #sentAt: number[] = [];
  #sent = 0;
  #lastSeq = 0;

  constructor(visitor: SocketClient, conversationId: string) {
    this.#visitor = visitor;
    this.conversationId = conversationId;
    this.#before = `{"conversationId":"${conversationId}","clientId":"`;
  }

  /** Sends the text, a JSON string. */
  send(text: string, onAck: OnAck): void {
    this.#sentAt.push(performance.now());
    this.#sent += 1;
    this.#visitor.emitJson('message:send', `${this.#before}${this.#sent}","text":${text}}`, onAck);
  }

  /**
   * A message has arrived at the agent. A conversation has one sender and keeps its order, so that it is the oldest
   * that is under way; whether it carries the next `seq` is answered too.
   */
  delivered(seq: number): { readonly tookMs: number; readonly inOrder: boolean } {
    const sentAt = this.#sentAt.shift() ?? Number.NaN;
    const inOrder = seq === this.#lastSeq + 1;
    this.#lastSeq = seq;
    return { tookMs: performance.now() - sentAt, inOrder };
  }
}

/** The conversation's id and `seq` of a `message:new` frame, without parsing the rest; undefined for other events. */
export function readDelivery(frame: string): { conversationId: string; seq: number } | undefined {
  if (!frame.includes('["message:new",')) return undefined;
  const conversationId = between(frame, '"conversationId":"', '"');
  const seq = Number(between(frame, '"seq":', ','));
  return { conversationId, seq };
}

function between(text: string, before: string, after: string): string {
  const start = text.indexOf(before) + before.length;
  return text.slice(start, text.indexOf(after, start));
}
