import {
  type Conversation,
  type DataRequest,
  type ErasedScope,
  isHeld,
  Refusal,
} from '../../domain/index.ts';
import type { Clock, ConversationStore, ErasureList } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Certificates } from '../erasure/certificates.ts';
import type { ConversationEraser } from '../erasure/conversation-eraser.ts';
import { type Counts, sumOf } from '../erasure/counts.ts';
import type { LegalHolds } from '../legal-holds/index.ts';
import type { AccountEnd } from './account-end.ts';

/** Conversations erased between two notes of how far it is. */
const STEP = 10;

export interface ErasureStepsDeps {
  readonly conversations: ConversationStore;
  readonly eraser: ConversationEraser;
  readonly erasureList: Pick<ErasureList, 'append'>;
  readonly accountEnd: AccountEnd;
  readonly holds: Pick<LegalHolds, 'isSessionHeld' | 'isAnyActive'>;
  readonly certificates: Certificates;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** The steps of an erasure request. Each may be done again: what is gone already counts for nothing. */
export class ErasureSteps {
  readonly #deps: ErasureStepsDeps;

  constructor(deps: ErasureStepsDeps) {
    this.#deps = deps;
  }

  /** Does the next step; answers what has changed of the request. */
  async next(request: DataRequest): Promise<Partial<DataRequest>> {
    if (request.scope.kind === 'account') return this.#ofAccount(request);
    const nothingErased = Object.keys(request.counts).length === 0;
    if (nothingErased && (await this.#anyHeld(request))) return this.#refuse(request);
    if (request.conversationIds.length > 0) return this.#ofConversations(request);
    return this.#ofSessions(request);
  }

  async #ofConversations(request: DataRequest): Promise<Partial<DataRequest>> {
    const ids = request.conversationIds.slice(0, STEP);
    let { counts, held } = request;
    for (const id of ids) {
      const outcome = await this.#erase(request.accountId, id);
      if (outcome === 'held') held += 1;
      else counts = sumOf(counts, outcome);
    }
    return { counts, held, conversationIds: request.conversationIds.slice(ids.length) };
  }

  async #erase(accountId: string, id: string): Promise<Counts | 'held'> {
    const conversation = await this.#deps.conversations.get(accountId, id);
    if (conversation === undefined) return {};
    try {
      return (await this.#deps.eraser.erase(conversation)) ?? {};
    } catch (error) {
      if (error instanceof Refusal && error.code === 'legal_hold.active') return 'held';
      throw error;
    }
  }

  /** The visits themselves, and conversations that began meanwhile. */
  async #ofSessions(request: DataRequest): Promise<Partial<DataRequest>> {
    const { accountId, sessionIds } = request;
    const late = request.held > 0 ? [] : await this.#conversationsOf(accountId, sessionIds);
    if (late.length > 0) {
      return { conversationIds: late.map(({ id }) => id), found: request.found + late.length };
    }
    let { counts } = request;
    let { held } = request;
    for (const sessionId of sessionIds) {
      // A hold may have been placed meanwhile.
      if (await this.#deps.holds.isSessionHeld(sessionId)) held += 1;
      else counts = sumOf(counts, await this.#endSession(accountId, sessionId));
    }
    await this.#finish({ ...request, held }, counts);
    return { counts, held, status: 'done', sessionIds: [] };
  }

  async #endSession(accountId: string, sessionId: string): Promise<Counts> {
    const { erasureList, clock, eraser } = this.#deps;
    await erasureList.append([{ id: sessionId, kind: 'session', accountId, at: clock.now() }]);
    return eraser.eraseParts({ kind: 'session', accountId, sessionId });
  }

  async #ofAccount(request: DataRequest): Promise<Partial<DataRequest>> {
    const { accountId } = request;
    let { counts } = request;
    if (Object.keys(counts).length === 0) await this.#deps.accountEnd.shut(accountId);
    const items = await this.#lastOf(accountId);
    for (const { id } of items) {
      const outcome = await this.#erase(accountId, id);
      if (outcome === 'held') return this.#refuse(request);
      counts = sumOf(counts, outcome);
    }
    if (items.length > 0) return { counts, found: request.found + items.length };
    // One that was placed while conversations were being erased keeps the rest.
    if (await this.#deps.holds.isAnyActive(accountId)) return this.#refuse(request);
    counts = sumOf(counts, await this.#deps.accountEnd.finish(accountId));
    await this.#certify(request, counts, { kind: 'account' });
    return { counts, status: 'done' };
  }

  /** Conversations that are left; when there are none, the account goes, and who began one meanwhile shows. */
  async #lastOf(accountId: string): Promise<readonly Conversation[]> {
    const { conversations, accountEnd } = this.#deps;
    const { items } = await conversations.list({ accountId, limit: STEP });
    if (items.length > 0) return items;
    await accountEnd.remove(accountId);
    return (await conversations.list({ accountId, limit: STEP })).items;
  }

  async #anyHeld({ accountId, conversationIds, sessionIds }: DataRequest): Promise<boolean> {
    for (const id of sessionIds) if (await this.#deps.holds.isSessionHeld(id)) return true;
    for (const id of conversationIds) {
      const conversation = await this.#deps.conversations.get(accountId, id);
      if (conversation !== undefined && isHeld(conversation)) return true;
    }
    return false;
  }

  async #conversationsOf(accountId: string, sessionIds: readonly string[]): Promise<readonly Conversation[]> {
    const pages = await Promise.all(
      sessionIds.map((sessionId) => this.#deps.conversations.list({ accountId, sessionId, limit: STEP })),
    );
    return pages.flatMap(({ items }) => items);
  }

  async #refuse(request: DataRequest): Promise<Partial<DataRequest>> {
    await this.#note(request, 'erasure.refused', { reason: 'legal-hold' });
    return { status: 'refused', conversationIds: [], sessionIds: [] };
  }

  async #finish(request: DataRequest, counts: Counts): Promise<void> {
    const { scope } = request;
    if (scope.kind === 'account') return;
    const certificateId = await this.#certify(request, counts, scope);
    await this.#note(request, 'erasure.done', { certificateId, held: request.held, ...counts });
  }

  async #certify(request: DataRequest, counts: Counts, scope: ErasedScope): Promise<string> {
    const { accountId, startedBy, createdAt, held } = request;
    const certificate = await this.#deps.certificates.issue({
      id: request.certificateId,
      accountId,
      scope,
      erasedBy: { kind: 'user', id: startedBy },
      startedAt: createdAt,
      counts: sumOf(counts, { heldBack: held }),
    });
    return certificate.id;
  }

  #note({ accountId, id, startedBy }: DataRequest, action: string, details: Record<string, string | number>) {
    return this.#deps.audit.record({
      accountId,
      actor: { kind: 'user', id: startedBy },
      action,
      target: { kind: 'data-request', id },
      details,
    });
  }
}
