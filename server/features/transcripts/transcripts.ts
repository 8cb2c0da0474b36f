import type { Page, WireConversation, WireTranscript } from '../../../shared/protocol/index.ts';
import {
  type Authorization,
  actorOf,
  type Conversation,
  type ConversationStatus,
  departmentsOf,
  profileFor,
  Refusal,
  readerOf,
  requireMayRead,
  requireWith,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { TranscriptReader } from '../../pipeline/transcript-reader.ts';
import { type Broadcaster, type Clock, type ConversationStore, IntegrityError } from '../../ports/index.ts';
import { presentConversation } from '../../presenters/conversation-presenter.ts';
import { presentMessage } from '../../presenters/message-presenter.ts';
import {
  type ExportFormat,
  renderTranscript,
  type TranscriptFile,
} from '../../presenters/transcript-file.ts';
import type { Attachments } from '../attachments/index.ts';
import type { Audit } from '../audit/index.ts';
import type { AgentNames } from '../conversations/agent-names.ts';
import type { Erasure } from '../erasure/erasure.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';
import type { ConversationSearch } from './conversation-search.ts';

export interface TranscriptsDeps {
  readonly conversations: ConversationStore;
  readonly search: ConversationSearch;
  readonly lanes: Lanes;
  readonly reader: TranscriptReader;
  readonly profiles: ConversationProfiles;
  readonly attachments: Pick<Attachments, 'openAll'>;
  readonly names: AgentNames;
  readonly erasure: Erasure;
  readonly audit: Audit;
  readonly broadcaster: Broadcaster;
  readonly clock: Clock;
}

/** What a search looks for; times are epoch milliseconds. */
export interface TranscriptFilter {
  readonly agentId?: string | undefined;
  readonly status?: ConversationStatus | undefined;
  readonly caseId?: string | undefined;
  readonly tag?: string | undefined;
  readonly departmentId?: string | undefined;
  /** Exact values of searchable fields of the profile; all must match. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Kept conversations, searched, read, exported and erased by staff. Every read of content is audited. */
export class Transcripts {
  readonly #deps: TranscriptsDeps;

  constructor(deps: TranscriptsDeps) {
    this.#deps = deps;
  }

  /**
   * Newest first, without any message text.
   * @throws Refusal `forbidden` when profile fields are searched without the authorization
   */
  async list(staff: StaffPrincipal, filter: TranscriptFilter): Promise<Page<WireConversation>> {
    const { fields = {}, limit, ...rest } = filter;
    const by = Object.keys(fields);
    if (by.length > 0 && !staff.authorizations.has('profile:search')) throw new Refusal('forbidden');
    const departments = departmentsOf(staff, 'conversation:read');
    const reader = readerOf(staff);
    const kept = { ...(departments && { departments }), ...(reader && { reader }) };
    const page = await this.#deps.search.find(
      { accountId: staff.accountId, limit, ...definedOnly(rest), ...kept },
      fields,
    );
    await this.#auditSearch(staff, filter);
    const living = page.items.filter((conversation) => !this.#isOver(conversation));
    const items = await Promise.all(living.map((conversation) => this.#present(conversation)));
    return { items, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }) };
  }

  /** By what was searched, once for all pages; for what is personal data, and is not written down. */
  async #auditSearch(staff: StaffPrincipal, filter: TranscriptFilter): Promise<void> {
    const { fields = {}, limit: _limit, cursor, ...others } = filter;
    if (cursor !== undefined) return;
    const by = [...Object.keys(definedOnly(others)), ...Object.keys(fields).map((key) => `field.${key}`)];
    await this.#deps.audit.byStaff(staff, {
      action: 'conversation.searched',
      details: by.length === 0 ? {} : { by: by.sort().join(' ') },
    });
  }

  /** @throws Refusal `not_found`, `transcript.tampered` */
  async get(
    staff: StaffPrincipal,
    id: string,
    include: { messages: boolean; profile: boolean },
  ): Promise<WireTranscript> {
    const conversation = await this.#find(staff, id, 'conversation:read');
    requireMayRead(staff, conversation);
    const view = await this.#present(conversation, true);
    if (!include.messages && !include.profile) {
      await this.#deps.audit.byStaff(staff, {
        action: 'conversation.read',
        target: { kind: 'conversation', id },
      });
      return view;
    }
    const parts = await this.#readParts(conversation, include).catch((error) =>
      this.#reportTampered(staff, id, error),
    );
    await this.#deps.audit.byStaff(staff, {
      action: 'transcript.read',
      target: { kind: 'conversation', id },
      details: include,
    });
    const { profile } = parts;
    return { ...view, ...parts, ...(profile && { profile: profileFor(staff, conversation, profile) }) };
  }

  /** @throws Refusal `not_found`, `transcript.tampered` */
  async exportAs(
    staff: StaffPrincipal,
    id: string,
    { format, files }: { format: ExportFormat; files: boolean },
  ): Promise<TranscriptFile> {
    await this.#find(staff, id, 'transcript:export');
    const transcript = await this.get(staff, id, { messages: true, profile: true });
    const opened = files ? await this.#filesOf(staff, id) : [];
    await this.#deps.audit.byStaff(staff, {
      action: 'transcript.exported',
      target: { kind: 'conversation', id },
      details: { format, files: opened.length },
    });
    return renderTranscript(transcript, format, opened);
  }

  async #filesOf({ accountId }: StaffPrincipal, id: string) {
    const { context } = await this.#deps.lanes.open(accountId, id);
    return this.#deps.attachments.openAll(context);
  }

  /** @throws Refusal `not_found`, also the second time */
  async erase(staff: StaffPrincipal, id: string): Promise<{ erased: true; certificateId: string }> {
    const conversation = await this.#find(staff, id, 'transcript:erase');
    const certificateId = await this.#deps.erasure.erase(conversation, actorOf(staff));
    return { erased: true, certificateId };
  }

  async #find(staff: StaffPrincipal, id: string, authorization: Authorization): Promise<Conversation> {
    const conversation = await this.#deps.conversations.get(staff.accountId, id);
    if (conversation === undefined || this.#isOver(conversation)) throw new Refusal('not_found');
    requireWith(staff, authorization, conversation);
    return conversation;
  }

  /** Its time is over: it is not shown any more, even while the purge is late. */
  #isOver({ expiresAt }: Conversation): boolean {
    return expiresAt <= this.#deps.clock.now();
  }

  async #present(conversation: Conversation, live = false): Promise<WireConversation> {
    const agentName = await this.#deps.names.ofConversation(conversation);
    if (!live || conversation.status === 'closed') return presentConversation(conversation, { agentName });
    const visitorOnline = await this.#deps.broadcaster.visitorOnline(conversation.sessionId);
    return presentConversation(conversation, { agentName, visitorOnline });
  }

  async #readParts(
    conversation: Conversation,
    include: { messages: boolean; profile: boolean },
  ): Promise<Pick<WireTranscript, 'messages' | 'profile'>> {
    const { context } = await this.#deps.lanes.open(conversation.accountId, conversation.id);
    const [opened, profile] = await Promise.all([
      include.messages
        ? this.#deps.reader.read(context, { afterSeq: 0, anchor: conversation.anchor })
        : undefined,
      include.profile ? this.#deps.profiles.read(context) : undefined,
    ]);
    const messages = opened?.map((message) => presentMessage(message, message.seq, { toSender: false }));
    return { ...(messages && { messages }), ...(profile && { profile }) };
  }

  async #reportTampered(staff: StaffPrincipal, id: string, error: unknown): Promise<never> {
    const tampered =
      error instanceof IntegrityError || (error instanceof Refusal && error.code === 'transcript.tampered');
    if (!tampered) throw error;
    await this.#deps.audit.byStaff(staff, {
      action: 'transcript.integrity_failed',
      target: { kind: 'conversation', id },
      details: {},
    });
    throw new Refusal('transcript.tampered');
  }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOnly<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>;
}
