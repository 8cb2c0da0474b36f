import type { Sealed } from '../domain/index.ts';
import type { ConversationMark, ConversationStore, MessageStore } from '../ports/index.ts';
import type { Lane, LaneEntry } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { ChainHead, Sealer } from './seal.ts';

export interface StandingDeps {
  readonly conversations: Pick<ConversationStore, 'marks'>;
  readonly messages: Pick<MessageStore, 'read' | 'reseal' | 'deleteConversation'>;
  readonly sealer: Sealer;
  readonly lanes: Pick<Lanes, 'refresh' | 'drop'>;
}

/** A message that was just stored, and the lane that it went through. */
export interface Written {
  readonly lane: Lane;
  readonly entry: LaneEntry;
  readonly sealed: Sealed;
}

/**
 * Looks at conversations again right after messages of them were stored and before anybody is told, because other nodes
 * may have erased, changed or sealed them anew meanwhile, whether their notice came or not. They look after their own
 * writes too, so whoever is last sees what the other did.
 */
export class Standing {
  readonly #deps: StandingDeps;

  constructor(deps: StandingDeps) {
    this.#deps = deps;
  }

  /** Answers the lanes whose conversation is gone; what was stored of those is deleted again. */
  async settle(written: readonly Written[]): Promise<ReadonlySet<Lane>> {
    const ofLane = new Map<Lane, Written[]>();
    for (const one of written) ofLane.set(one.lane, [...(ofLane.get(one.lane) ?? []), one]);
    const marks = await this.#deps.conversations.marks([...ofLane.keys()].map(({ id }) => id));
    const gone = new Set<Lane>();
    for (const [lane, items] of ofLane) {
      const mark = marks.get(lane.id);
      if (mark === undefined) {
        await this.#end(lane);
        gone.add(lane);
      } else {
        await this.#mend(lane, items, mark);
        if (mark.version > lane.conversation.version) this.#deps.lanes.refresh(lane);
      }
    }
    return gone;
  }

  async #end(lane: Lane): Promise<void> {
    lane.gone = true;
    this.#deps.lanes.drop(lane.id);
    await this.#deps.messages.deleteConversation(lane.id);
  }

  /** Another node may have sealed anew what these messages stand behind: then they follow what stands there now. */
  async #mend(lane: Lane, items: readonly Written[], { anchor }: ConversationMark): Promise<void> {
    if (anchor === undefined) return;
    const heads = [lane.head, ...items.map(({ sealed }): ChainHead => sealed.record)];
    const place = heads.findIndex(({ seq }) => seq === anchor.seq);
    const head = heads[place];
    if (head === undefined || head.seq === 0 || this.#deps.sealer.anchorIsOf(lane.context, anchor, head))
      return;
    const query = { conversationId: lane.id, afterSeq: head.seq - 1, limit: 1 };
    const [standing] = await this.#deps.messages.read(query);
    // What is about to be sealed anew is not yet: whoever does it finds these messages behind it afterwards.
    if (standing?.seq !== head.seq || Buffer.compare(standing.hash, head.hash) === 0) return;
    lane.stale = true;
    let before: ChainHead = standing;
    const renewed = items.slice(place).map(({ entry, sealed }) => {
      const { record } = this.#deps.sealer.seal(entry, lane.context, before);
      before = record;
      return { record, replaces: sealed.record.hash };
    });
    // False: the other node has found them, and sealed them itself.
    await this.#deps.messages.reseal(renewed);
  }
}
