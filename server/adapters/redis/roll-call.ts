import type { Clock } from '../../ports/index.ts';
import type { ClusterStream } from './cluster-stream.ts';
import type { Peers } from './peers.ts';

const QUESTION = 'asked';
const ANSWER = 'answered';
/** A node that has not answered by then counts as one that said no. */
const WAIT_MS = 1_000;

interface Open {
  readonly waitsFor: Set<string>;
  readonly settle: (online: boolean) => void;
}

/** Asks the other nodes whether a visitor's session is connected there. */
export class RollCall {
  readonly #deps: { readonly stream: ClusterStream; readonly peers: Peers; readonly clock: Clock };
  readonly #open = new Map<number, Open>();
  #count = 0;
  #closed = false;

  constructor(deps: {
    readonly nodeId: string;
    readonly stream: ClusterStream;
    readonly peers: Peers;
    readonly clock: Clock;
    readonly isHere: (sessionId: string) => Promise<boolean>;
  }) {
    this.#deps = deps;
    const { nodeId, stream, isHere } = deps;
    stream.listen(QUESTION, (body, from) => {
      const { number, sessionId } = body as { number: number; sessionId: string };
      const answer = (yes: boolean) => stream.publish(ANSWER, { to: from, number, yes });
      isHere(sessionId).then(answer, () => answer(false));
    });
    stream.listen(ANSWER, (body, from) => {
      const answer = body as { to: string; number: number; yes: boolean };
      if (answer.to === nodeId) this.#answered(answer, from);
    });
  }

  /** While Redis is away, or nobody else is there, the answer is no at once. */
  async ask(sessionId: string): Promise<boolean> {
    const { stream, peers, clock } = this.#deps;
    if (this.#closed || !stream.isUp || !peers.any) return false;
    this.#count += 1;
    const number = this.#count;
    return new Promise((resolve) => {
      const stopWaiting = clock.after(WAIT_MS, () => settle(false));
      const settle = (online: boolean): void => {
        stopWaiting();
        this.#open.delete(number);
        resolve(online);
      };
      this.#open.set(number, { waitsFor: new Set(peers.names), settle });
      stream.publish(QUESTION, { number, sessionId });
    });
  }

  /** Who waits for an answer has it: no. */
  close(): void {
    this.#closed = true;
    for (const { settle } of [...this.#open.values()]) settle(false);
  }

  #answered({ number, yes }: { number: number; yes: boolean }, from: string): void {
    const open = this.#open.get(number);
    if (open === undefined || !open.waitsFor.delete(from)) return;
    if (yes || open.waitsFor.size === 0) open.settle(yes);
  }
}
