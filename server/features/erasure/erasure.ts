import {
  type AuditEntry,
  type Conversation,
  DAY_MS,
  type ErasedThing,
  Refusal,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Clock, ConversationStore, ErasureList } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { SubjectValues } from '../subjects/index.ts';
import type { Certificates } from './certificates.ts';
import type { ConversationEraser } from './conversation-eraser.ts';

/** Longer than the erasure of one transcript takes that nothing broke off. */
export const ERASURE_BROKEN_OFF_MS = 60_000;
const PAGE = 200;

export interface ErasureDeps {
  readonly eraser: Pick<ConversationEraser, 'erase'>;
  readonly conversations: Pick<ConversationStore, 'get'>;
  readonly erasureList: Pick<ErasureList, 'list'>;
  readonly certificates: Certificates;
  readonly values: Pick<SubjectValues, 'hash'>;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Erasure of one transcript at somebody's word, with its certificate. */
export class Erasure {
  readonly #deps: ErasureDeps;

  constructor(deps: ErasureDeps) {
    this.#deps = deps;
  }

  /**
   * Erases it and answers the id of its certificate.
   * @throws Refusal `legal_hold.active`; `not_found` when another was quicker
   */
  async erase(conversation: Conversation, actor: AuditEntry['actor']): Promise<string> {
    const { id, accountId } = conversation;
    const startedAt = this.#deps.clock.now();
    const counts = await this.#deps.eraser.erase(conversation);
    if (counts === undefined) throw new Refusal('not_found');
    const scope = { kind: 'conversation', conversationId: id } as const;
    const certificate = await this.#deps.certificates.issue({
      accountId,
      scope,
      erasedBy: actor,
      startedAt,
      counts,
    });
    await this.#deps.audit.record({
      accountId,
      actor,
      action: 'transcript.erased',
      target: { kind: 'conversation', id },
      details: { certificateId: certificate.id, ...counts },
    });
    return certificate.id;
  }

  /**
   * Goes on with erasures of the last day that a process did not live to finish: their key is gone, and the rest is not
   * to wait for the end of its time.
   */
  async finishBroken(): Promise<void> {
    const now = this.#deps.clock.now();
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.erasureList.list({ from: now - DAY_MS, limit: PAGE, ...place });
      for (const thing of page.items) if (thing.at + ERASURE_BROKEN_OFF_MS <= now) await this.#finish(thing);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  async #finish({ kind, accountId, id }: ErasedThing): Promise<void> {
    if (kind !== 'conversation') return;
    const conversation = await this.#deps.conversations.get(accountId, id);
    if (conversation === undefined) return;
    try {
      await this.erase(conversation, { kind: 'system' });
    } catch (error) {
      // Under a hold that came since, or another was quicker.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Certifies what was erased of an address; its keyed hash stands for it. */
  async certifyAddress(erased: {
    staff: StaffPrincipal;
    ip: string;
    startedAt: number;
    deleted: number;
  }): Promise<string> {
    const { staff, ip, startedAt, deleted } = erased;
    const { accountId, userId } = staff;
    const addressHash = await this.#deps.values.hash(accountId, 'address', ip);
    const certificate = await this.#deps.certificates.issue({
      accountId,
      scope: { kind: 'address', addressHash },
      erasedBy: { kind: 'user', id: userId },
      startedAt,
      counts: { activity: deleted },
    });
    return certificate.id;
  }
}
