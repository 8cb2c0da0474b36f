import type { Page, VisitorsUpdate, WireVisitor, WireVisitorDetail } from '../../../shared/protocol/index.ts';
import { Refusal, type ScoreView, type StaffPrincipal, type StoredDecision } from '../../domain/index.ts';
import type { Broadcaster, Clock } from '../../ports/index.ts';
import { presentVisitor, presentVisitorDetail } from '../../presenters/visitor-presenter.ts';
import type { LiveVisitors } from '../visitors/live-visitors.ts';
import type { EngagedSession, EngagedSessions } from './sessions.ts';

/** Changes are told together, this often. */
const TELL_MS = 1_000;
/** Visitors in one update, and in one list. What changed beyond that comes with the next one. */
const TOLD_AT_ONCE = 200;

export interface VisitorBoardDeps {
  readonly sessions: EngagedSessions;
  readonly live: LiveVisitors;
  /** The score of a session now, and where it comes from. */
  readonly scoreOf: (session: EngagedSession) => ScoreView;
  /** Decisions of a session that is not in memory. */
  readonly keptDecisions: (
    accountId: string,
    sessionId: string,
  ) => Promise<readonly StoredDecision[] | undefined>;
  readonly broadcaster: Broadcaster;
  readonly clock: Clock;
}

interface Change {
  readonly dirty: Set<string>;
  readonly gone: Set<string>;
}

/**
 * Who is on the sites now, for staff. Costs a set entry for each change and no more while nobody looks; those who look
 * get what changed together, a bounded number at a time. Values of fields are masked in lists and updates; who may
 * read them opens the visitor, which is audited.
 */
export class VisitorBoard {
  readonly #deps: VisitorBoardDeps;
  readonly #changes = new Map<string, Change>();
  readonly #stop: () => void;

  constructor(deps: VisitorBoardDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(TELL_MS, () => this.#tellAll());
    deps.live.onForgotten(({ accountId, sessionId }) => this.left(accountId, sessionId));
  }

  /** Something of the session changed that staff sees. */
  changed({ visitor: { accountId, sessionId } }: EngagedSession): void {
    if (!this.#deps.broadcaster.hasFollowers(accountId)) return;
    this.#changesOf(accountId).dirty.add(sessionId);
  }

  left(accountId: string, sessionId: string): void {
    if (!this.#deps.broadcaster.hasFollowers(accountId)) return;
    const change = this.#changesOf(accountId);
    change.dirty.delete(sessionId);
    change.gone.add(sessionId);
  }

  /** The highest scores first; the socket follows what changes from here on. */
  follow(agent: StaffPrincipal, socketId: string): { items: readonly WireVisitor[]; total: number } {
    this.#deps.broadcaster.followVisitors(agent.accountId, socketId);
    const all = this.#online(agent.accountId);
    return { items: this.#present(all.slice(0, TOLD_AT_ONCE)), total: all.length };
  }

  /** The newest session first, so that a page follows the one before it whatever the scores do meanwhile. */
  list(agent: StaffPrincipal, query: { limit: number; cursor?: string | undefined }): Page<WireVisitor> {
    const all = this.#onlineIn(agent.accountId).sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
    const { cursor, limit } = query;
    assertCursor(cursor);
    const rest = cursor === undefined ? all : all.filter((session) => keyOf(session) < cursor);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return {
      items: this.#present(items),
      ...(rest.length > limit && last !== undefined && { nextCursor: keyOf(last) }),
    };
  }

  /** @throws Refusal `not_found` when the session is not live */
  get(agent: StaffPrincipal, sessionId: string): WireVisitorDetail {
    const session = this.find(agent.accountId, sessionId);
    const view = { showFields: agent.authorizations.has('profile:read') };
    return presentVisitorDetail(session.visitor, this.#engagementOf(session), view);
  }

  /** What the rules decided in a session: of a live one, or as it was kept of one that is over. @throws Refusal `not_found` */
  async decisions({ accountId }: StaffPrincipal, sessionId: string): Promise<readonly StoredDecision[]> {
    const session = this.#deps.sessions.get(sessionId);
    if (session !== undefined && session.visitor.accountId === accountId) return session.decisions;
    const kept = await this.#deps.keptDecisions(accountId, sessionId);
    if (kept === undefined) throw new Refusal('not_found');
    return kept;
  }

  /** @throws Refusal `not_found` */
  find(accountId: string, sessionId: string): EngagedSession {
    const session = this.#deps.sessions.get(sessionId);
    if (session === undefined || session.visitor.accountId !== accountId) throw new Refusal('not_found');
    return session;
  }

  close(): void {
    this.#stop();
  }

  #online(accountId: string): readonly EngagedSession[] {
    return this.#onlineIn(accountId).sort(
      (a, b) => b.state.score - a.state.score || b.visitor.lastSeenAt - a.visitor.lastSeenAt,
    );
  }

  #onlineIn(accountId: string): EngagedSession[] {
    return [...this.#deps.sessions.all()].filter(
      ({ visitor }) => visitor.accountId === accountId && visitor.sockets > 0,
    );
  }

  #present(sessions: readonly EngagedSession[]): readonly WireVisitor[] {
    return sessions.map((session) =>
      presentVisitor(session.visitor, this.#engagementOf(session), { showFields: false }),
    );
  }

  #engagementOf(session: EngagedSession) {
    const { total: score, parts: scoreParts } = this.#deps.scoreOf(session);
    return { score, scoreParts, invitation: session.invitations.at(-1) };
  }

  #changesOf(accountId: string): Change {
    const known = this.#changes.get(accountId);
    if (known !== undefined) return known;
    const change = { dirty: new Set<string>(), gone: new Set<string>() };
    this.#changes.set(accountId, change);
    return change;
  }

  #tellAll(): void {
    for (const [accountId, change] of this.#changes) {
      if (!this.#deps.broadcaster.hasFollowers(accountId)) this.#changes.delete(accountId);
      else if (change.dirty.size + change.gone.size > 0) this.#tell(accountId, change);
    }
  }

  #tell(accountId: string, { dirty, gone }: Change): void {
    const told = [...dirty].slice(0, TOLD_AT_ONCE);
    for (const sessionId of told) dirty.delete(sessionId);
    const sessions = told.map((sessionId) => this.#deps.sessions.get(sessionId));
    const update: VisitorsUpdate = {
      items: this.#present(sessions.filter((session) => session !== undefined)),
      gone: [...gone],
      total: this.#countOnline(accountId),
    };
    gone.clear();
    this.#deps.broadcaster.toFollowers(accountId, 'visitor:update', update);
  }

  #countOnline(accountId: string): number {
    let count = 0;
    for (const { visitor } of this.#deps.sessions.all()) {
      if (visitor.accountId === accountId && visitor.sockets > 0) count += 1;
    }
    return count;
  }
}

/** Digits of an instant, so that texts sort as times do. */
const TIME_DIGITS = 15;

function keyOf({ visitor: { startedAt, sessionId } }: EngagedSession): string {
  return `${String(startedAt).padStart(TIME_DIGITS, '0')}.${sessionId}`;
}

/** @throws Refusal `bad_request` when it is no cursor of this list */
function assertCursor(cursor: string | undefined): void {
  if (cursor === undefined || /^\d{15}\.[\w-]+$/.test(cursor)) return;
  throw new Refusal('bad_request', { errors: [{ path: 'cursor', message: 'is not one of this list' }] });
}
