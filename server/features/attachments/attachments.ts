import type { AttachmentPolicy, SentMessage, WireFile } from '../../../shared/protocol/index.ts';
import {
  type CleanFile,
  type Conversation,
  type Draft,
  type MessageFile,
  Private,
  Refusal,
  requireMayRead,
  type StaffPrincipal,
  type UploadedFile,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import { assertParty, type Sender } from '../../pipeline/admit.ts';
import { cleanAgain, cleanFile } from '../../pipeline/clean-file.ts';
import type { Floors } from '../../pipeline/floors.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { MessagePipeline } from '../../pipeline/message-pipeline.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { SealContext, Sealer } from '../../pipeline/seal.ts';
import { type FileSealer, wireFile } from '../../pipeline/seal-file.ts';
import type { TranscriptReader } from '../../pipeline/transcript-reader.ts';
import {
  type AttachmentStore,
  type Ids,
  IntegrityError,
  type RateLimit,
  type RateLimiter,
} from '../../ports/index.ts';
import { presentSent } from '../../presenters/message-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

export interface AttachmentsDeps {
  readonly store: AttachmentStore;
  readonly lanes: Lanes;
  readonly pipeline: MessagePipeline;
  readonly reader: TranscriptReader;
  readonly redactor: Redactor;
  readonly sealer: Sealer;
  readonly fileSealer: FileSealer;
  readonly floors: Pick<Floors, 'noteFile' | 'fileReach'>;
  readonly settings: AccountSettingsReader;
  readonly audit: Audit;
  readonly rateLimiter: RateLimiter;
  readonly ids: Ids;
  readonly limits: AttachmentLimits;
}

export interface AttachmentLimits {
  readonly maxBytes: number;
  readonly maxTextBytes: number;
  readonly perConversation: number;
  /** Counted by sender. */
  readonly uploads: RateLimit;
}

/** A file on its way into a conversation. */
export interface FileSubmission {
  readonly conversationId: string;
  readonly clientId: string;
  readonly file: UploadedFile;
}

/** A kept file, opened. */
export interface OpenedFile {
  readonly file: WireFile;
  readonly bytes: Uint8Array;
}

type Party = Pick<Draft, 'accountId' | 'from'> & { readonly sender: Sender };

/**
 * Files in conversations. A file is cleaned, sealed under the conversation's data key and kept before its message is;
 * the message holds its name and its place in the order, so a file without one is shown to nobody.
 */
export class Attachments {
  readonly #deps: AttachmentsDeps;

  constructor(deps: AttachmentsDeps) {
    this.#deps = deps;
  }

  /** What the account takes. */
  async policy(accountId: string): Promise<AttachmentPolicy> {
    const { enabled, kinds } = (await this.#deps.settings.get(accountId)).attachments;
    const { maxBytes, maxTextBytes } = this.#deps.limits;
    return { enabled: enabled && kinds.length > 0, kinds, maxBytes, maxTextBytes };
  }

  /** @throws Refusal `attachment.*`, `not_found`, `conversation.closed`, `rate_limited`, `payload_too_large` */
  sendByVisitor(visitor: VisitorPrincipal, submission: FileSubmission): Promise<SentMessage> {
    const { accountId, sessionId } = visitor;
    const sender = { kind: 'visitor', sessionId } as const;
    return this.#send({ accountId, from: { kind: 'visitor', id: sessionId }, sender }, submission);
  }

  /** @throws Refusal as for a visitor, and `forbidden` when the conversation is not this agent's */
  sendByStaff(staff: StaffPrincipal, submission: FileSubmission): Promise<SentMessage> {
    const { accountId, userId, name } = staff;
    const sender = { kind: 'agent', agentId: userId } as const;
    return this.#send({ accountId, from: { kind: 'agent', id: userId, name }, sender }, submission);
  }

  /** A file of the visitor's own conversation. @throws Refusal `not_found` */
  async openForVisitor(visitor: VisitorPrincipal, id: string, fileId: string): Promise<OpenedFile> {
    const lane = await this.#deps.lanes.open(visitor.accountId, id);
    assertParty(lane.conversation, { kind: 'visitor', sessionId: visitor.sessionId });
    return this.#open(lane.context, fileId);
  }

  /** A file of a conversation that they may read; audited. @throws Refusal `not_found` */
  async openForStaff(staff: StaffPrincipal, id: string, fileId: string): Promise<OpenedFile> {
    const lane = await this.#deps.lanes.open(staff.accountId, id);
    requireMayRead(staff, lane.conversation);
    const opened = await this.#open(lane.context, fileId);
    await this.#deps.audit.byStaff(staff, {
      action: 'attachment.read',
      target: { kind: 'conversation', id },
      details: { attachmentId: fileId },
    });
    return opened;
  }

  /** Every file of a conversation, for an export. */
  async openAll(context: SealContext): Promise<readonly OpenedFile[]> {
    const ids = await this.#deps.store.list(context.conversationId);
    return Promise.all(ids.map((id) => this.#open(context, id)));
  }

  /**
   * Applies today's rules to the kept text files of a conversation; answers whether something was redacted anew. A file
   * of before, put back, shows from then on.
   */
  async redactAgain({ accountId, id }: Conversation): Promise<boolean> {
    const { store, lanes, fileSealer, floors } = this.#deps;
    const ids = await store.list(id);
    if (ids.length === 0) return false;
    const { context } = await lanes.open(accountId, id);
    let changed = false;
    for (const fileId of ids) {
      const { file, bytes, revision: before } = await this.#openKept(context, fileId);
      const clean = await this.#cleanAgain(accountId, { kind: file.kind, bytes });
      if (clean === undefined) continue;
      const revision = before + 1;
      await store.put(fileSealer.seal(clean, context, { id: fileId, revision }));
      await floors.noteFile({ context, fileId }, revision);
      changed = true;
    }
    return changed;
  }

  /** Who sent a file stands in its message; a rule for one side alone is applied to both here. */
  async #cleanAgain(accountId: string, file: Pick<CleanFile, 'kind' | 'bytes'>) {
    const { redactor, limits } = this.#deps;
    const rules = await redactor.rulesOf(accountId);
    const { maxTextBytes } = limits;
    for (const from of ['visitor', 'agent'] as const) {
      const clean = await cleanAgain(file, { redactor, rules, from, maxTextBytes });
      if (clean !== undefined) return clean;
    }
    return undefined;
  }

  async #send(party: Party, submission: FileSubmission): Promise<SentMessage> {
    const { accountId, sender } = party;
    const { conversationId } = submission;
    const { context, conversation } = await this.#deps.lanes.open(accountId, conversationId);
    assertParty(conversation, sender, 'file');
    const known = await this.#answerOf(context, party, submission.clientId);
    if (known !== undefined) return known;
    if (conversation.status === 'closed') throw new Refusal('conversation.closed');
    await this.#requireRoom(party, conversationId);
    const { kept, pieces } = await this.#prepare(party, context, submission.file);
    try {
      // The first piece stands for the whole and comes last.
      await this.#deps.store.put([...pieces].reverse());
      const sent = await this.#deps.pipeline.send({ draft: draftOf(party, submission, kept), sender });
      // The same file sent twice at once: the other one stands.
      if (sent.file?.id !== kept.id) await this.#deps.store.delete(conversationId, kept.id);
      return sent;
    } catch (error) {
      await this.#deps.store.delete(conversationId, kept.id);
      throw error;
    }
  }

  async #answerOf(context: SealContext, party: Party, clientId: string): Promise<SentMessage | undefined> {
    const { sealer, reader } = this.#deps;
    const key = sealer.clientKeyOf(context, { from: party.from, clientId });
    const known = await reader.findByClientKey(context, key);
    return known === undefined ? undefined : presentSent(known, known.seq);
  }

  async #requireRoom({ from }: Party, conversationId: string): Promise<void> {
    const { rateLimiter, limits, store } = this.#deps;
    const retryAfterMs = await rateLimiter.take(limits.uploads, `${from.kind}:${from.id ?? ''}`);
    if (retryAfterMs > 0) throw new Refusal('rate_limited', { retryAfterMs });
    const kept = await store.list(conversationId);
    if (kept.length >= limits.perConversation) throw new Refusal('attachment.limit');
  }

  async #prepare({ accountId, from }: Party, context: SealContext, file: UploadedFile) {
    const { redactor, fileSealer, ids, limits } = this.#deps;
    const { enabled, kinds } = await this.policy(accountId);
    if (!enabled) throw new Refusal('attachment.disabled');
    if (file.bytes.byteLength > limits.maxBytes) throw new Refusal('payload_too_large');
    const side = from.kind === 'visitor' ? ('visitor' as const) : ('agent' as const);
    const rules = await redactor.rulesOf(accountId);
    const { maxTextBytes } = limits;
    const clean = await cleanFile(file, { redactor, rules, from: side, kinds, maxTextBytes });
    const id = ids.id();
    const { redacted, removed, kind, bytes } = clean;
    const kept = { ...wireFile(id, { kind, sizeBytes: bytes.byteLength }), redacted, removed };
    return { kept, pieces: fileSealer.seal(clean, context, { id, revision: 0 }) };
  }

  async #open(context: SealContext, fileId: string): Promise<OpenedFile> {
    const { revision: _revision, ...opened } = await this.#openKept(context, fileId);
    return opened;
  }

  /** @throws IntegrityError when it is not what was kept, or not the last that was */
  async #openKept(context: SealContext, fileId: string): Promise<OpenedFile & { revision: number }> {
    const reach = await this.#deps.floors.fileReach({ context, fileId });
    const pieces = await this.#deps.store.read(context.conversationId, fileId);
    if (pieces.length === 0) throw await this.#missing(context, fileId);
    const opened = this.#deps.fileSealer.open(pieces, context, fileId);
    if (opened.revision < reach) throw new IntegrityError();
    return opened;
  }

  /** A file whose message stands was taken away. */
  async #missing(context: SealContext, fileId: string): Promise<Error> {
    const messages = await this.#deps.reader.read(context, { afterSeq: 0 });
    const isSent = messages.some(({ file }) => file?.id === fileId);
    return isSent ? new IntegrityError() : new Refusal('not_found');
  }
}

function draftOf({ accountId, from }: Party, submission: FileSubmission, file: MessageFile): Draft {
  const { conversationId, clientId } = submission;
  return {
    accountId,
    conversationId,
    clientId,
    from,
    kind: 'file',
    text: new Private(submission.file.name),
    file,
  };
}
