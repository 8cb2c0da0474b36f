import {
  type Conversation,
  type RedactionRescan,
  Refusal,
  type RescanStatus,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { CompiledRules, Redactor } from '../../pipeline/redact.ts';
import type { SplitGuard, TextChange } from '../../pipeline/split-guard.ts';
import type { TranscriptReader } from '../../pipeline/transcript-reader.ts';
import type { Clock, ConversationStore, EntityStore, Ids, Logger } from '../../ports/index.ts';
import { logId } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';

/** Conversations read in one step; between steps, pausing takes effect and live chats get their turn. */
const STEP = 20;
const COUNT_PAGE = 200;

export interface RescansDeps {
  readonly rescans: EntityStore<RedactionRescan>;
  readonly conversations: ConversationStore;
  readonly lanes: Lanes;
  readonly reader: TranscriptReader;
  readonly redactor: Redactor;
  readonly splitGuard: SplitGuard;
  readonly profiles: ConversationProfiles;
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
    if ((await this.#unfinished(accountId)) !== undefined) throw new Refusal('already_exists');
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
    await this.#deps.audit.byStaff(staff, {
      action: 'redaction-rescan.started',
      target: { kind: 'redaction-rescan', id: rescan.id },
      details: { conversations: rescan.total },
    });
    this.#run(rescan.id);
    return rescan;
  }

  /** Newest first. */
  async list(staff: StaffPrincipal): Promise<readonly RedactionRescan[]> {
    const { items } = await this.#deps.rescans.list({
      where: { accountId: staff.accountId },
      limit: COUNT_PAGE,
    });
    return items.toReversed();
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
    await this.#deps.audit.byStaff(staff, {
      action: `redaction-rescan.${status}`,
      target: { kind: 'redaction-rescan', id },
      details: {},
    });
    if (status === 'running') this.#run(id);
    return next;
  }

  /** Takes up what ran when the server stopped. */
  async resumeAll(): Promise<void> {
    const { items } = await this.#deps.rescans.list({ where: { status: 'running' }, limit: COUNT_PAGE });
    for (const { id } of items) this.#run(id);
  }

  /** Resolves when nothing runs here any more; for tests and for a clean stop. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.whenIdle();
  }

  #run(id: string): void {
    if (this.#running.has(id)) return;
    const work = this.#work(id)
      .catch((error) => this.#deps.logger.error('a re-scan stopped', error, { rescanId: logId(id) }))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, work);
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
    await this.#change(rescan.id, (current) =>
      advanced(current, { page, changed, failed, now: this.#deps.clock.now() }),
    );
  }

  async #scan(conversation: Conversation, rules: CompiledRules): Promise<'same' | 'changed' | 'failed'> {
    try {
      const lane = await this.#deps.lanes.open(conversation.accountId, conversation.id);
      const messages = await lane.exclusive(async () => {
        const changes = await this.#changesOf(lane.context, rules);
        return changes.size === 0 ? 0 : this.#deps.splitGuard.reseal(lane, changes);
      });
      const profile = await this.#deps.profiles.redactAgain(conversation, rules);
      return messages > 0 || profile ? 'changed' : 'same';
    } catch (error) {
      // Erased meanwhile: nothing is left to scan.
      if (error instanceof Refusal && error.code === 'not_found') return 'same';
      this.#deps.logger.error('a transcript could not be scanned', error, {
        conversationId: logId(conversation.id),
      });
      return 'failed';
    }
  }

  async #changesOf(
    context: Parameters<TranscriptReader['read']>[0],
    rules: CompiledRules,
  ): Promise<ReadonlyMap<string, TextChange>> {
    const changes = new Map<string, TextChange>();
    for (const message of await this.#deps.reader.read(context, { afterSeq: 0 })) {
      const from = message.from.kind === 'visitor' ? 'visitor' : 'agent';
      const piece = this.#deps.redactor.apply(rules, message.text, { from, place: 'message' });
      if (piece.count > 0) changes.set(message.id, { text: piece.text, count: piece.count });
    }
    return changes;
  }

  async #unfinished(accountId: string): Promise<RedactionRescan | undefined> {
    const { items } = await this.#deps.rescans.list({ where: { accountId }, limit: COUNT_PAGE });
    return items.find((rescan) => !isFinished(rescan));
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
      const next = { ...change(current), version: current.version + 1, updatedAt: this.#deps.clock.now() };
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
