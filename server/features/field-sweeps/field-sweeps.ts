import type { CustomField } from '../../../shared/protocol/index.ts';
import {
  agreementChange,
  type Conversation,
  FIELD_SWEEP_LIFE_MS,
  type FieldSweep,
  Refusal,
  type StaffPrincipal,
  type VisitorRecord,
} from '../../domain/index.ts';
import {
  type Clock,
  type ConversationStore,
  type EntityStore,
  type Ids,
  type Logger,
  logId,
  type RetentionStore,
  type StorePage,
} from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { ProfileIndex } from '../profile-index/index.ts';
import type { AgreedValues } from './agreed-values.ts';

/** Profiles read in one step, so that live chats get their turn. */
const STEP = 50;
/** After a failure of the store, so long until the next try. */
const RETRY_MS = 5_000;
const ATTEMPTS = 8;

export interface FieldSweepsDeps {
  readonly sweeps: EntityStore<FieldSweep>;
  readonly conversations: Pick<ConversationStore, 'list'>;
  readonly records: EntityStore<VisitorRecord>;
  readonly retention: Pick<RetentionStore, 'forget'>;
  readonly values: AgreedValues;
  readonly index: Pick<ProfileIndex, 'removeField'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Erases the values of fields that leave the data-processing agreement, wherever they are, and brings the index in
 * line with what is searchable: what is live and the index at once, what is stored in the background, with progress,
 * taken up again after a restart.
 */
export class FieldSweeps {
  readonly #deps: FieldSweepsDeps;
  readonly #running = new Map<string, Promise<void>>();
  readonly #retries = new Map<string, () => void>();
  #closed = false;

  constructor(deps: FieldSweepsDeps) {
    this.#deps = deps;
  }

  /** The account's agreement has changed; resolves when nothing live and no index has what must not stand. */
  async agreementChanged(
    staff: StaffPrincipal,
    before: readonly CustomField[],
    after: readonly CustomField[],
  ): Promise<void> {
    const { accountId } = staff;
    const { unindexed, sweep } = agreementChange(before, after);
    if (!sweep) return;
    await this.#deps.values.forgetLive(accountId, after);
    let entries = 0;
    for (const field of unindexed) entries += await this.#deps.index.removeField(accountId, field);
    await this.#begin(staff, { indexEntries: entries });
  }

  /** Newest first. */
  list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<StorePage<FieldSweep>> {
    const page = { where: { accountId }, newestFirst: true, limit };
    return this.#deps.sweeps.list({ ...page, ...(cursor !== undefined && { cursor }) });
  }

  /** Takes up what ran when the server stopped. */
  async resumeAll(): Promise<void> {
    const { items } = await this.#deps.sweeps.list({ where: { status: 'running' }, limit: 200 });
    for (const { id } of items) this.#run(id);
  }

  /** Resolves when nothing runs here any more; for tests and for a clean stop. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#retries.values()) cancel();
    await this.whenIdle();
  }

  /** One that runs already goes on beside it: it applies the agreement as it stands, so neither undoes the other. */
  async #begin(staff: StaffPrincipal, details: Readonly<Record<string, number>>): Promise<void> {
    const { accountId } = staff;
    const now = this.#deps.clock.now();
    const sweep: FieldSweep = {
      id: this.#deps.ids.id(),
      accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      status: 'running',
      stage: 'conversations',
      total: await this.#count(accountId, now),
      scanned: 0,
      changed: 0,
      failed: 0,
      expiresAt: now + FIELD_SWEEP_LIFE_MS,
    };
    await this.#deps.sweeps.insert(sweep);
    this.#run(sweep.id);
    const target = { kind: 'field-sweep', id: sweep.id };
    await this.#deps.audit.byStaff(staff, { action: 'field-sweep.started', target, details });
  }

