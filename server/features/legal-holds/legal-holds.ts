import {
  type Conversation,
  DAY_MS,
  type HeldConversation,
  type HoldScope,
  isHeld,
  type LegalHold,
  Refusal,
  type StaffPrincipal,
  sessionOfKey,
  visitorKeyName,
} from '../../domain/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import {
  type Clock,
  type ConversationStore,
  type DataKeyStore,
  type EntityStore,
  type Ids,
  type Logger,
  logId,
  type StorePage,
  UniqueViolation,
} from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Subject, SubjectFinder, SubjectValues } from '../subjects/index.ts';
import type { SessionEnd } from './session-end.ts';
import type { TranscriptEnd } from './transcript-end.ts';

/** The record that a hold stood is kept for three years after it was released. */
const KEPT_AFTER_RELEASE_MS = 1_096 * DAY_MS;
/** Profiles of an account are gone through again for a hold whose field has no index. */
const SLOW_SEARCH_EVERY_MS = 60 * 60_000;
/** So long after it was placed, its transcripts are lifted again: a node may have written with what it read before. */
const SETTLING_MS = 5 * 60_000;
const PAGE = 200;
const ATTEMPTS = 8;

export interface LegalHoldsDeps {
  readonly holds: EntityStore<LegalHold>;
  readonly held: EntityStore<HeldConversation>;
  readonly conversations: ConversationStore;
  readonly dataKeys: Pick<DataKeyStore, 'get'>;
  readonly finder: SubjectFinder;
  readonly values: SubjectValues;
  readonly end: TranscriptEnd;
  readonly sessionEnd: SessionEnd;
  readonly redactor: Redactor;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whose transcripts to keep: one conversation's, or a subject's. */
export type HoldRequest = { readonly kind: 'conversation'; readonly conversationId: string } | Subject;

/**
 * Transcripts that must be kept for a stated reason: retention and erasure leave them alone until the hold is
 * released. A hold on a visitor or a person covers what they write later, too.
 */
export class LegalHolds {
  readonly #deps: LegalHoldsDeps;
  readonly #searchedAt = new Map<string, number>();
  #sweeping: Promise<void> | undefined;

