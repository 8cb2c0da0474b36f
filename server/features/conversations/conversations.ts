import type { ChatUpdate, ClosedBy, ResumedChat } from '../../../shared/protocol/index.ts';
import {
  type ClosedConversation,
  type Conversation,
  type ConversationOrigin,
  closed,
  DAY_MS,
  type QueuedConversation,
  Refusal,
  requireMayRead,
  requireWith,
  type StaffPrincipal,
  type StoredDecision,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import { assertParty, type Sender } from '../../pipeline/admit.ts';
import type { Anchors } from '../../pipeline/anchors.ts';
import type { Lane } from '../../pipeline/lane.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { TranscriptReader } from '../../pipeline/transcript-reader.ts';
import type { Clock, ConversationEvents, ConversationStore, Ids, Metrics } from '../../ports/index.ts';
import { presentChatUpdate } from '../../presenters/conversation-presenter.ts';
import { presentMessage } from '../../presenters/message-presenter.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { Routing } from '../routing/routing.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';
import type { AgentNames } from './agent-names.ts';
import type { ConversationChanger } from './change-conversation.ts';
import type { ConversationNotifier } from './notifier.ts';

export interface ConversationsDeps {
  readonly conversations: ConversationStore;
  readonly changer: ConversationChanger;
  readonly notifier: ConversationNotifier;
  readonly routing: Routing;
  readonly lanes: Lanes;
  readonly anchors: Anchors;
  readonly reader: TranscriptReader;
  readonly redactor: Redactor;
  readonly settings: AccountSettingsReader;
  readonly departments: Pick<DepartmentDirectory, 'find'>;
  readonly profiles: ConversationProfiles;
  readonly names: AgentNames;
  readonly observer: ConversationObserver;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly metrics: Metrics;
  readonly events: Pick<ConversationEvents, 'tell'>;
}

/** Who wants to know of a conversation's life. Must be quick, and must not throw. */
export interface ConversationObserver {
  started(conversation: Conversation): void;
  closed(conversation: Conversation): void;
  /** `before` is the conversation as it was before this rating. */
  rated(conversation: Conversation, before: Conversation): void;
}

/** How a conversation begins; `departmentId` is whose it is to be. */
export interface NewConversation {
  readonly prechat?: Readonly<Record<string, string>> | undefined;
  /** The invitation that it comes from. */
  readonly engagement?: ConversationOrigin | undefined;
  /** Why the rules chose this visitor; it is kept with the conversation. */
  readonly decision?: StoredDecision | undefined;
  readonly departmentId?: string | undefined;
}

/** The life of conversations: started, resumed, changed, rated, closed. */
export class Conversations {
  readonly #deps: ConversationsDeps;

  constructor(deps: ConversationsDeps) {
    this.#deps = deps;
  }

  /**
   * Starts the visitor's conversation, or answers the one that is open: two starts at once make one. Where an
   * agent is free it is theirs when this returns.
   * @throws Refusal `department.unknown`
   */
  async start(visitor: VisitorPrincipal, input: NewConversation): Promise<ChatUpdate & { caseId: string }> {
    const open = await this.#deps.conversations.findOpenBySession(visitor.sessionId);
    const standing = open ?? (await this.#create(visitor, input));
    const current = (await this.#deps.conversations.get(visitor.accountId, standing.id)) ?? standing;
    return { ...(await this.#stateOf(current)), caseId: current.caseId };
  }

  /**
   * Makes room for a message that is left when nobody is online: in the visitor's open conversation, or in a new
   * one that waits in the queue. The address to answer to is kept sealed with the profile.
   */
  async leaveMessage(
    visitor: VisitorPrincipal,
    { email }: { email?: string | undefined },
  ): Promise<{ conversationId: string; caseId: string }> {
    const prechat = email === undefined ? {} : { email };
    const open = await this.#deps.conversations.findOpenBySession(visitor.sessionId);
    const { id, caseId } = open ?? (await this.#create(visitor, { prechat }));
    if (open !== undefined && email !== undefined) await this.#deps.profiles.merge(open, { prechat });
    return { conversationId: id, caseId };
  }

  /**
   * Everything of a chat after `afterSeq`: the messages, and the whole state with them.
   * @throws Refusal `not_found`, `forbidden`, `transcript.tampered`
   */
  async resume(
    party: Sender & { accountId: string },
    ref: { conversationId: string; afterSeq: number },
  ): Promise<ResumedChat> {
    const lane = await this.#deps.lanes.open(party.accountId, ref.conversationId);
    const conversation = await this.#deps.conversations.get(party.accountId, ref.conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
    if (party.kind === 'visitor') {
      assertParty(conversation, party);
      if (conversation.status !== 'closed') this.#deps.profiles.follow(conversation);
    }
    const opened = await this.#deps.reader.read(lane.context, {
      afterSeq: ref.afterSeq,
      anchor: conversation.anchor,
    });
    const visible = party.kind === 'visitor' ? opened.filter(({ kind }) => kind !== 'note') : opened;
    const { status, agent, queuePosition } = await this.#stateOf(conversation);
    return {
      messages: visible.map((message) =>
        presentMessage(message, message.seq, { toSender: isFrom(message.from, party) }),
      ),
      status,
      caseId: conversation.caseId,
      ...(agent !== undefined && { agent }),
      ...(queuePosition !== undefined && { queuePosition }),
      seenSeq: party.kind === 'visitor' ? lane.seen.agent : lane.seen.visitor,
    };
  }

  /** What staff sees of one conversation. @throws Refusal `not_found` */
  async get(accountId: string, conversationId: string): Promise<Conversation> {
    const conversation = await this.#deps.conversations.get(accountId, conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
    return conversation;
  }

  /** Closes it; closing what is closed answers it as it is. */
  async close(
    ref: { accountId: string; conversationId: string },
    closedBy: ClosedBy,
    check: (conversation: Conversation) => void = () => {},
  ): Promise<Conversation> {
    // What the last try saw: of two who close at once, the one whose write came second has closed nothing.
    let before: Conversation | undefined;
    const conversation = await this.#deps.changer.change(ref, (current): Conversation => {
      check(current);
      before = current;
      return current.status === 'closed' ? current : closed(current, closedBy, this.#deps.clock.now());
    });
    if (conversation.status === 'closed' && conversation !== before) {
      await this.#afterClose(conversation, before?.status === 'active' ? before.agentId : undefined);
    }
    return conversation;
  }

  /** @throws Refusal `not_found` when it is not this visitor's */
  async endByVisitor(visitor: VisitorPrincipal, conversationId: string): Promise<void> {
    const ref = { accountId: visitor.accountId, conversationId };
    await this.close(ref, 'visitor', (current) => assertParty(current, { kind: 'visitor', ...visitor }));
  }

  /** @throws Refusal `not_found` also when they may not read it, `forbidden` when it is another agent's */
  async closeByAgent(agent: StaffPrincipal, conversationId: string): Promise<Conversation> {
    const ref = { accountId: agent.accountId, conversationId };
    return this.close(ref, 'agent', (current) => {
      requireWith(agent, 'conversation:handle', current);
      requireMayRead(agent, current);
      if (current.status === 'active') assertParty(current, { kind: 'agent', agentId: agent.userId });
    });
  }

  /** The visitor's judgement, 1 to 5; the comment is kept sealed with the profile. */
  async rate(
    visitor: VisitorPrincipal,
    input: { conversationId: string; score: number; comment?: string | undefined },
  ): Promise<void> {
    const { accountId } = visitor;
    const ref = { accountId, conversationId: input.conversationId };
    let before: Conversation | undefined;
    const rated = await this.#deps.changer.change(ref, (current) => {
      before = current;
      assertParty(current, { kind: 'visitor', sessionId: visitor.sessionId });
      return { ...current, rating: input.score, version: current.version + 1 };
    });
    if (input.comment !== undefined) {
      await this.#deps.profiles.merge(rated, { ratingComment: input.comment });
    }
    this.#deps.observer.rated(rated, before ?? rated);
    const formerRating = before?.rating;
    this.#deps.events.tell({ name: 'conversation.rated', conversation: rated, formerRating });
    await this.#deps.notifier.changed(rated);
  }

  /** Tags and case ids are typed by people, so they are redacted like a message. */
  async tag(agent: StaffPrincipal, conversationId: string, tags: readonly string[]): Promise<Conversation> {
    const clean = await Promise.all(tags.map((tag) => this.#clean(agent.accountId, tag)));
    return this.#label(agent, conversationId, { tags: [...new Set(clean)] });
  }

  async setCase(agent: StaffPrincipal, conversationId: string, caseId: string): Promise<Conversation> {
    return this.#label(agent, conversationId, { caseId: await this.#clean(agent.accountId, caseId) });
  }

  async #label(
    agent: StaffPrincipal,
    conversationId: string,
    labels: { tags?: readonly string[]; caseId?: string },
  ): Promise<Conversation> {
    const ref = { accountId: agent.accountId, conversationId };
    const next = await this.#deps.changer.change(ref, (current) => {
      requireWith(agent, 'conversation:handle', current);
      requireMayRead(agent, current);
      return { ...current, ...labels, version: current.version + 1 };
    });
    await this.#deps.notifier.changed(next, agent.userId);
    return next;
  }

  async #clean(accountId: string, text: string): Promise<string> {
    return (await this.#deps.redactor.text(accountId, text, { from: 'agent', place: 'message' })).text;
  }

  #newConversation(
    visitor: VisitorPrincipal,
    { retentionDays, engagement, departmentId }: NewConversation & { readonly retentionDays: number },
  ): QueuedConversation {
    const now = this.#deps.clock.now();
    return {
      id: this.#deps.ids.id(),
      accountId: visitor.accountId,
      siteId: visitor.siteId,
      sessionId: visitor.sessionId,
      caseId: this.#deps.ids.caseId(),
      tags: [],
      ...(engagement !== undefined && { engagement }),
      ...(departmentId !== undefined && { departmentId }),
      status: 'queued',
      version: 1,
      startedAt: now,
      queuedAt: now,
      expiresAt: now + retentionDays * DAY_MS,
    };
  }

  /** The key comes first: a conversation that stands can always be written to. */
  async #create(visitor: VisitorPrincipal, input: NewConversation): Promise<Conversation> {
    const { prechat = {}, engagement, decision, departmentId } = input;
    await this.#requireDepartment(visitor.accountId, departmentId);
    const settings = await this.#deps.settings.get(visitor.accountId);
    const retentionDays = settings.transcriptRetentionDays;
    const draft = this.#newConversation(visitor, { retentionDays, engagement, departmentId });
    await this.#deps.lanes.create(draft);
    const standing = await this.#deps.conversations.create(draft);
    if (standing.id === draft.id) await this.#begin(standing, { prechat, decision });
    else await this.#deps.lanes.discard(draft.id);
    return standing;
  }

  async #requireDepartment(accountId: string, departmentId: string | undefined): Promise<void> {
    if (departmentId === undefined) return;
    if ((await this.#deps.departments.find(accountId, departmentId)) === undefined)
      throw new Refusal('department.unknown', { missing: { kind: 'department', id: departmentId } });
  }

  async #begin(
    conversation: Conversation,
    known: Parameters<ConversationProfiles['begin']>[1],
  ): Promise<void> {
    await this.#deps.profiles.begin(conversation, known);
    this.#deps.metrics.count('conversations_started_total');
    this.#deps.observer.started(conversation);
    this.#deps.events.tell({ name: 'conversation.started', conversation });
    this.#deps.notifier.queueChanged(conversation.accountId);
    await this.#deps.routing.drain(conversation.accountId);
    const current = await this.#deps.conversations.get(conversation.accountId, conversation.id);
    if (current?.status === 'queued') this.#deps.notifier.offered(current);
  }

  async #afterClose(conversation: ClosedConversation, agentId: string | undefined): Promise<void> {
    const { accountId } = conversation;
    this.#deps.metrics.count('conversations_closed_total');
    this.#deps.observer.closed(conversation);
    this.#deps.events.tell({ name: 'conversation.closed', conversation });
    await this.#anchorEnd(this.#deps.lanes.peek(conversation.id));
    await this.#deps.notifier.changed(conversation, agentId);
    this.#deps.notifier.queueChanged(accountId);
    if (agentId !== undefined) await this.#deps.routing.released(accountId, agentId);
  }

  async #anchorEnd(lane: Lane | undefined): Promise<void> {
    if (lane === undefined) return;
    await lane.whenIdle();
    await this.#deps.anchors.write([lane]);
  }

  async #stateOf(conversation: Conversation): Promise<ChatUpdate> {
    const [agentName, queuePosition] = await Promise.all([
      this.#deps.names.ofConversation(conversation),
      this.#deps.notifier.positionOf(conversation),
    ]);
    return presentChatUpdate(conversation, { agentName, queuePosition });
  }
}

function isFrom(author: { kind: string; id?: string }, party: Sender): boolean {
  if (party.kind === 'system') return false;
  if (party.kind === 'visitor') return author.kind === 'visitor';
  return author.kind === 'agent' && author.id === party.agentId;
}
