import {
  type Conversation,
  DAY_MS,
  type RedactionRescan,
  Refusal,
  type RescanStatus,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { CompiledRules, Redactor } from '../../pipeline/redact.ts';
import { changesUnder } from '../../pipeline/redact-again.ts';
import type { SplitGuard } from '../../pipeline/split-guard.ts';
import type { TranscriptReader } from '../../pipeline/transcript-reader.ts';
import type {
  Clock,
  ConversationStore,
  EntityStore,
  Ids,
  Logger,
  RetentionStore,
  StorePage,
} from '../../ports/index.ts';
import { logId } from '../../ports/index.ts';
import type { Attachments } from '../attachments/index.ts';
import type { Audit } from '../audit/index.ts';
import type { ConversationChanger } from '../conversations/change-conversation.ts';
import type { ConversationNotifier } from '../conversations/notifier.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';

/** Conversations read in one step; between steps, pausing takes effect and live chats get their turn. */
const STEP = 20;
const COUNT_PAGE = 200;
/** How it went is kept for thirteen months after its end. */
const KEPT_MS = 396 * DAY_MS;
/** After a failure of the store, so long until the next try. */
const RETRY_MS = 5_000;

export interface RescansDeps {
  readonly rescans: EntityStore<RedactionRescan>;
  readonly conversations: ConversationStore;
  readonly retention: Pick<RetentionStore, 'forget'>;
  readonly lanes: Lanes;
  readonly reader: TranscriptReader;
  readonly redactor: Redactor;
  readonly splitGuard: SplitGuard;
  readonly profiles: ConversationProfiles;
  readonly attachments: Pick<Attachments, 'redactAgain'>;
  readonly changer: ConversationChanger;
  readonly notifier: ConversationNotifier;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Applies today's redaction rules to transcripts that are stored already, in the background: with progress, to
 * be paused and resumed, and taken up again after a restart. Live chats go on meanwhile.
 */
export class RedactionRescans {
  readonly #deps: RescansDeps;
  readonly #running = new Map<string, Promise<void>>();
  /** Resumed while the worker was on its way out: it goes on once more. */
  readonly #again = new Set<string>();
  /** Accounts in which one is being started, so that two at once make one. */
  readonly #starting = new Set<string>();
  readonly #retries = new Map<string, () => void>();
  #closed = false;

  constructor(deps: RescansDeps) {
    this.#deps = deps;
  }

  /**
   * Starts one; an account has at most one that is not finished.
   * @throws Refusal `already_exists`
   */
  async start(staff: StaffPrincipal): Promise<RedactionRescan> {
    const { accountId } = staff;
    if (this.#starting.has(accountId)) throw new Refusal('already_exists');
    this.#starting.add(accountId);
    try {
      if (await this.#hasUnfinished(accountId)) throw new Refusal('already_exists');
      return await this.#begin(staff);
    } finally {
      this.#starting.delete(accountId);
    }
  }

  async #begin(staff: StaffPrincipal): Promise<RedactionRescan> {
    const { accountId } = staff;
    const now = this.#deps.clock.now();
    const rescan: RedactionRescan = {
      id: this.#deps.ids.id(),
      accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      status: 'running',
      startedBy: staff.userId,
      total: await this.#countConversations(accountId, now),
      scanned: 0,
      changed: 0,
      failed: 0,
    };
    await this.#deps.rescans.insert(rescan);
    // It stands in the store as running from here on, whatever becomes of the note about it.
    this.#run(rescan.id);
    await this.#deps.audit.byStaff(staff, {
      action: 'redaction-rescan.started',
      target: { kind: 'redaction-rescan', id: rescan.id },
      details: { conversations: rescan.total },
    });
    return rescan;
  }

  /** Newest first. */
  list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<StorePage<RedactionRescan>> {
    const where = { accountId };
    const page = { where, newestFirst: true, limit };
    return this.#deps.rescans.list({ ...page, ...(cursor !== undefined && { cursor }) });
  }

  /** @throws Refusal `not_found` */
  async get(staff: StaffPrincipal, id: string): Promise<RedactionRescan> {
    const rescan = await this.#deps.rescans.get(id);
    if (rescan === undefined || rescan.accountId !== staff.accountId) throw new Refusal('not_found');
    return rescan;
  }

  /**
   * Pauses, resumes or cancels it.
   * @throws Refusal `not_found`, `conflict` when it is finished
   */
  async setStatus(
    staff: StaffPrincipal,
    id: string,
    status: Extract<RescanStatus, 'running' | 'paused' | 'cancelled'>,
  ): Promise<RedactionRescan> {
    const current = await this.get(staff, id);
    const next = await this.#change(current.id, (rescan) => {
      if (isFinished(rescan)) throw new Refusal('conflict', { detail: 'The re-scan is finished.' });
      return { ...rescan, status };
    });
    if (status === 'running') this.#run(id);
    await this.#deps.audit.byStaff(staff, {
      action: `redaction-rescan.${status}`,
      target: { kind: 'redaction-rescan', id },
      details: {},
    });
    return next;
  }

  /** Takes up what ran when the server stopped. */
  async resumeAll(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#deps.rescans.list({
        where: { status: 'running' },
        limit: COUNT_PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { id } of page.items) this.#run(id);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** Resolves when nothing runs here any more; for tests and for a clean stop. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
    await this.whenIdle();
  }

  #run(id: string): void {
    if (this.#closed) return;
    if (this.#running.has(id)) {
      this.#again.add(id);
      return;
    }
    const work = this.#work(id)
      .catch((error) => this.#runLater(id, error))
      .finally(() => {
        this.#running.delete(id);
        if (this.#again.delete(id)) this.#run(id);
      });
    this.#running.set(id, work);
  }

  #runLater(id: string, error: unknown): void {
    this.#deps.logger.error('a re-scan was interrupted and goes on later', error, { rescanId: logId(id) });
    if (this.#closed) return;
    const cancel = this.#deps.clock.after(RETRY_MS, () => {
      this.#retries.delete(id);
      this.#run(id);
    });
    this.#retries.set(id, cancel);
  }

  async #work(id: string): Promise<void> {
    for (;;) {
      const rescan = await this.#deps.rescans.get(id);
      if (this.#closed || rescan === undefined || rescan.status !== 'running') return;
      await this.#step(rescan);
    }
  }

  async #step(rescan: RedactionRescan): Promise<void> {
    const page = await this.#deps.conversations.list({
      accountId: rescan.accountId,
      to: rescan.createdAt,
      limit: STEP,
      ...(rescan.cursor !== undefined && { cursor: rescan.cursor }),
    });
    const rules = await this.#deps.redactor.rulesOf(rescan.accountId);
    let changed = 0;
    let failed = 0;
    for (const conversation of page.items) {
      const outcome = await this.#scan(conversation, rules);
      if (outcome === 'changed') changed += 1;
      if (outcome === 'failed') failed += 1;
    }
    if (changed > 0) await this.#deps.retention.forget();
    await this.#change(rescan.id, (current) =>
      advanced(current, { page, changed, failed, now: this.#deps.clock.now() }),
    );
  }

  async #scan(conversation: Conversation, rules: CompiledRules): Promise<'same' | 'changed' | 'failed'> {
    try {
      const parts = [
        await this.#scanMessages(conversation, rules),
        await this.#deps.profiles.redactAgain(conversation),
        await this.#deps.attachments.redactAgain(conversation),
        await this.#scanLabels(conversation, rules),
      ];
      return parts.includes(true) ? 'changed' : 'same';
    } catch (error) {
      // Erased meanwhile: nothing is left to scan.
      if (error instanceof Refusal && error.code === 'not_found') return 'same';
      this.#deps.logger.error('a transcript could not be scanned', error, {
        conversationId: logId(conversation.id),
      });
      return 'failed';
    }
  }

  async #scanMessages({ accountId, id }: Conversation, rules: CompiledRules): Promise<boolean> {
    const { lanes, reader, redactor, splitGuard } = this.#deps;
    const lane = await lanes.open(accountId, id);
    const openedAt = lane.lastUsedAt;
    const changed = await lane.exclusive(async () => {
      const changes = changesUnder(rules, await reader.read(lane.context, { afterSeq: 0 }), redactor);
      return changes.size === 0 ? 0 : splitGuard.reseal(lane, changes);
    });
    // Thousands of transcripts pass by: their keys must not stay in memory.
    lanes.release(lane, openedAt);
    return changed > 0;
  }

  /** Tags and case ids are typed by people and kept with the conversation. */
  async #scanLabels({ accountId, id }: Conversation, rules: CompiledRules): Promise<boolean> {
    const origin = { from: 'agent', place: 'message' } as const;
    const clean = (text: string) => this.#deps.redactor.apply(rules, text, origin).text;
    let changed = false;
    const next = await this.#deps.changer.change(
      { accountId, conversationId: id },
      (current): Conversation => {
        const tags = [...new Set(current.tags.map(clean))];
        const caseId = clean(current.caseId);
        changed = caseId !== current.caseId || tags.join('\n') !== current.tags.join('\n');
        return changed ? { ...current, tags, caseId, version: current.version + 1 } : current;
      },
    );
    if (changed) await this.#deps.notifier.changed(next);
    return changed;
  }

  async #hasUnfinished(accountId: string): Promise<boolean> {
    const pages = await Promise.all(
      (['running', 'paused'] as const).map((status) =>
        this.#deps.rescans.list({ where: { accountId, status }, limit: 1 }),
      ),
    );
    return pages.some(({ items }) => items.length > 0);
  }

  async #countConversations(accountId: string, to: number): Promise<number> {
    let total = 0;
    let cursor: string | undefined;
    do {
      const page = await this.#deps.conversations.list({
        accountId,
        to,
        limit: COUNT_PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      total += page.items.length;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return total;
  }

  /** @throws Refusal `not_found`, `conflict` */
  async #change(id: string, change: (rescan: RedactionRescan) => RedactionRescan): Promise<RedactionRescan> {
    for (let tries = 0; tries < 8; tries += 1) {
      const current = await this.#deps.rescans.get(id);
      if (current === undefined) throw new Refusal('not_found');
      const updatedAt = this.#deps.clock.now();
      const changed = { ...change(current), version: current.version + 1, updatedAt };
      const next = isFinished(changed) ? { ...changed, expiresAt: updatedAt + KEPT_MS } : changed;
      if (await this.#deps.rescans.replace(next)) return next;
    }
    throw new Refusal('conflict');
  }
}

function isFinished({ status }: RedactionRescan): boolean {
  return status === 'done' || status === 'cancelled';
}

function advanced(
  rescan: RedactionRescan,
  step: {
    page: { items: readonly Conversation[]; nextCursor?: string };
    changed: number;
    failed: number;
    now: number;
  },
): RedactionRescan {
  const { page, changed, failed, now } = step;
  const { cursor: _cursor, ...rest } = rescan;
  const counted = {
    ...rest,
    scanned: rescan.scanned + page.items.length,
    changed: rescan.changed + changed,
    failed: rescan.failed + failed,
  };
  if (page.nextCursor !== undefined) return { ...counted, cursor: page.nextCursor };
  return rescan.status === 'cancelled' ? counted : { ...counted, status: 'done', finishedAt: now };
}