  constructor(deps: LegalHoldsDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `not_found`, `invalid_value` (field) */
  async place(staff: StaffPrincipal, request: HoldRequest, reason: string): Promise<LegalHold> {
    const { accountId } = staff;
    await this.#requireKnown(accountId, request);
    const { holds, ids, clock, redactor, audit } = this.#deps;
    const id = ids.id();
    const clean = await redactor.text(accountId, reason, { from: 'agent', place: 'message', counted: false });
    const now = clock.now();
    const hold: LegalHold = {
      id,
      accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      status: 'active',
      ...(await this.#scopeOf(accountId, id, request)),
      reason: clean.text,
      placedBy: staff.userId,
    };
    await holds.insert(hold);
    await audit.byStaff(staff, {
      action: 'legal-hold.placed',
      target: { kind: 'legal-hold', id },
      details: { scope: request.kind },
    });
    if (await this.#isQuick(hold, request)) await this.#cover(hold);
    else void this.sweep();
    return hold;
  }

  /** Newest first. */
  list(
    { accountId }: StaffPrincipal,
    query: { status?: LegalHold['status'] | undefined; limit: number; cursor?: string | undefined },
  ): Promise<StorePage<LegalHold>> {
    const { status, limit, cursor } = query;
    const where = { accountId, ...(status !== undefined && { status }) };
    return this.#deps.holds.list({
      where,
      newestFirst: true,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
  }

  /** With the conversations that it keeps, up to 200. @throws Refusal `not_found` */
  async get(
    staff: StaffPrincipal,
    id: string,
  ): Promise<{ hold: LegalHold; conversationIds: readonly string[]; sessionIds: readonly string[] }> {
    const hold = await this.#deps.holds.get(id);
    if (hold?.accountId !== staff.accountId) throw new Refusal('not_found');
    const { items } = await this.#deps.held.list({ where: { holdId: id }, limit: PAGE });
    const names = items.map(({ conversationId }) => conversationId);
    return {
      hold,
      conversationIds: names.filter((name) => sessionOfKey(name) === undefined),
      sessionIds: names.map(sessionOfKey).filter((id) => id !== undefined),
    };
  }

  /** What is overdue goes with the next purge. @throws Refusal `not_found`, `conflict` (released before) */
  async release(staff: StaffPrincipal, id: string): Promise<LegalHold> {
    const released = await this.#markReleased(staff, id);
    await this.#free(released);
    await this.#deps.audit.byStaff(staff, {
      action: 'legal-hold.released',
      target: { kind: 'legal-hold', id },
    });
    return released;
  }

  /** Whether a hold keeps what the visitor of the session did. */
  async isSessionHeld(sessionId: string): Promise<boolean> {
    const where = { conversationId: visitorKeyName(sessionId) };
    return (await this.#deps.held.list({ where, limit: 1 })).items.length > 0;
  }

  /** Whether anything of the account is held. */
  async isAnyActive(accountId: string): Promise<boolean> {
    const { items } = await this.#deps.holds.list({ where: { accountId, status: 'active' }, limit: 1 });
    return items.length > 0;
  }

  /** Covers what came since a hold was placed, and frees what a release that was cut off left. A call joins one that runs. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    for await (const hold of this.#all('active')) {
      try {
        if (await this.#isDue(hold)) await this.#cover(hold);
      } catch (error) {
        this.#deps.logger.error('a legal hold could not be brought up to date', error, {
          holdId: logId(hold.id),
        });
      }
    }
    for await (const hold of this.#all('released')) await this.#free(hold);
  }

  async *#all(status: LegalHold['status']): AsyncGenerator<LegalHold> {
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.holds.list({ where: { status }, limit: PAGE, ...place });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  async #isDue(hold: LegalHold): Promise<boolean> {
    const subject = await this.#subjectOf(hold);
    if (subject === undefined || (await this.#deps.finder.isQuick(hold.accountId, subject))) return true;
    const before = this.#searchedAt.get(hold.id) ?? Number.NEGATIVE_INFINITY;
    return this.#deps.clock.now() - before >= SLOW_SEARCH_EVERY_MS;
  }

  async #cover(hold: LegalHold): Promise<void> {
    const { accountId, scope } = hold;
    this.#searchedAt.set(hold.id, this.#deps.clock.now());
    if (scope.kind === 'conversation') {
      const conversation = await this.#deps.conversations.get(accountId, scope.conversationId);
      if (conversation !== undefined) await this.#hold(hold, conversation);
      return;
    }
    const subject = await this.#subjectOf(hold);
    let cursor: string | undefined;
    do {
      if (subject === undefined) return;
      const step = await this.#deps.finder.step(accountId, subject, cursor);
      for (const conversation of step.conversations) await this.#hold(hold, conversation);
      for (const sessionId of step.sessionIds) await this.#holdSession(hold, sessionId);
      cursor = step.nextCursor;
    } while (cursor !== undefined);
  }

  async #hold(hold: LegalHold, conversation: Conversation): Promise<void> {
    const { end, clock } = this.#deps;
    const row = await this.#keepRow(hold, conversation.id);
    const settling = clock.now() - hold.createdAt < SETTLING_MS;
    if (!isHeld(conversation) || settling) await end.lift(conversation);
    await this.#confirm(hold, row);
  }

  /** Each time: while the visitor is there, their record is written with the end that it would have had. */
  async #holdSession(hold: LegalHold, sessionId: string): Promise<void> {
    const row = await this.#keepRow(hold, visitorKeyName(sessionId));
    await this.#deps.sessionEnd.lift(hold.accountId, sessionId);
    await this.#confirm(hold, row);
  }

  async #keepRow({ id: holdId, accountId }: LegalHold, conversationId: string): Promise<HeldConversation> {
    const now = this.#deps.clock.now();
    const row: HeldConversation = {
      ...{ id: `${holdId}.${conversationId}`, accountId, version: 1, createdAt: now, updatedAt: now },
      ...{ holdId, conversationId },
    };
    await this.#deps.held.insert(row).catch((error) => {
      if (!(error instanceof UniqueViolation)) throw error;
    });
    return row;
  }

  async #confirm(hold: LegalHold, row: HeldConversation): Promise<void> {
    const { held, dataKeys } = this.#deps;
    // Released, or erased, while it was being lifted.
    const current = await this.#deps.holds.get(hold.id);
    if (current?.status !== 'active') await this.#freeOne(row);
    else if ((await dataKeys.get(row.conversationId)) === undefined) await held.delete(row.id);
  }

  async #free({ id: holdId }: LegalHold): Promise<void> {
    for (;;) {
      const { items } = await this.#deps.held.list({ where: { holdId }, limit: PAGE });
      for (const row of items) await this.#freeOne(row);
      if (items.length === 0) return;
    }
  }

  /** Another hold may keep it still. */
  async #freeOne({ id, accountId, conversationId }: HeldConversation): Promise<void> {
    await this.#deps.held.delete(id);
    const { items } = await this.#deps.held.list({ where: { conversationId }, limit: 1 });
    if (items.length > 0) return;
    const sessionId = sessionOfKey(conversationId);
    if (sessionId !== undefined) return this.#deps.sessionEnd.giveBack(accountId, sessionId);
    const conversation = await this.#deps.conversations.get(accountId, conversationId);
    if (conversation !== undefined) await this.#deps.end.giveBack(conversation);
  }

  async #markReleased(staff: StaffPrincipal, id: string): Promise<LegalHold> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { hold } = await this.get(staff, id);
      if (hold.status === 'released') throw new Refusal('conflict', { detail: 'The hold is released.' });
      const now = this.#deps.clock.now();
      const { sealedValue: _gone, ...kept } = hold;
      const next: LegalHold = {
        ...kept,
        version: hold.version + 1,
        updatedAt: now,
        status: 'released',
        releasedBy: staff.userId,
        releasedAt: now,
        expiresAt: now + KEPT_AFTER_RELEASE_MS,
      };
      if (await this.#deps.holds.replace(next)) return next;
    }
    throw new Refusal('conflict');
  }

  async #requireKnown(accountId: string, request: HoldRequest): Promise<void> {
    if (request.kind !== 'conversation') return this.#deps.finder.requireKnown(accountId, request);
    const conversation = await this.#deps.conversations.get(accountId, request.conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
  }

  async #scopeOf(
    accountId: string,
    id: string,
    request: HoldRequest,
  ): Promise<{ scope: HoldScope; sealedValue?: string }> {
    if (request.kind !== 'subject') return { scope: request };
    const { field, value } = request;
    const { values } = this.#deps;
    const valueHash = await values.hash(accountId, field, value.reveal());
    return {
      scope: { kind: 'subject', field, valueHash },
      sealedValue: await values.seal(accountId, id, value),
    };
  }

  async #isQuick(hold: LegalHold, request: HoldRequest): Promise<boolean> {
    return request.kind === 'conversation' || this.#deps.finder.isQuick(hold.accountId, request);
  }

  async #subjectOf({ id, accountId, scope, sealedValue }: LegalHold): Promise<Subject | undefined> {
    if (scope.kind === 'visitor') return scope;
    if (scope.kind === 'conversation' || sealedValue === undefined) return undefined;
    const value = await this.#deps.values.open(accountId, id, sealedValue);
    return { kind: 'subject', field: scope.field, value };
  }
}
