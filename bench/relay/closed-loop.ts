import { performance } from 'node:perf_hooks';
import { spreadOf } from '../support/statistics.ts';
import { type Chat, readDelivery } from './chat.ts';
import type { RunOrder, RunResult } from './load-plan.ts';

/** After the time is up, what is under way must arrive within this time, or it counts as lost. */
const TAIL_MS = 15_000;

/** Every sender keeps a window of messages in flight: the next one goes out when one is acknowledged. */
export class ClosedLoop {
  readonly #chats: ReadonlyMap<string, Chat>;
  readonly #texts: readonly string[];
  #run: Run | undefined;
  #nextText = 0;

  constructor(chats: readonly Chat[], texts: readonly string[]) {
    this.#chats = new Map(chats.map((chat) => [chat.conversationId, chat]));
    this.#texts = texts;
  }

  /** To be given every event that an agent's socket receives. */
  received(frame: string): void {
    const delivery = readDelivery(frame);
    const chat = delivery && this.#chats.get(delivery.conversationId);
    if (delivery === undefined || chat === undefined) return;
    this.#run?.delivered(chat.delivered(delivery.seq));
  }

  async run({ window, seconds }: RunOrder): Promise<RunResult> {
    const run = new Run(seconds);
    this.#run = run;
    for (const chat of this.#chats.values()) {
      for (let inFlight = 0; inFlight < window; inFlight += 1) this.#send(chat, run);
    }
    return run.finished();
  }

  #send(chat: Chat, run: Run): void {
    const sentAt = performance.now();
    if (sentAt >= run.until) return;
    const text = this.#texts[this.#nextText++ % this.#texts.length] ?? '""';
    run.sent += 1;
    chat.send(text, (ok) => {
      run.acked(ok, performance.now() - sentAt);
      this.#send(chat, run);
    });
  }
}

/** The counts and times of one run. */
class Run {
  readonly #startedAt = performance.now();
  readonly #loopBefore = performance.eventLoopUtilization();
  readonly #seconds: number;
  readonly until: number;
  readonly #ackMs: number[] = [];
  readonly #deliveryMs: number[] = [];
  sent = 0;
  #acked = 0;
  #ackedInTime = 0;
  #delivered = 0;
  #refused = 0;
  #outOfOrder = 0;
  #generatorBusy = 0;
  #whenDone: () => void = () => {};

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.until = this.#startedAt + seconds * 1_000;
  }

  acked(ok: boolean, tookMs: number): void {
    if (ok) this.#acked += 1;
    else this.#refused += 1;
    if (ok && performance.now() < this.until) {
      this.#ackedInTime += 1;
      this.#ackMs.push(tookMs);
    }
    this.#check();
  }

  delivered({ tookMs, inOrder }: { tookMs: number; inOrder: boolean }): void {
    this.#delivered += 1;
    if (!inOrder) this.#outOfOrder += 1;
    if (performance.now() < this.until) this.#deliveryMs.push(tookMs);
    this.#check();
  }

  /** Resolves when all that was sent is answered and delivered, or the tail's time is up. */
  async finished(): Promise<RunResult> {
    await this.#timeUp(this.#seconds * 1_000);
    this.#generatorBusy = performance.eventLoopUtilization(this.#loopBefore).utilization;
    await Promise.race([this.#done(), this.#timeUp(TAIL_MS)]);
    return {
      messagesPerSecond: this.#ackedInTime / this.#seconds,
      ack: spreadOf(this.#ackMs),
      delivery: spreadOf(this.#deliveryMs),
      sent: this.sent,
      acked: this.#acked,
      delivered: this.#delivered,
      refused: this.#refused,
      outOfOrder: this.#outOfOrder,
      generatorBusy: this.#generatorBusy,
    };
  }

  #timeUp(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, ms).unref();
    });
  }

  #done(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenDone = resolve;
      this.#check();
    });
  }

  #check(): void {
    const answered = this.#acked + this.#refused;
    if (answered >= this.sent && this.#delivered >= this.#acked) this.#whenDone();
  }
}