  #run(id: string): void {
    if (this.#closed || this.#running.has(id)) return;
    const work = this.#work(id)
      .catch((error) => this.#runLater(id, error))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  #runLater(id: string, error: unknown): void {
    this.#deps.logger.error('a sweep of fields was interrupted and goes on later', error);
    if (this.#closed) return;
    const again = this.#deps.clock.after(RETRY_MS, () => {
      this.#retries.delete(id);
      this.#run(id);
    });
    this.#retries.set(id, again);
  }

  async #work(id: string): Promise<void> {
    for (;;) {
      const sweep = await this.#deps.sweeps.get(id);
      if (this.#closed || sweep === undefined || sweep.status !== 'running') return;
      const next = await this.#step(sweep);
      if (next.status === 'done') await this.#finished(next);
    }
  }

  async #step(sweep: FieldSweep): Promise<FieldSweep> {
    const cursor = sweep.cursor === undefined ? {} : { cursor: sweep.cursor };
    const { accountId } = sweep;
    const { values } = this.#deps;
    if (sweep.stage === 'conversations') {
      const query = { accountId, to: sweep.createdAt, limit: STEP, ...cursor };
      const page = await this.#deps.conversations.list(query);
      const counts = await this.#each<Conversation>(page.items, (one) => values.agreeConversation(one));
      return this.#advance(sweep, { ...counts, scanned: page.items.length, nextCursor: page.nextCursor });
    }
    const page = await this.#deps.records.list({ where: { accountId }, limit: STEP, ...cursor });
    const counts = await this.#each<VisitorRecord>(page.items, (one) => values.agreeVisitor(one));
    return this.#advance(sweep, { ...counts, scanned: 0, nextCursor: page.nextCursor });
  }

  async #each<T extends { readonly id: string }>(
    items: readonly T[],
    agree: (item: T) => Promise<boolean>,
  ): Promise<{ changed: number; failed: number }> {
    let changed = 0;
    let failed = 0;
    for (const item of items) {
      try {
        if (await agree(item)) changed += 1;
      } catch (error) {
        // Erased meanwhile: nothing is left to go through.
        if (error instanceof Refusal && error.code === 'not_found') continue;
        failed += 1;
        this.#deps.logger.error('a profile could not be swept', error, { id: logId(item.id) });
      }
    }
    if (changed > 0) await this.#deps.retention.forget();
    return { changed, failed };
  }

  async #advance(
    sweep: FieldSweep,
    step: { scanned: number; changed: number; failed: number; nextCursor?: string | undefined },
  ): Promise<FieldSweep> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const current = (await this.#deps.sweeps.get(sweep.id)) ?? sweep;
      const next = advanced(current, { ...step, now: this.#deps.clock.now() });
      if (await this.#deps.sweeps.replace(next)) return next;
    }
    throw new Refusal('conflict');
  }

  async #finished({ id, accountId, scanned, changed, failed }: FieldSweep): Promise<void> {
    await this.#deps.audit.record({
      accountId,
      actor: { kind: 'system' },
      action: 'field-sweep.finished',
      target: { kind: 'field-sweep', id },
      details: { scanned, changed, failed },
    });
  }

  async #count(accountId: string, to: number): Promise<number> {
    let total = 0;
    let cursor: string | undefined;
    do {
      const query = { accountId, to, limit: 200, ...(cursor !== undefined && { cursor }) };
      const page = await this.#deps.conversations.list(query);
      total += page.items.length;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return total;
  }
}

function advanced(
  sweep: FieldSweep,
  step: { scanned: number; changed: number; failed: number; nextCursor?: string | undefined; now: number },
): FieldSweep {
  const { cursor: _cursor, ...rest } = sweep;
  const counted = {
    ...rest,
    version: sweep.version + 1,
    updatedAt: step.now,
    scanned: sweep.scanned + step.scanned,
    changed: sweep.changed + step.changed,
    failed: sweep.failed + step.failed,
  };
  if (step.nextCursor !== undefined) return { ...counted, cursor: step.nextCursor };
  if (sweep.stage === 'conversations') return { ...counted, stage: 'visitors' };
  return { ...counted, status: 'done', finishedAt: step.now };
}
