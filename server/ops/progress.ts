/** Where progress is shown: a terminal gets one line that moves, anything else a line now and then. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const BAR_WIDTH = 30;
const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;

/** Shows how far a piece of work is; `end` closes the line. */
export class Progress {
  readonly #title: string;
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #last = '';

  constructor(title: string, output: ProgressOutput, now: () => number) {
    this.#title = title;
    this.#output = output;
    this.#now = now;
  }

  show(done: number, total: number): void {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const percent = `${Math.floor(share * 100)} %`;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}`;
    const tty = this.#output.isTTY === true;
    this.#last = tty
      ? `\r${this.#title} [${bar}] ${percent} (${done} of ${total})`
      : `${this.#title}: ${percent} (${done} of ${total})\n`;
    if (this.#now() - this.#shownAt < (tty ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    this.#flush();
  }

  end(): void {
    this.#flush();
    if (this.#output.isTTY === true) this.#output.write('\n');
  }

  #flush(): void {
    if (this.#last === '') return;
    this.#output.write(this.#last);
    this.#last = '';
    this.#shownAt = this.#now();
  }
}
