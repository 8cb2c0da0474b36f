import type { Clock, ConversationStore, Logger } from '../ports/index.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { Sealer } from './seal.ts';

/** Ends of transcripts are written down this often; a cut within the last second of a live chat could go unseen. */
const ANCHOR_MS = 1_000;

export interface AnchorsDeps {
  readonly lanes: Lanes;
  readonly sealer: Sealer;
  readonly conversations: ConversationStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps an authenticated note of how far each transcript reaches, away from the hot path. */
export class Anchors {
  readonly #deps: AnchorsDeps;
  readonly #stop: () => void;

  constructor(deps: AnchorsDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(ANCHOR_MS, () => {
      this.writeAll().catch((error) => deps.logger.error('anchors could not be written', error));
    });
  }

  /** Writes the ends of all lanes that have moved since the last time. */
  async writeAll(): Promise<void> {
    await this.write([...this.#deps.lanes.all()]);
  }

  async write(lanes: readonly Lane[]): Promise<void> {
    const moved = lanes.filter((lane) => lane.head.seq > lane.anchoredSeq && !lane.stale && !lane.gone);
    if (moved.length === 0) return;
    const written = moved.map((lane) => ({
      lane,
      anchor: this.#deps.sealer.anchor(lane.context, lane.head),
    }));
    await this.#deps.conversations.anchor(
      written.map(({ lane, anchor }) => ({
        accountId: lane.context.accountId,
        conversationId: lane.id,
        anchor,
        onlyFurther: true,
      })),
    );
    for (const { lane, anchor } of written) lane.anchoredSeq = Math.max(lane.anchoredSeq, anchor.seq);
  }

  close(): void {
    this.#stop();
  }
}
