import type { StaffPrincipal, VisitorPrincipal } from '../../domain/index.ts';
import { assertParty } from '../../pipeline/admit.ts';
import type { Lane } from '../../pipeline/lane.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { SplitGuard } from '../../pipeline/split-guard.ts';
import type { Broadcaster } from '../../ports/index.ts';

export interface LiveSignalsDeps {
  readonly lanes: Lanes;
  readonly redactor: Redactor;
  readonly splitGuard: Pick<SplitGuard, 'preview'>;
  readonly broadcaster: Broadcaster;
}

/** Typing and seen marks: shown at once, never stored. */
export class LiveSignals {
  readonly #deps: LiveSignalsDeps;

  constructor(deps: LiveSignalsDeps) {
    this.#deps = deps;
  }

  /** The agent sees that the visitor writes, and what, after redaction. */
  async visitorTyping(
    visitor: VisitorPrincipal,
    typing: { conversationId: string; active: boolean; text?: string | undefined },
  ): Promise<void> {
    const lane = await this.#visitorLane(visitor, typing.conversationId);
    const agentId = agentOf(lane);
    if (agentId === undefined) return;
    const preview = await this.#preview(lane, visitor, typing.text);
    const { accountId } = visitor;
    const { conversationId } = typing;
    this.#deps.broadcaster.toChat({ accountId, conversationId, agentId }, 'typing', {
      conversationId,
      from: { kind: 'visitor', id: visitor.sessionId },
      active: typing.active,
      ...preview,
    });
  }

  async agentTyping(
    agent: StaffPrincipal,
    typing: { conversationId: string; active: boolean },
  ): Promise<void> {
    const lane = await this.#agentLane(agent, typing.conversationId);
    const { sessionId } = lane.conversation;
    this.#deps.broadcaster.toVisitor({ sessionId }, 'typing', {
      conversationId: typing.conversationId,
      from: { kind: 'agent', id: agent.userId, name: agent.name },
      active: typing.active,
    });
  }

  async visitorSeen(visitor: VisitorPrincipal, seen: { conversationId: string; seq: number }): Promise<void> {
    const lane = await this.#visitorLane(visitor, seen.conversationId);
    const seq = Math.min(seen.seq, lane.head.seq);
    if (seq <= lane.seen.visitor) return;
    lane.seen.visitor = seq;
    const agentId = agentOf(lane);
    if (agentId === undefined) return;
    const { accountId } = visitor;
    const { conversationId } = seen;
    this.#deps.broadcaster.toChat({ accountId, conversationId, agentId }, 'message:seen', {
      conversationId,
      from: { kind: 'visitor', id: visitor.sessionId },
      seq,
    });
  }

  async agentSeen(agent: StaffPrincipal, seen: { conversationId: string; seq: number }): Promise<void> {
    const lane = await this.#agentLane(agent, seen.conversationId);
    const seq = Math.min(seen.seq, lane.head.seq);
    if (seq <= lane.seen.agent) return;
    lane.seen.agent = seq;
    const { sessionId } = lane.conversation;
    this.#deps.broadcaster.toVisitor({ sessionId }, 'message:seen', {
      conversationId: seen.conversationId,
      from: { kind: 'agent', id: agent.userId, name: agent.name },
      seq,
    });
  }

  /** A number of which the first half is sent and the second is being typed is no more shown than a whole one. */
  async #preview(
    lane: Lane,
    visitor: VisitorPrincipal,
    text: string | undefined,
  ): Promise<{ text?: string }> {
    if (text === undefined) return {};
    const { redactor, splitGuard } = this.#deps;
    const rules = await redactor.rulesOf(visitor.accountId);
    const origin = { from: 'visitor', place: 'message', counted: false } as const;
    const clean = redactor.apply(rules, text, origin).text;
    const from = { kind: 'visitor', id: visitor.sessionId } as const;
    return { text: splitGuard.preview(lane, { from, text: clean }, rules) };
  }

  async #visitorLane(visitor: VisitorPrincipal, conversationId: string): Promise<Lane> {
    const lane = await this.#deps.lanes.open(visitor.accountId, conversationId);
    assertParty(lane.conversation, { kind: 'visitor', sessionId: visitor.sessionId });
    return lane;
  }

  async #agentLane(agent: StaffPrincipal, conversationId: string): Promise<Lane> {
    const lane = await this.#deps.lanes.open(agent.accountId, conversationId);
    assertParty(lane.conversation, { kind: 'agent', agentId: agent.userId });
    return lane;
  }
}

function agentOf({ conversation }: Lane): string | undefined {
  return conversation.status === 'active' ? conversation.agentId : undefined;
}
