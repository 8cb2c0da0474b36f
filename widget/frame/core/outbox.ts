/** What became of one try to send. */
export type Delivery =
  /** Stored, or refused for good: the next line's turn. */
  | { readonly kind: 'settled' }
  /** No connection: everything waits for the next `flush`. */
  | { readonly kind: 'offline' }
  /** The server cannot take it now: the same line again after a while. */
  | { readonly kind: 'retry'; readonly afterMs: number };

export interface OutboxLine {
  readonly clientId: string;
  readonly text: string;
  readonly file?: File;
}

export interface Outbox {
  add(line: OutboxLine): void;
  /** Sends what waits, one after the other, in order. Call it whenever the connection is back. */
  flush(): void;
  /** Forgets all that waits. */
  clear(): void;
}

/**
 * Own lines that the server has not acknowledged. One is on its way at a time, so they are stored in the
 * order they were written; each goes again, under the same clientId, until an answer settles it.
 */
export function createOutbox(deliver: (line: OutboxLine) => Promise<Delivery>): Outbox {
  let lines: readonly OutboxLine[] = [];
  let running = false;
  let askedAgain = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    for (let line = lines[0]; line !== undefined; line = lines[0]) {
      const { clientId } = line;
      const delivery = await deliver(line);
      if (delivery.kind === 'settled') lines = lines.filter((waiting) => waiting.clientId !== clientId);
      if (delivery.kind === 'retry') timer = setTimeout(flush, delivery.afterMs);
      if (delivery.kind === 'retry' || (delivery.kind === 'offline' && !askedAgain)) return;
      askedAgain = false;
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    askedAgain = running;
    if (running) return;
    running = true;
    void run().finally(() => {
      running = false;
    });
  };

  return {
    add: (line) => {
      lines = [...lines, line];
      if (timer === undefined && !running) flush();
    },
    flush,
    clear: () => {
      clearTimeout(timer);
      timer = undefined;
      lines = [];
    },
  };
}
